"""Who calls: genuine init data open every door that needs a user."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest

from billproof.trials import Signed, Verbatim, becomes, check, check_that, clause
from fixtures.api import expect_members, signed

if TYPE_CHECKING:
    from billproof.trials import Credentials
    from fixtures.api import Api
    from fixtures.operations import Call
    from fixtures.stripe import Stripe
    from fixtures.users import User

DAY = 24 * 60 * 60
SLACK = 20
LEFT_SECONDS, TOLERANCE_SECONDS = 6, 2
"""Seconds that signing, sending and a busy machine may take, either way."""
SIGNATURE = "zL-ucjNyREiHDE8aihFwpfR9aggP2xiAo3NSpfe-p7IbCisNlDKlo7Kb6G4D0Ao2mBrSgEk4maLSdv6MLIlADQ"


def expect_known(api: Api, who: User | Credentials) -> None:
    """These credentials are taken: the read model answers."""
    expect_members(api.subscription(who).expect(200), status="none")


@clause("AUT-001")
def test_genuine_init_data_open_every_operation_of_a_user(
    api: Api, user: User, users_operations: list[Call]
) -> None:
    """Whatever the answer is about, it is not about the caller, and no failure."""
    expect_known(api, user)
    for call in users_operations:
        answer = api.call(call.method, call.path, user, json_body=call.body)
        taken = answer.status not in {401, 403} and answer.status < 500
        answer.show()
        check_that(
            f"{call} takes genuine init data",
            taken,
            expected="neither 401, 403 nor 5xx",
            got=answer.status,
        )


FIELDS: dict[str, tuple[tuple[str, str], ...]] = {
    "signature": (("signature", SIGNATURE),),
    "blank": (("chat_instance", ""), ("start_param", "")),
    "unknown": (("field_of_tomorrow", "yes"), ("a", "before all others"), ("zz", "behind")),
    "usual": (("query_id", "AAHdF6IQ"), ("chat_type", "private"), ("signature", SIGNATURE)),
    "all and more": (
        *(("query_id", "AAHdF6IQ"), ("signature", SIGNATURE), ("chat_type", "group")),
        *(("receiver", '{"id":1}'), ("chat", '{"id":-1}'), ("chat_instance", "7")),
        *(("start_param", "gift"), ("can_send_after", "10")),
        *((f"field_of_tomorrow_{number}", "yes") for number in range(8)),
    ),
    "look-alikes": (("receiver", '{"id":1}'), ("hash2", "0"), ("Hash", "0"), ("id", "1")),
    "none further": (),
}


@clause("AUT-001")
def test_the_fields_may_come_in_any_order(api: Api, user: User) -> None:
    """They are sorted before they are signed, so that none of them has a place of its own."""
    parts = user.init_data().sign(api.environ["TELEGRAM_BOT_TOKEN"], time.time()).split("&")
    for turned in (parts[::-1], parts[1:] + parts[:1]):
        expect_known(api, Verbatim(f"tma {'&'.join(turned)}".encode()))


@clause("AUT-002")
def test_every_field_but_hash_is_signed(api: Api, user: User) -> None:
    """Telegram may send more than we know, and blanks."""
    for extra in FIELDS.values():
        expect_known(api, signed(user, extra=extra))


NAMES = {
    "signs": "+ - ? \\/ & = % # ;",
    "escapes": "%41%2B%26hash=0 a+b",
    "escapes that end a text": "%22 %5C %0A",
    "escapes of no letter": "100%FF %C3 %",
    "markup": "\"'<b>&amp;\\",
    "letters": "Zoë Łukasz Ömer",
    "far letters": "李小龍 Олена عمر",
    "letters of two parts": "Zoe\u0308 A\u030angstro\u0308m",
    "emoji": "👩‍👩‍👧 🦊",
    "lines": "two\nlines\tand a tab",
    "separators of Unicode": "one\u2028two\u2029three\u0085four",
    "blanks around": " Ada  ",
}


@clause("AUT-003")
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_may_hold_anything(api: Api, stripe: Stripe, user: User, name: str) -> None:
    """In the user's own JSON and in a field beside it; the id is still his.

    But for line feeds, which JSON escapes: they join what is signed, and a field may have none.
    """
    beside = name.replace("\n", " ")
    credentials = signed(user, first_name=name, extra=(("start_param", beside),))
    expect_known(api, credentials)

    session = stripe.session(api.checkout(credentials, "pro").expect(201))
    check("client_reference_id", session.client_reference_id, str(user.id))


@clause("AUT-003")
def test_escapes_may_be_in_small_letters(api: Api, user: User) -> None:
    """RFC 3986 knows no letter case in them, and Telegram's clients are many."""
    who = user.init_data(first_name=NAMES["far letters"], extra=(("start_param", NAMES["signs"]),))
    raw = who.sign(api.environ["TELEGRAM_BOT_TOKEN"], time.time())
    small = re.sub("%[0-9A-F]{2}", lambda escape: escape[0].lower(), raw)

    expect_known(api, Verbatim(f"tma {small}".encode()))


