"""The portal is the caller's own and leads back to us, whatever comes with the call."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from billproof.trials import becomes, check, check_that, clause
from fixtures.api import PORTAL
from fixtures.portals import PORTAL_SESSIONS
from fixtures.provoked import STRIPE_FAILS
from fixtures.stripe import CREATED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from billproof.trials import Answer
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User

ELSEWHERE = "https://elsewhere.example"
TARGETS = (
    f"{ELSEWHERE}/back",
    "//elsewhere.example/back",
    "javascript:alert(1)",
    "{public}@elsewhere.example/",
    "{public}.elsewhere.example/",
    "{public}/app/billing?next=" + ELSEWHERE,
)


@pytest.fixture
def customer(api: Api, stripe: Stripe, user: User) -> str:
    """Id of the user's customer: he has begun to buy."""
    return str(stripe.session(api.checkout(user, "pro").expect(201)).customer)


def opened(stripe: Stripe, user: User) -> list[dict[str, Any]]:
    """With what the user's portal sessions were made, oldest first."""
    calls = [call for call in stripe.writes(user) if call.path == PORTAL_SESSIONS]
    return [call.params for call in calls]


def check_leads_back(api: Api, stripe: Stripe, user: User, answer: Answer, made: int) -> int:
    """Refused, nothing was made; made, it leads back to us. Returns how many there are now."""
    answer.expect_or_refused(201)
    sessions = opened(stripe, user)
    check("portal sessions of the user", len(sessions), made + (answer.status == 201))
    if answer.status == 201:
        back = str(sessions[-1].get("return_url"))
        public = api.environ["PUBLIC_URL"] + "/"
        held = back.startswith(public) and "elsewhere.example" not in back
        check_that("return_url", held, expected=f"below {public}", got=back)
    return len(sessions)


@clause("POR-003")
@pytest.mark.usefixtures("customer")
def test_the_caller_does_not_choose_where_it_leads(api: Api, stripe: Stripe, user: User) -> None:
    """Neither in the body nor in the query, under any name."""
    made = 0
    for target in TARGETS:
        url = target.format(public=api.environ["PUBLIC_URL"])
        named = dict.fromkeys(("return_url", "next", "redirect", "return_to"), url)
        in_body = api.call("POST", PORTAL, user, json_body=named, invalid=True)
        made = check_leads_back(api, stripe, user, in_body, made)
        in_query = api.call("POST", f"{PORTAL}?{urlencode(named)}", user, invalid=True)
        made = check_leads_back(api, stripe, user, in_query, made)

    check_leads_back(api, stripe, user, api.portal(user).expect(201), made)


HEADERS = {
    "Host": "elsewhere.example",
    "Origin": ELSEWHERE,
    "Referer": f"{ELSEWHERE}/page",
    "X-Forwarded-Host": "elsewhere.example",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Port": "4443",
    "X-Forwarded-Server": "elsewhere.example",
    "X-Forwarded-Scheme": "https",
    "X-Forwarded-Ssl": "on",
    "X-Forwarded-Prefix": "@elsewhere.example",
    "Forwarded": "host=elsewhere.example;proto=https",
    "X-Original-URL": f"{ELSEWHERE}/",
}
LOOK_ALIKE = {
    "Origin": "{public}@elsewhere.example",
    "Referer": "{public}@elsewhere.example/page",
    "X-Forwarded-Host": "{host}@elsewhere.example",
}
"""What begins as PUBLIC_URL does, and is another place all the same."""


@clause("POR-003")
@pytest.mark.usefixtures("customer")
def test_no_header_chooses_where_it_leads(api: Api, stripe: Stripe, user: User) -> None:
    """A foreign Host may be refused; the others are ignored, however much they look like ours."""
    public = api.environ["PUBLIC_URL"]
    ours = {"public": public, "host": public.partition("://")[2]}
    made = 0
    for name, value in (*HEADERS.items(), *LOOK_ALIKE.items()):
        answer = api.call("POST", PORTAL, user, headers={name: value.format(**ours)})
        made = check_leads_back(api, stripe, user, answer, made)

    check_leads_back(api, stripe, user, api.portal(user).expect(201), made)


