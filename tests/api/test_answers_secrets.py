"""What no answer may hold: secrets, init data, Stripe's words, and the server's inside."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from billproof.trials import Nobody, Verbatim, check, check_that, clause
from billproof.trials.redaction import SECRETS, TELLING_CHARACTERS
from fixtures.api import CHECKOUT, INVOICES, SUBSCRIPTION, expect_members
from fixtures.invoices import Ledger
from fixtures.provoked import Provoker, text_of
from fixtures.users import prove

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from billproof.trials import Answer
    from fixtures.api import Api
    from fixtures.operations import Call
    from fixtures.stripe import Stripe
    from fixtures.users import User

BAD_REQUEST = 400
STRIPES_WORDS = (
    "request_log_url",
    "dashboard.stripe.com",
    "stripe.com/docs",
    "docs.stripe.com",
    "api_error",
    "invalid_request_error",
    "Invalid API Key",
    "resource_missing",
)
"""What stands in Stripe's error bodies."""

CODES = {
    400: "parameter_invalid_empty",
    402: "card_declined",
    403: "platform_api_key_expired",
    429: "rate_limit",
}
"""Of Stripe's errors, by their status."""

INSIDES = (
    "Traceback (most recent call last)",
    'File "/',
    "site-packages",
    "node_modules",
    "/usr/lib/",
    "/vendor/",
    "goroutine ",
    "at java.",
    "Caused by:",
    "stack_trace",
    "stacktrace",
    "SELECT ",
    "INSERT INTO",
    "sqlite3.",
    "SQLSTATE",
    "sqlalchemy",
    "psycopg",
)
"""What frameworks and databases show when they fail in public."""


@pytest.fixture
def provoker(api: Api, stripe: Stripe, operations: list[Call]) -> Provoker:
    """What makes the backend answer in many ways."""
    return Provoker(api, stripe, operations)


def check_without(answers: Iterable[Answer], words: Iterable[str], what: str) -> None:
    """None of the answers has any of the words, in head or body."""
    words = [word for word in words if word]
    for answer in answers:
        answer.show()
        said = whole_text_of(answer)
        found = [word for word in words if word in said]
        check(f"{what} in the answer to {answer.call}", len(found), 0)


def whole_text_of(answer: Answer) -> str:
    """Head and body, and what JSON says to whoever reads it: quotes, slashes, letters as such."""
    try:
        read = json.dumps(json.loads(answer.body), ensure_ascii=False).replace('\\"', '"')
    except (ValueError, RecursionError):
        read = ""
    return f"{text_of(answer)}\n{read}"


def errors_among(answers: Iterable[Answer]) -> list[Answer]:
    """The answers, some of which must be errors: where nothing is refused, no error was seen."""
    seen = list(answers)
    statuses = sorted({answer.status for answer in seen})
    held = not seen or any(answer.status >= BAD_REQUEST for answer in seen)
    check_that("some of what is wrong is refused", held, expected="some 4xx or 5xx", got=statuses)
    return seen


def secrets_of(environ: Mapping[str, str]) -> list[str]:
    """The values that nobody but the backend may know; each part of a list."""
    secret = [part for name in SECRETS for part in environ.get(name, "").split(",")]
    url = environ.get("DATABASE_URL", "")
    # A library may write the scheme in a way of its own, and the rest all the same.
    values = [*secret, url, url.partition(":")[2].lstrip("/")]
    return [value for value in values if len(value) >= TELLING_CHARACTERS]


@clause("ANS-004")
def test_no_answer_has_a_secret(api: Api, provoker: Provoker, user: User, other: User) -> None:
    """Good answers, pages and metrics too, and errors of every kind."""
    expect_members(api.subscription(user).expect(200), status="none")
    errors = errors_among([*provoker.good(user), *provoker.errors(user, other)])
    answers = [*errors, *provoker.good(user)]

    check_without(answers, secrets_of(api.environ), "secrets")


@clause("ANS-005")
def test_no_answer_repeats_who_asked(api: Api, user: User, operations: list[Call]) -> None:
    """Taken, expired or torn: init data go one way."""
    token = api.environ["TELEGRAM_BOT_TOKEN"]
    for number, change in enumerate(({}, {}, {"age_seconds": 200_000}, {"flip_digit": 5})):
        raw, hashes = prove(user, token, **change)
        taken = number == 0
        if number == 1:
            # Torn in another way: what is said twice is easily said once more.
            raw += f"&hash={min(hashes)}"
        who = Verbatim(f"tma {raw}".encode())
        api.call("GET", SUBSCRIPTION, who).expect(200 if taken else 401)
        answers = [
            api.call(call.method, call.path, who, json_body=call.body) for call in operations
        ]
        astray = [f"{SUBSCRIPTION}?{raw}", f"{SUBSCRIPTION}/nothing-of-this-name?{raw}"]
        answers += [api.call("GET", path, Nobody(), invalid=True) for path in astray]
        answers += [api.call("POST", CHECKOUT, who, json_body={"plan": 7}, invalid=True)]
        # As pages do that send them in each request, wherever there is room.
        for body in ({"plan": raw}, {"plan": "pro", "initData": raw}, {"initData": raw}):
            answers.append(api.call("POST", CHECKOUT, who, json_body=body, invalid=True))
        for place in ("limit", "cursor"):
            path = f"{INVOICES}?{place}={quote(raw, safe='')}"
            answers.append(api.call("GET", path, who, invalid=place == "limit"))
        proofs = [*hashes, *(one.upper() for one in hashes)]
        check_without(answers, (raw, *proofs), "words of the caller")


