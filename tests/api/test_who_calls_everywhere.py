"""Who calls: every door looks at the whole proof, and at each proof anew."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from billproof.trials import Verbatim, check, check_that, clause
from fixtures.api import signed

if TYPE_CHECKING:
    from fixtures.api import Api
    from fixtures.operations import Call
    from fixtures.users import User

DAY = 24 * 60 * 60
SLACK = 20
"""Seconds that signing, sending and a busy machine may take."""
ANOTHER_TOKEN = "7000000009:AAEyAnotherBotEyAnotherBotEyAnotherB"


def check_shut(api: Api, user: User, doors: list[Call], what: str, **change: Any) -> None:
    """Behind every door 401 for his init data so changed, and no 401 for his honest ones."""
    for call in doors:
        refused = api.call(call.method, call.path, signed(user, **change), json_body=call.body)
        refused.show()
        check(f"status of {call} with init data {what}", refused.status, 401)
        taken = api.call(call.method, call.path, user, json_body=call.body)
        taken.show()
        known = taken.status != 401
        check_that(f"{call} takes his honest ones", known, expected="not 401", got=taken.status)


@clause("AUT-004")
def test_every_door_sees_that_a_day_is_over(
    api: Api, user: User, users_operations: list[Call]
) -> None:
    """Not those alone that are only read from."""
    check_shut(api, user, users_operations, "of more than a day", age_seconds=DAY + SLACK)


@clause("AUT-005")
def test_every_door_sees_the_future(api: Api, user: User, users_operations: list[Call]) -> None:
    """Dated ten minutes ahead."""
    check_shut(api, user, users_operations, "of the future", age_seconds=-600)


@clause("AUT-006")
def test_every_door_looks_at_the_hash(api: Api, user: User, users_operations: list[Call]) -> None:
    """One digit of it is another."""
    check_shut(api, user, users_operations, "with another hash", flip_digit=63)


@clause("AUT-007")
def test_every_door_sees_another_user_written_in(
    api: Api, user: User, other: User, users_operations: list[Call]
) -> None:
    """Under a hash of somebody else's."""
    named = json.dumps({"id": other.id, "first_name": other.first_name})
    replaced = (("user", named),)
    check_shut(api, user, users_operations, "with another's id written in", replace=replaced)


@clause("AUT-009")
def test_every_door_knows_its_own_bot(api: Api, user: User, users_operations: list[Call]) -> None:
    """Another bot's users are not ours."""
    check_shut(api, user, users_operations, "of another bot", token=ANOTHER_TOKEN)


@clause("AUT-007")
def test_a_hash_that_was_taken_proves_nothing_else(api: Api, user: User, other: User) -> None:
    """Init data that have just been taken, changed, and sent again with their hash."""
    raw = user.init_data().sign(api.environ["TELEGRAM_BOT_TOKEN"], time.time())
    api.subscription(Verbatim(f"tma {raw}".encode())).expect(200)
    parts = raw.split("&")
    [mine] = [part for part in parts if part.startswith("user=")]
    [date] = [part for part in parts if part.startswith("auth_date=")]
    earlier = f"auth_date={int(date.removeprefix('auth_date=')) - 60}"
    his = "user=" + quote(json.dumps({"id": other.id, "first_name": other.first_name}), safe="")
    changed = {
        "another user": raw.replace(mine, his),
        "a field more": f"{raw}&start_param=gift",
        "a name more": f"{raw}&start_param",
        "a value more": f"{raw}&=gift",
        "another date": raw.replace(date, earlier),
        "no user": "&".join(part for part in parts if part != mine),
    }

    for what, text in changed.items():
        answer = api.subscription(Verbatim(f"tma {text}".encode()))
        answer.show()
        check(f"status for {what} under a hash that was taken", answer.status, 401)

    api.subscription(Verbatim(f"tma {raw}".encode())).expect(200)
