"""The form of answers: problems, their types and statuses, letters, and other methods."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import pytest

from billproof.errors import CannotTest
from billproof.trials import Nobody, becomes, check, check_that, clause, journal, together
from billproof.trials.answer import PROBLEM
from billproof.trials.shape import document
from billproof.trials.waiting import TOO_MANY_REQUESTS
from fixtures.api import SUBSCRIPTION, expect_members
from fixtures.provoked import NOTHING_ASKS, STRIPE_FAILS, Provoker, text_of
from fixtures.stripe import CREATED, UNDER_WAY, made_in_the_end

if TYPE_CHECKING:
    from collections.abc import Iterable

    from billproof.trials import Answer
    from fixtures.api import Api
    from fixtures.operations import Call
    from fixtures.stripe import Stripe
    from fixtures.users import User

FIRST_ERROR = 400
MOST_SECONDS = 3_600
AFTER_A_FAULT_SECONDS = 30.0


@pytest.fixture
def provoker(api: Api, stripe: Stripe, operations: list[Call]) -> Provoker:
    """What makes the backend answer in many ways."""
    return Provoker(api, stripe, operations)


def problems(provoker: Provoker, user: User, other: User) -> list[Answer]:
    """Errors of at least these kinds, or nothing would be proven."""
    errors = [one for one in provoker.errors(user, other) if one.status >= FIRST_ERROR]
    seen = {answer.status for answer in errors}
    check_that("statuses of what is refused", {401} <= seen, expected="401 among them", got=seen)
    return errors


@clause("ANS-001")
def test_every_error_is_a_problem(provoker: Provoker, user: User, other: User) -> None:
    """Whoever asks, whatever he asks for, and whatever Stripe does."""
    types = document()["components"]["schemas"]["ProblemType"]["enum"]
    for answer in problems(provoker, user, other):
        if answer.call.startswith("HEAD"):
            continue
        answer.expect_problem(answer.status, *[one.removeprefix(PROBLEM) for one in types])
        title = answer["title"]
        held = isinstance(title, str) and bool(title.strip())
        check_that(f"title of {answer.call}", held, expected="some text", got=repr(title))


ACCEPTING = {
    "a browser": {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"},
    "a program": {"Accept": "application/json"},
}
"""What somebody sends who follows a link, and what most programs send that expect JSON."""


@clause("ANS-001")
@pytest.mark.parametrize("headers", ACCEPTING.values(), ids=ACCEPTING)
def test_whatever_is_accepted_is_told_in_the_same_form(
    api: Api, user: User, headers: dict[str, str]
) -> None:
    """Errors are for programs, whoever asks: nobody, at a door that is none, in a wrong way."""
    unknown = f"{SUBSCRIPTION}/nothing-of-this-name"
    for answer in (
        api.call("GET", SUBSCRIPTION, Nobody(), headers=headers).expect(401),
        api.call("GET", unknown, user, headers=headers, invalid=True).expect(401, 404),
        api.call("PUT", SUBSCRIPTION, user, headers=headers, invalid=True).expect(401, 405),
    ):
        names = {401: "unauthenticated", 404: "not-found", 405: "method-not-allowed"}
        answer.expect_problem(answer.status, names[answer.status])


@clause("ANS-002")
def test_type_and_status_go_together(provoker: Provoker, user: User, other: User) -> None:
    """As openapi.yaml pairs them."""
    pairs = document()["components"]["x-problem-statuses"]
    for answer in problems(provoker, user, other):
        name = str(answer["type"]).removeprefix(PROBLEM)
        held = answer.status in pairs.get(name, ())
        allowed = f"one of {pairs.get(name, 'no')} for {name}"
        check_that(f"status of {answer.call}", held, expected=allowed, got=answer.status)


@clause("ANS-003")
def test_a_405_names_what_is_allowed(api: Api, user: User, operations: list[Call]) -> None:
    """All methods of the path, those that other capabilities have too."""
    api.subscription(user).expect(200)
    known: dict[str, set[str]] = {}
    for call in operations:
        known.setdefault(call.path, set()).add(call.method)
    for path, methods in known.items():
        for method in sorted({"GET", "POST", "PUT", "PATCH", "DELETE"} - methods):
            body: dict[str, str] | None = None if method == "GET" else {}
            answer = api.call(method, path, user, json_body=body, invalid=True).expect(401, 405)
            named = {one.strip().upper() for one in answer.header("allow").split(",")}
            told = answer.status != 405 or methods <= named
            wanted, got = (", ".join(sorted(each)) for each in (methods, named))
            check_that(f"Allow of {answer.call}", told, expected=wanted, got=got)


def is_a_time(text: str) -> bool:
    """Whole seconds from 1 to 3,600, or a date of HTTP's."""
    if re.fullmatch(r"\d+", text, re.ASCII):
        return 1 <= int(text) <= MOST_SECONDS
    try:
        return parsedate_to_datetime(text).tzinfo is not None
    except ValueError:
        return False


@clause("ANS-011")
def test_a_failure_of_stripe_says_when_to_come_back(
    provoker: Provoker, user: User, other: User
) -> None:
    """On every operation that needs Stripe; refusals of a caller need no time."""
    answers = [*provoker.failed(user, other)]
    if not answers:
        raise CannotTest(*NOTHING_ASKS)
    told = any(answer.status in {429, 503} for answer in answers)
    check_that("failures that are told", told, expected="a 503 at least", got="none")
    check_say_when(answers)