TORN = "Zwiebelfisch"
"""A word that no answer has of itself."""


@clause("ANS-005")
def test_no_refusal_repeats_what_could_not_be_read(api: Api, user: User) -> None:
    """Errors of parsers like to quote what they stumbled on: numbers, JSON, bytes."""
    token = api.environ["TELEGRAM_BOT_TOKEN"]
    whole, hashes = prove(user, token)
    api.subscription(Verbatim(f"tma {whole}".encode())).expect(200)
    # Signed, so that whoever looks at the hash first reads on.
    members = ({"auth_date": TORN}, {"user_json": TORN}, {"user_json": f'{{"id": "{TORN}"}}'})
    torn = [user.init_data(**one).sign(token, time.time()) for one in members]
    torn += [f"{whole}&{further}" for further in (TORN, f"query_id={TORN}", f"name={TORN}%FF")]

    answers = [api.subscription(Verbatim(f"tma {raw}".encode())).expect(401) for raw in torn]
    answers += [api.subscription(Verbatim(whole.encode())).expect(401)]

    check_without(answers, (TORN, *hashes), "words of the caller")


@clause("ANS-006")
def test_no_answer_has_stripes_words(
    api: Api, stripe: Stripe, provoker: Provoker, user: User, other: User
) -> None:
    """Whatever Stripe says when it fails, users and scrapers do not hear it."""
    expect_members(api.subscription(user).expect(200), status="none")
    before = {answer.call: whole_text_of(answer) for answer in provoker.good(user)}
    told = errors_among(provoker.failed(user, other))
    check_without(told, STRIPES_WORDS, "words of Stripe")
    for status, code in CODES.items():
        with stripe.failing("all", user=user, effect="status", status=status, code=code):
            answers = [api.checkout(user, "team")]
            answers += [api.portal(user)] if api.declares("portal") else []
            answers += [api.invoices(user)] if api.declares("invoices") else []
        check_without(answers, [code], "the code of Stripe's error")
        told += answers
    check_without(told, said_in_errors(stripe, user, other), "ids and messages of Stripe's errors")
    for answer in provoker.good(user):
        # A page's own script may name errors; what stood there before is of none of these.
        new = [word for word in STRIPES_WORDS if word not in before.get(answer.call, "")]
        check_without([answer], new, "words of Stripe")


@clause("ANS-006")
def test_no_answer_says_what_stripe_says_of_who_is_gone(
    api: Api, stripe: Stripe, user: User
) -> None:
    """His customer was deleted: the portal, the list and a checkout meet Stripe's refusals.

    So does the list once more, by a cursor from before he was replaced.
    """
    session = stripe.session(api.checkout(user, "pro").expect(201))
    ledger = Ledger(api, stripe, user)
    for amount in (1100, 1200):
        ledger.bill(amount)
    first = api.invoices(user, limit=1).expect(200) if api.declares("invoices") else None
    stripe.sandbox.delete_customer(str(session.customer))
    answers = [api.portal(user)] if api.declares("portal") else []
    answers += [api.invoices(user)] if api.declares("invoices") else []
    answers += [api.checkout(user, "pro").expect(201)]
    # Whoever keeps invoices himself was told of none, and has no second page.
    if first is not None and (cursor := first["next_cursor"]):
        answers.append(api.invoices(user, limit=1, cursor=cursor))

    check_without(answers, STRIPES_WORDS, "words of Stripe about who is gone")
    check_without(answers, said_in_errors(stripe, user), "what Stripe said of who is gone")


def said_in_errors(stripe: Stripe, *users: User) -> list[str]:
    """The request ids of what Stripe has refused the users, and its messages."""
    calls = [call for user in users for call in stripe.sandbox.calls(user=str(user.id))]
    errors = {call.id: str(call.error["message"]) for call in calls if call.error}
    return [*errors, *{message for message in errors.values() if message}]


@clause("ANS-007")
def test_no_answer_shows_the_inside(api: Api, provoker: Provoker, user: User, other: User) -> None:
    """Errors of every kind, each in words that were chosen."""
    expect_members(api.subscription(user).expect(200), status="none")

    answers = errors_among(provoker.errors(user, other))
    told = [answer for answer in answers if not is_page(answer)]
    check_without(told, INSIDES, "words of the inside")


def is_page(answer: Answer) -> bool:
    """A page that is no error: the addresses of its assets may look like a server's folders."""
    is_html = answer.header("content-type").lower().startswith("text/html")
    return is_html and answer.status < BAD_REQUEST
