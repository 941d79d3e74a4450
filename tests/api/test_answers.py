"""The form of answers: problems, their types and statuses, letters, and other methods."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from billproof.errors import Violation
from billproof.trials import Nobody, check, check_that, clause
from billproof.trials.answer import PROBLEM
from billproof.trials.shape import document
from fixtures.api import SUBSCRIPTION, expect_members
from fixtures.events import Draft
from fixtures.provoked import Provoker, text_of

if TYPE_CHECKING:
    from billproof.trials import Answer
    from fixtures.api import Api
    from fixtures.operations import Call
    from fixtures.stripe import Stripe
    from fixtures.users import User

FIRST_ERROR = 400


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
    for answer in problems(provoker, user, other):
        check_pair(answer)


def check_pair(answer: Answer) -> None:
    """The type of the problem goes with the status of the answer."""
    pairs = document()["components"]["x-problem-statuses"]
    name = str(answer["type"]).removeprefix(PROBLEM)
    held = answer.status in pairs.get(name, ())
    allowed = f"one of {pairs.get(name, 'no')} for {name}"
    check_that(f"status of {answer.call}", held, expected=allowed, got=answer.status)


TOO_LONG = 2**20 + 2**10
"""Bytes of an event that is far longer than one must be that is taken."""


@clause("ANS-002")
def test_type_and_status_of_what_is_too_long_go_together(api: Api, stripe: Stripe) -> None:
    """It may be taken, and refused in any way that the contract has; a short one is taken."""
    api.only_with("webhooks")
    customer = stripe.sandbox.create_customer()
    draft = Draft(stripe.sandbox.events(customer=customer.id)[-1])
    api.webhook(draft.body).expect_success()

    draft.object["description"] = "x" * TOO_LONG
    try:
        answer = api.webhook(draft.body)
    except Violation:
        return  # cut off amid so much, which says nothing

    if answer.header("content-type").startswith("application/problem+json"):
        check_pair(answer)


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
            check_allowed(answer, methods)
        for method in ("HEAD", "OPTIONS"):
            answer = api.call(method, path, user, invalid=True)
            answer.show()
            check_allowed(answer, methods)


def check_allowed(answer: Answer, methods: set[str]) -> None:
    """Where it is a 405, its Allow names all of these methods."""
    named = {one.strip().upper() for one in answer.header("allow").split(",")}
    told = answer.status != 405 or methods <= named
    wanted, got = (", ".join(sorted(each)) for each in (methods, named))
    check_that(f"Allow of {answer.call}", told, expected=wanted, got=got)


@clause("ANS-012")
@pytest.mark.parametrize("accept", ["application/json", "*/*"], ids=["JSON", "anything"])
def test_an_error_is_a_problem_document_whatever_is_accepted(
    api: Api, user: User, accept: str
) -> None:
    """Who wants JSON wants a good answer so; its errors are of a media type of their own."""
    headers = {"Accept": accept}
    good = api.call("GET", SUBSCRIPTION, user, headers=headers).expect(200)
    check_that(
        "media type of a good answer",
        good.header("content-type").lower().startswith("application/json"),
        expected="application/json",
        got=good.header("content-type"),
    )

    api.call("GET", SUBSCRIPTION, Nobody(), headers=headers).expect_problem(401, "unauthenticated")


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