@clause("POR-004")
def test_nobody_opens_anothers_portal(
    api: Api, stripe: Stripe, user: User, other: User, customer: str
) -> None:
    """However he names the other: it is refused, or his own that opens."""
    his = str(stripe.session(api.checkout(other, "basic").expect(201)).customer)
    nobodys = stripe.sandbox.create_customer().id
    answers = [each for one in (his, nobodys) for each in asked_for(api, user, one, other)]
    answers.append(api.portal(user).expect(201))

    check("portal sessions of the other", opened(stripe, other), [])
    used = {session.get("customer") for session in opened(stripe, user)}
    check("customers of the user's portal sessions", used, {customer})
    # One of a customer whom nobody owns is a session of nobody's.
    opening = [answer for answer in answers if answer.status == 201]
    check("portal sessions of the user", len(opened(stripe, user)), len(opening))


def asked_for(api: Api, user: User, customer: str, owner: User) -> Iterator[Answer]:
    """Portals for this customer, or this owner of one, by every name that a backend may read."""
    named = {
        "customer": customer,
        "customer_id": customer,
        "user_id": owner.id,
        "user": {"id": owner.id},
    }
    flat = {name: str(value) for name, value in named.items() if not isinstance(value, dict)}
    headers = {"X-Customer": customer, "X-Customer-Id": customer, "X-User-Id": str(owner.id)}
    cookie = {"Cookie": f"customer={customer}; user_id={owner.id}"}
    no_objects = (json.dumps([named]), json.dumps(customer), "null", json.dumps(named)[:-1])
    yield api.call("POST", PORTAL, user, json_body=named, invalid=True).expect_or_refused(201)
    for one in no_objects:
        told = api.call("POST", PORTAL, user, body=one.encode(), invalid=True)
        yield told.expect_or_refused(201)
    in_query = api.call("POST", f"{PORTAL}?{urlencode(flat)}", user, invalid=True)
    yield in_query.expect_or_refused(201)
    for sent in (headers, cookie):
        yield api.call("POST", PORTAL, user, headers=sent).expect_or_refused(201)


@clause("POR-005")
@pytest.mark.usefixtures("customer")
def test_a_failure_of_stripe_is_told_and_gets_over(api: Api, stripe: Stripe, user: User) -> None:
    """In good order each time; afterwards the same tap works."""
    for failure in STRIPE_FAILS.values():
        with stripe.failing("all", user=user, **failure):
            refused = api.portal(user).expect_problem(503, "provider-unavailable")
        told = refused.header("retry-after").strip()
        check_that("Retry-After", told != "", expected="seconds or a date", got=repr(told))
        api.portal(user).expect(201)


FAILURES = 5
"""In a row: after so many some leave Stripe alone for a while."""
LONGEST_SECONDS = 30
"""More than that is waited for by nobody here."""


@clause("POR-005")
@pytest.mark.usefixtures("customer")
def test_failures_in_a_row_are_got_over_as_told(api: Api, stripe: Stripe, user: User) -> None:
    """Whoever leaves Stripe alone says for how long, and opens the portal when that is over."""
    with stripe.failing("all", user=user, **STRIPE_FAILS["500"]):
        for _ in range(FAILURES):
            refused = api.portal(user).expect_problem(503, "provider-unavailable")
    told = refused.header("retry-after").strip()
    # A date is not read: whoever tells one has all of the time.
    seconds = int(told) if re.fullmatch(r"\d+", told, re.ASCII) else LONGEST_SECONDS

    within = min(seconds, LONGEST_SECONDS)
    answer = becomes(lambda: api.portal(user), lambda one: one.status == CREATED, within=within)

    answer.show()
    held = answer.status == CREATED or seconds > LONGEST_SECONDS
    check_that("portal after the failures", held, expected="201", got=answer.status)
