"""What else may come with a checkout: keys, queries, bodies that are none, other methods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from billproof.trials import Answer, check, check_that, clause
from fixtures.api import CHECKOUT, PORTAL
from fixtures.portals import PORTAL_SESSIONS
from fixtures.stripe import check_one_open_session

if TYPE_CHECKING:
    from fixtures.api import Api
    from fixtures.operations import Call
    from fixtures.stripe import Stripe
    from fixtures.users import User

ELSEWHERE = "https://elsewhere.example"
QUERIES: dict[str, dict[str, str]] = {
    "redirects": {
        "next": f"{ELSEWHERE}/a",
        "redirect": f"{ELSEWHERE}/b",
        "url": "//elsewhere.example",
        "success_url": f"{ELSEWHERE}/ok",
        "cancel_url": f"{ELSEWHERE}/no",
        "return_url": f"{ELSEWHERE}/back",
    },
    "sale": {
        "plan": "basic",
        "price": "price_billproof_basic",
        "quantity": "9",
        "user_id": "1",
        "telegram_user_id": "1",
        "customer": "cus_of_somebody",
        "trial_days": "365",
        "coupon": "free",
    },
}


def check_no_write(stripe: Stripe, user: User, what: str) -> None:
    """No call to Stripe has written anything for this user."""
    check(f"writes at Stripe for {what}", [call.path for call in stripe.writes(user)], [])


@clause("CHK-023")
@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES.keys())
def test_nothing_is_taken_from_the_query(
    api: Api, stripe: Stripe, user: User, query: dict[str, str]
) -> None:
    """Refused or ignored: plan, price, owner and redirects stay what they are."""
    path = f"{CHECKOUT}?{urlencode(query)}"
    answer = api.call("POST", path, user, json_body={"plan": "pro"}, invalid=True)
    answer.expect_or_refused(201)
    if answer.status != 201:
        check_no_write(stripe, user, "a query")
        answer = api.checkout(user, "pro").expect(201)

    session = check_one_open_session(stripe, user)
    told = f"{session.success_url} {session.cancel_url}"
    held = "elsewhere.example" not in told
    check_that("redirects", held, expected="nothing of the query", got=told)
    check("client_reference_id", session.client_reference_id, str(user.id))
    bought = stripe.sandbox.subscription(str(stripe.pay(answer).subscription))
    sold = [(item.price.id, item.quantity) for item in bought.items.data]
    check("what the session sells", sold, [("price_billproof_pro", 1)])
    check("trial_start of the subscription", bought.trial_start, None)


PLANLESS: dict[str, bytes | None] = {"no body": None, "an empty object": b"{}", "null": b"null"}


@clause("CHK-023")
@pytest.mark.parametrize("body", PLANLESS.values(), ids=PLANLESS.keys())
def test_a_query_stands_in_for_nothing(
    api: Api, stripe: Stripe, user: User, body: bytes | None
) -> None:
    """Where the body names no plan there is none, whatever the query says."""
    refused = api.call("POST", f"{CHECKOUT}?plan=pro", user, body=body, invalid=True)

    refused.expect(400, 415, 422)
    check_no_write(stripe, user, "a plan in the query alone")
    api.checkout(user, "pro").expect(201)


FORM = b"plan=pro"
PARTS = b'--x\r\nContent-Disposition: form-data; name="plan"\r\n\r\npro\r\n--x--\r\n'
MEDIA: dict[str, bytes] = {
    "application/x-www-form-urlencoded": FORM,
    "multipart/form-data; boundary=x": PARTS,
    "application/xml": b"<plan>pro</plan>",
    "text/plain": b"pro",
    "text/plain; charset=utf-8": FORM,
    # So a form can send JSON, too.
    "text/plain; charset=US-ASCII": b'{"plan": "pro"}',
}


@clause("CHK-024")
def test_another_medium_buys_nothing(api: Api, stripe: Stripe, user: User) -> None:
    """What a foreign page's form can send is refused; JSON is sold, with a charset or without."""
    for media_type, body in MEDIA.items():
        headers = {"Content-Type": media_type}
        refused = api.call("POST", CHECKOUT, user, body=body, headers=headers, invalid=True)
        refused.expect(400, 415, 422)
        check_no_write(stripe, user, f"a body of {media_type}")

    made = api.checkout(user, "pro").expect(201)
    said = {"Content-Type": "application/json; charset=utf-8"}
    again = api.call("POST", CHECKOUT, user, body=b'{"plan": "pro"}', headers=said).expect(201)
    check("session of the same with a charset", again["session_id"], made["session_id"])