@clause("AUT-004")
@pytest.mark.parametrize("age", [0, 3600, DAY - SLACK], ids=["now", "an hour", "nearly a day"])
def test_init_data_are_good_for_a_day(api: Api, user: User, age: int) -> None:
    """Up to 24 h: a Mini App may stay open for so long."""
    expect_known(api, signed(user, age_seconds=age))


@clause("AUT-004")
@pytest.mark.parametrize("age", [DAY + SLACK, 3 * DAY, 365 * DAY], ids=["a day", "days", "a year"])
def test_init_data_end_after_a_day(api: Api, user: User, age: int) -> None:
    """Beyond 24 h the same user must come again."""
    api.subscription(signed(user, age_seconds=age)).expect_problem(401, "unauthenticated")

    expect_known(api, user)


@clause("AUT-004")
def test_what_was_accepted_ends_all_the_same(api: Api, user: User) -> None:
    """Init data that were taken a moment ago are taken no more once they are 24 h old."""
    age = DAY - LEFT_SECONDS
    raw = user.init_data(age_seconds=age).sign(api.environ["TELEGRAM_BOT_TOKEN"], time.time())
    same = Verbatim(f"tma {raw}".encode())
    expect_known(api, same)

    within = LEFT_SECONDS + TOLERANCE_SECONDS
    last = becomes(lambda: api.subscription(same), lambda seen: seen.status == 401, within=within)

    last.expect_problem(401, "unauthenticated")
    expect_known(api, user)


@clause("AUT-005")
@pytest.mark.parametrize("ahead", [30, 300 - SLACK])
def test_clocks_may_differ_a_little(api: Api, user: User, ahead: int) -> None:
    """Up to 300 s ahead is drift."""
    expect_known(api, signed(user, age_seconds=-ahead))


@clause("AUT-005")
@pytest.mark.parametrize("ahead", [300 + SLACK, DAY, 3650 * DAY])
def test_the_future_is_refused(api: Api, user: User, ahead: int) -> None:
    """Data from further ahead would outlive their day."""
    api.subscription(signed(user, age_seconds=-ahead)).expect_problem(401, "unauthenticated")

    expect_known(api, user)


@clause("AUT-005")
@pytest.mark.parametrize(
    "unit", [10**3, 10**6, 10**12], ids=["milliseconds", "microseconds", "picoseconds"]
)
def test_a_date_in_another_unit_is_of_the_future(api: Api, user: User, unit: int) -> None:
    """Telegram's are seconds: taken as such, it lies beyond what some clocks can say."""
    now = str(int(time.time() * unit))
    api.subscription(signed(user, auth_date=now)).expect_problem(401, "unauthenticated")

    expect_known(api, user)


@clause("AUT-017")
@pytest.mark.parametrize("scheme", ["TMA", "Tma", "tMa"])
def test_the_scheme_may_be_written_in_any_case(api: Api, user: User, scheme: str) -> None:
    """RFC 9110: names of authentication schemes are case-insensitive."""
    expect_known(api, Signed(user.init_data(), scheme=scheme))