@clause("ANS-011")
def test_a_delivery_that_fails_says_so_too(api: Api, stripe: Stripe, user: User) -> None:
    """Where it is 503; it may be another 5xx, or 2xx and done later."""
    subscription = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, status="active")
    answers = []
    stripe.change(subscription, status="unpaid")
    event = stripe.undelivered(user)[-1]
    for name in ("500", "401", "reset"):
        with stripe.failing("all", user=user, **STRIPE_FAILS[name]):
            answers.append(stripe.deliver_event(event))

    check_say_when(answers)
    stripe.deliver_event(event).expect_success()
    # Who took it amid the failures has 30 s from their end on, whatever comes again meanwhile.
    told = becomes(
        lambda: api.subscription(user),
        lambda one: bool(one["status"] == "unpaid"),
        within=AFTER_A_FAULT_SECONDS,
    )
    expect_members(told.expect(200), status="unpaid")


SLOW_SECONDS = 3
"""How long each call to Stripe takes: a change of plans needs more of them than there is time."""
TAPS = 4
OFTEN = 100
"""More calls in a row than somebody makes who is in no hurry."""


@clause("ANS-011")
def test_a_stripe_that_is_slow_is_told_like_one_that_fails(
    api: Api, stripe: Stripe, user: User
) -> None:
    """No call fails by itself; whoever has no time left for the last one says so, and when."""
    api.checkout(user, "basic").expect(201)
    with stripe.failing("all", user=user, effect="late", seconds=SLOW_SECONDS):
        answer = api.checkout(user, "pro").expect(201, 503)

    check_say_when([answer])
    made_in_the_end(lambda: api.checkout(user, "pro"), 2 * SLOW_SECONDS)


@clause("ANS-011")
def test_who_asks_very_often_is_told_when_to_come_back(api: Api, user: User) -> None:
    """He may be answered each time; where he is not, trials wait for as long as he is told."""
    answers = [api.subscription(user).expect(200)]
    while len(answers) < OFTEN and not was_sent_away():
        answers.append(api.subscription(user).expect(200, TOO_MANY_REQUESTS))

    check_say_when(answers)


@clause("ANS-011")
def test_who_taps_twice_is_told_when_to_come_back(api: Api, user: User) -> None:
    """One tap makes the session; the others may wait for it, or be sent away."""
    answers = together([lambda: api.checkout(user, "pro")] * TAPS)

    check_say_when(answer.expect(CREATED, *UNDER_WAY) for answer in answers)


def was_sent_away() -> bool:
    """Whether any call of this trial was answered 429, waited for or not."""
    return any(one.status == TOO_MANY_REQUESTS for one in journal.current().exchanges)


def check_say_when(answers: Iterable[Answer]) -> None:
    """Each 429 and 503 of them has a time to come back."""
    for answer in [answer for answer in answers if answer.status in {429, 503}]:
        answer.show()
        told = answer.header("retry-after").strip()
        check_that(
            f"Retry-After of {answer.call}",
            is_a_time(told),
            expected="1 to 3600 seconds, or a date",
            got=repr(told),
        )


@clause("ANS-012")
def test_json_is_in_utf_8(api: Api, provoker: Provoker, user: User, other: User) -> None:
    """Good answers and errors; pages and metrics are other media."""
    expect_members(api.subscription(user).expect(200), status="none")
    # What is asked for twice may be known by then, and told in another place of the code.
    answers = [*provoker.good(user), *provoker.good(user), *provoker.errors(user, other)]
    for answer in answers:
        media_type, _, parameters = answer.header("content-type").lower().partition(";")
        if media_type.strip() in {"text/html", "text/plain", "application/openmetrics-text"}:
            check_that(
                f"{answer.call} is no error",
                answer.status < FIRST_ERROR,
                expected="JSON for an error",
                got=media_type,
            )
            continue
        if not answer.body:
            continue
        answer.show()
        kind = "application/json" if answer.status < FIRST_ERROR else "application/problem+json"
        check(f"media type of {answer.call}", media_type.strip(), kind)
        charset = re.search(r"charset\s*=\s*\"?([\w-]+)", parameters)
        said = charset.group(1) if charset else "utf-8"
        check(f"charset of {answer.call}", said, "utf-8")
        expect_utf_8(answer)


def expect_utf_8(answer: Answer) -> None:
    """The bytes are what the header says."""
    try:
        answer.body.decode()
    except UnicodeDecodeError:
        check(f"letters of {answer.call}", "bytes of another charset", "UTF-8")


REPEATED = ("marker-of-this-call", "auth_date", "hash=[0-9a-f]{64}")
"""What was sent; the address of a page's asset may have a hash in it, and a shorter one."""


@clause("ANS-013")
@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE"])
def test_what_nobody_asks_for_is_harmless(
    api: Api, user: User, operations: list[Call], method: str
) -> None:
    """Answered in good order, and without a word of what was sent."""
    expect_members(api.subscription(user).expect(200), status="none")
    for path in sorted({call.path for call in operations} | {"/nothing-of-this-name"}):
        marker = {"X-Marker": "marker-of-this-call"}
        answer = api.call(method, path, user, headers=marker, invalid=True)
        answer.show()
        held = answer.status < 500 or answer.status == 501
        check_that(
            f"status of {answer.call}", held, expected="below 500, or 501", got=answer.status
        )
        for words in REPEATED:
            told = re.search(words, text_of(answer))
            got = told[0] if told else ""
            check_that(f"{answer.call} repeats nothing", not told, expected=f"no {words}", got=got)