HUGE: dict[str, bytes] = {
    "1 MiB": b'{"plan": "%s"}' % (b"p" * 2**20),
    "nested": b'{"plan": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "nested objects": b'{"plan": ' + b'{"a":' * 50_000 + b"1" + b"}" * 50_001,
    "digits": b'{"plan": ' + b"9" * 5_000 + b"}",
    "exponent": b'{"plan": 1e999999}',
    "never closed": b'{"plan": ' + b"[" * 50_000,
}


@clause("CHK-025")
def test_a_body_beyond_measure_is_refused(api: Api, stripe: Stripe, user: User) -> None:
    """Without a stack trace, without Stripe; a real plan is sold right after."""
    for what, body in HUGE.items():
        api.call("POST", CHECKOUT, user, body=body, invalid=True).expect(400, 413, 422)
        check_no_write(stripe, user, f"a body with {what}")

    api.checkout(user, "pro").expect(201)


METHODS_OF_THEIR_OWN = ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")
"""Headers by which frameworks let a GET be what it is not."""
MAKINGS = frozenset({"/v1/customers", "/v1/checkout/sessions", PORTAL_SESSIONS})


@clause("CHK-026")
def test_looking_makes_nothing(
    api: Api, stripe: Stripe, user: User, operations: list[Call]
) -> None:
    """Each path, twice, as a browser that looks ahead does; a POST makes it."""
    look_everywhere(api, user, operations)
    for name in METHODS_OF_THEIR_OWN:
        sent: dict[str, Any] = {"json_body": {"plan": "pro"}, "headers": {name: "POST"}}
        check_is_no_door(api.call("GET", CHECKOUT, user, invalid=True, **sent))
    path = f"{CHECKOUT}?_method=POST&plan=pro"
    check_is_no_door(api.call("GET", path, user, invalid=True))
    check_no_write(stripe, user, "looking")
    check("customers of the user", stripe.sandbox.customers(user=user.id), [])

    api.checkout(user, "pro").expect(201)
    check_one_open_session(stripe, user)


@clause("CHK-026")
@pytest.mark.parametrize("gone", [False, True], ids=["his customer lives", "his customer is gone"])
def test_looking_makes_nothing_for_whoever_was_here_before(
    api: Api, stripe: Stripe, user: User, operations: list[Call], *, gone: bool
) -> None:
    """He has begun to buy and left it; who looks at what he has is given nothing new."""
    first = stripe.session(api.checkout(user, "pro").expect(201))
    stripe.sandbox.expire_session(first.id)
    if gone:
        stripe.sandbox.delete_customer(str(first.customer))
    made = makings(stripe, user)

    look_everywhere(api, user, operations)

    check("what was made at Stripe by looking", makings(stripe, user)[len(made) :], [])
    living = [one.id for one in stripe.sandbox.customers(user=user.id) if not one.deleted]
    check("living customers of the user", living, [] if gone else [first.customer])
    answer = api.checkout(user, "pro").expect(201)
    check("ids of his open sessions", opened(stripe, user), [answer["session_id"]])


def look_everywhere(api: Api, user: User, operations: list[Call]) -> None:
    """GET and HEAD of each path that is declared, whatever else it is there for."""
    read = {
        call.path for call in operations if call.method == "GET" and call.scheme != "metricsToken"
    }
    for path in sorted({call.path for call in operations}):
        for method in ("GET", "HEAD", "GET"):
            invalid = method == "HEAD" or path not in read
            check_is_no_door(api.call(method, path, user, invalid=invalid))


def makings(stripe: Stripe, user: User) -> list[str]:
    """Paths of the calls that make a customer, or a session of either kind, for this user."""
    return [call.path for call in stripe.writes(user) if call.path in MAKINGS]


def opened(stripe: Stripe, user: User) -> list[str]:
    """Ids of the user's sessions that can be paid, whichever customer they are of."""
    return [one.id for one in stripe.sessions(user, "open")]


def check_is_no_door(answer: Answer) -> None:
    """What only a POST opens stays shut."""
    if answer.call.partition(" ")[2].partition("?")[0] in {CHECKOUT, PORTAL}:
        answer.expect(401, 405)
