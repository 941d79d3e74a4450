"""Who calls: people of every kind, and what proves nobody."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from billproof.trials import Bearer, Nobody, Signed, check, check_that, clause, together
from fixtures.api import CHECKOUT, METRICS, SUBSCRIPTION, expect_members, signed

if TYPE_CHECKING:
    from collections.abc import Callable

    from fixtures.api import Api
    from fixtures.operations import Call
    from fixtures.stripe import Stripe
    from fixtures.users import User

IDS = (1, 9_999, 2**31 - 1, 2**31, 2**32 + 1, 2**51 + 1, 2**52 - 1)
LONGEST = 4_096


@clause("AUT-019")
def test_ids_may_be_small_and_large(api: Api, stripe: Stripe, user: User) -> None:
    """From Telegram's first user to its last; the longest is exact at Stripe."""
    for number in IDS:
        api.subscription(replace(user, id=number)).expect(200)
    longest = user.alike()
    # Of nine digits, as early users' are. A run's ids are in a row: nobody else of it has this one.
    short = replace(user, id=100_000_000 + user.id % 900_000_000)

    for one in (longest, short):
        session = stripe.session(api.checkout(one, "pro").expect(201))

        check("client_reference_id", session.client_reference_id, str(one.id))


@clause("AUT-019")
def test_ids_that_differ_in_the_highest_bit_are_two_people(
    api: Api, stripe: Stripe, user: User
) -> None:
    """Whoever keeps the lower bits alone takes one for the other."""
    people = (user, user.alike())
    sessions = [stripe.session(api.checkout(one, "pro").expect(201)) for one in people]

    named = [one.client_reference_id for one in sessions]
    check("client_reference_id of each", named, [str(one.id) for one in people])
    check("customers of both", len({one.customer for one in sessions}), 2)


MEMBERS: dict[str, dict[str, Any]] = {
    "id alone": {},
    "nulls": {"first_name": None, "last_name": None, "username": None, "language_code": None},
    "blanks": {"first_name": "", "last_name": "", "username": ""},
    "usual": {
        "first_name": "Ada",
        "last_name": "",
        "is_premium": True,
        "allows_write_to_pm": True,
        "photo_url": "https://t.me/i/userpic/320/a.svg",
    },
    "unknown": {"member_of_tomorrow": {"id": 1, "ids": [2, 3]}, "user_id": 1, "is_bot": False},
    "long": {"first_name": "ä" * 64, "last_name": "字" * 64},
}


@clause("AUT-020")
def test_of_a_user_only_the_id_is_needed(api: Api, stripe: Stripe, user: User) -> None:
    """Before it or behind it may stand what will."""
    for members in MEMBERS.values():
        for person in ({"id": user.id, **members}, {**members, "id": user.id}):
            who = signed(user, user_json=json.dumps(person, ensure_ascii=False))
            expect_members(api.subscription(who).expect(200), status="none")
    person = {"id": user.id, "photo_url": "https://t.me/a", **MEMBERS["unknown"]}
    slashed = json.dumps(person).replace("/", r"\/")

    session = stripe.session(api.checkout(signed(user, user_json=slashed), "pro").expect(201))

    check("client_reference_id", session.client_reference_id, str(user.id))


@clause("AUT-021")
def test_init_data_may_be_long(api: Api, user: User) -> None:
    """Up to 4,096 bytes, by one long field, by many, or by what the user's own JSON has."""
    token = api.environ["TELEGRAM_BOT_TOKEN"]
    room = LONGEST - len(user.init_data(extra=(("start_param", ""),)).sign(token, time.time()))
    many = tuple((f"f{n:03}", "x" * 15) for n in range(room // 21))
    for extra in ((("start_param", "p" * room),), many):
        who = signed(user, extra=extra)
        expect_members(api.subscription(who).expect(200), status="none")
    room = LONGEST - len(user.init_data(first_name="").sign(token, time.time()))
    who = signed(user, first_name="n" * room)
    expect_members(api.subscription(who).expect(200), status="none")


ELSEWHERE = (
    *("X-Telegram-Init-Data", "X-Init-Data", "Init-Data", "X-Authorization", "X-Telegram-Auth"),
    *("Telegram-Init-Data", "X-Telegram-Data", "X-Telegram-WebApp-Data", "Proxy-Authorization"),
    # Where proxies put what they took from Authorization, and what clients take for its name.
    *("X-Forwarded-Authorization", "X-Original-Authorization", "Authentication"),
)
"""Headers in which Mini Apps are told to send them."""


NAMES = ("initData", "init_data", "tgWebAppData", "auth", "authorization", "token")
"""Of a query or a cookie that has them."""


@clause("AUT-022")
def test_init_data_in_another_place_are_none(api: Api, user: User) -> None:
    """They are genuine, and taken where they belong; elsewhere they open nothing."""
    raw = user.init_data().sign(api.environ["TELEGRAM_BOT_TOKEN"], time.time())
    api.subscription(user).expect(200)
    for name in NAMES:
        path = f"{SUBSCRIPTION}?{name}={quote(raw, safe='')}"
        in_query = api.call("GET", path, Nobody(), invalid=True)
        in_query.expect_problem(401, "unauthenticated")
    for name in ELSEWHERE:
        api.call("GET", SUBSCRIPTION, Nobody(), headers={name: raw}).expect(401)
        api.call("GET", SUBSCRIPTION, Nobody(), headers={name: f"tma {raw}"}).expect(401)
    cookie = "; ".join(f"{name}={quote(raw, safe='')}" for name in NAMES)
    api.call("GET", SUBSCRIPTION, Nobody(), headers={"Cookie": cookie}).expect(401)
    api.call("GET", f"{SUBSCRIPTION}?{raw}", Nobody(), invalid=True).expect(401)
    if api.declares("checkout"):
        body = {"plan": "pro", **dict.fromkeys(NAMES, raw)}
        api.call("POST", CHECKOUT, Nobody(), json_body=body, invalid=True).expect(401)


@clause("AUT-022")
def test_no_door_takes_init_data_from_another_place(
    api: Api, user: User, users_operations: list[Call]
) -> None:
    """Neither by link, nor by cookie, nor by a header; a list that is downloaded is no other."""
    raw = user.init_data().sign(api.environ["TELEGRAM_BOT_TOKEN"], time.time())
    escaped = quote(raw, safe="")
    queries = ("", *(f"?{name}={escaped}" for name in NAMES), f"?{raw}")
    cookie = "; ".join(f"{name}={escaped}" for name in NAMES)
    heads = [{name: f"tma {raw}"} for name in ELSEWHERE] + [{"Cookie": cookie}]
    for call in users_operations:
        asked: list[tuple[str, dict[str, str]]] = [(query, {}) for query in queries]
        asked += [("", head) for head in heads]
        for query, head in asked:
            answer = api.call(
                *(call.method, f"{call.path}{query}", Nobody()),
                json_body=call.body,
                headers=head,
                invalid=bool(query),
            )
            answer.show()
            check(f"status of {call} with init data in another place", answer.status, 401)
        taken = api.call(call.method, call.path, user, json_body=call.body)
        known = taken.status != 401
        check_that(f"{call} takes them in theirs", known, expected="not 401", got=taken.status)


@clause("AUT-023")
def test_users_at_the_same_moment_see_their_own(
    api: Api, stripe: Stripe, make_user: Callable[[], User]
) -> None:
    """Three with different plans and two without, eight times each, all at once."""
    # Whoever has nothing stands between those who have, by number too, and behind them.
    plans = {make_user(): plan for plan in ("basic", "free", "pro", "team", "free")}
    for who, plan in plans.items():
        if plan != "free":
            stripe.subscribe(who, plan)
        api.subscription_becomes(who, plan=plan)
    # Those who ask at once may be answered by several workers, of which one has shown it.
    api.settle()
    asked = list(plans) * 8

    answers = together([partial(api.subscription, who) for who in asked])

    for who, answer in zip(asked, answers, strict=True):
        expect_members(answer.expect(200), plan=plans[who])


@clause("AUT-024")
def test_one_key_opens_one_door(api: Api, user: User, operations: list[Call]) -> None:
    """The scraper's token is no user's, and a user's proof is no scraper's."""
    token = api.environ["METRICS_TOKEN"]
    api.subscription(user).expect(200)
    for call in operations:
        if call.scheme == "initData":
            for form in ("Bearer {}", "tma {}"):
                who = Bearer(form=form)
                invalid = not who.wrong_on_purpose
                answer = api.call(call.method, call.path, who, json_body=call.body, invalid=invalid)
                check(f"status of {call} with the metrics token", answer.status, 401)
            his = signed(user, token=token)
            answer = api.call(call.method, call.path, his, json_body=call.body)
            check(f"status of {call} with what the metrics token signs", answer.status, 401)
        if call.scheme == "metricsToken":
            api.metrics().expect(200)
            for scheme in ("tma", "Bearer"):
                proof = Signed(user.init_data(), scheme=scheme)
                answer = api.call("GET", METRICS, proof, invalid=not proof.wrong_on_purpose)
                check(f"status of {call} with init data", answer.status, 401)
            for path in (f"{METRICS}?token={token}", f"{METRICS}?access_token={token}"):
                answer = api.call("GET", path, Nobody(), invalid=True)
                check_that(
                    f"{call} with a token in the query",
                    answer.status == 401,
                    expected="401",
                    got=answer.status,
                )
