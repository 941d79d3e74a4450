"""What a trial expects of an answer is what came, or a violation says what did."""

from __future__ import annotations

import json

import httpx
import pytest

from billproof.errors import Violation
from billproof.trials import journal
from billproof.trials.answer import PROBLEM, Answer

PROBLEM_JSON = "application/problem+json"


@pytest.fixture(autouse=True)
def kept() -> journal.Journal:
    """The journal of a trial that has begun."""
    return journal.begin()


def answered(status: int, body: object = None, media_type: str = "application/json") -> Answer:
    """An answer with this body, written as JSON unless it is bytes already."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = httpx.Headers({"Content-Type": media_type})
    return Answer("GET /plans", status, headers, content, seconds=0.1, exchange=3)


def refused(
    status: int = 409,
    kind: str = "no-customer",
    told: int = 409,
    media_type: str = PROBLEM_JSON,
) -> Answer:
    """A problem document, whose own `status` is `told`."""
    return answered(status, {"type": PROBLEM + kind, "status": told}, media_type)


def test_one_status_is_expected_or_any_of_several() -> None:
    """The answer itself comes back, so that calls chain."""
    answer = answered(201)

    assert answer.expect(201) is answer
    assert answer.expect(200, 201) is answer


@pytest.mark.parametrize("statuses", [(200,), (202,), (200, 202)])
def test_another_status_is_a_violation(statuses: tuple[int, ...]) -> None:
    """The finding names the call, and the status that came."""
    with pytest.raises(Violation) as caught:
        answered(201).expect(*statuses)

    assert (caught.value.what, caught.value.got) == ("status of GET /plans", "201")


@pytest.mark.parametrize("status", [200, 299])
def test_2xx_succeeds(status: int) -> None:
    """From the first to the last of them."""
    answer = answered(status)

    assert answer.expect_success() is answer


@pytest.mark.parametrize("status", [199, 300])
def test_all_else_does_not_succeed(status: int) -> None:
    """A redirect is no success, nor is what is on its way."""
    with pytest.raises(Violation, match="expected a 2xx status"):
        answered(status).expect_success()


@pytest.mark.parametrize("status", [200, 400, 499])
def test_what_a_backend_may_ignore_it_may_refuse(status: int) -> None:
    """The named status is as good as any 4xx."""
    answer = answered(status)

    assert answer.expect_or_refused(200) is answer


@pytest.mark.parametrize("status", [201, 399, 500])
def test_neither_ignored_nor_refused_is_a_violation(status: int) -> None:
    """A failure of the server least of all."""
    with pytest.raises(Violation, match="expected 200 or 4xx"):
        answered(status).expect_or_refused(200)


@pytest.mark.parametrize("media_type", [PROBLEM_JSON, "Application/Problem+JSON ; charset=utf-8"])
@pytest.mark.parametrize("names", [("no-customer",), ("gone", "no-customer")])
def test_a_problem_has_one_of_the_types(names: tuple[str, ...], media_type: str) -> None:
    """Its media type is read as HTTP has it, and each part is a check of its own."""
    kept = journal.current()

    refused(media_type=media_type).expect_problem(409, *names)

    assert [check.partition(" of ")[0] for check in kept.checks] == [
        "status",
        "media type",
        "body",
        "problem type",
        "problem status",
    ]


@pytest.mark.parametrize("names", [("no-customer",), ("gone", "no-customer")])
@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (refused(status=400), "status"),
        (refused(media_type="application/json"), "media type"),
        (refused(kind="other"), "problem type"),
        (refused(told=400), "problem status"),
        (answered(409, {"status": 409}, PROBLEM_JSON), "body"),
    ],
)
def test_a_problem_that_is_another_is_a_violation(
    answer: Answer, what: str, names: tuple[str, ...]
) -> None:
    """Each part is looked at, with one type allowed as with two."""
    with pytest.raises(Violation) as caught:
        answer.expect_problem(409, *names)

    assert caught.value.what == f"{what} of GET /plans"


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b'"text"', b"null", b"\xff{}"])
def test_a_body_that_is_no_object_is_a_violation(body: bytes) -> None:
    """The finding shows how it begins."""
    with pytest.raises(Violation) as caught:
        _ = answered(200, body).document

    assert (caught.value.expected, caught.value.got) == ("a JSON object", repr(body))


def test_a_long_body_is_not_shown_whole() -> None:
    """Two hundred bytes of a page are enough to know it by."""
    with pytest.raises(Violation) as caught:
        _ = answered(200, b"x" * 201).document

    assert caught.value.got == repr(b"x" * 200)


def test_a_member_is_there_or_it_is_a_violation() -> None:
    """The finding names what is there instead."""
    answer = answered(200, {"plan": "pro", "access": None})
    assert (answer["plan"], answer["access"]) == ("pro", None)

    with pytest.raises(Violation) as caught:
        _ = answer["status"]

    assert (caught.value.expected, caught.value.got) == (
        "a member 'status'",
        "members access, plan",
    )


def test_an_object_without_members_says_so() -> None:
    """An empty list of names would read as if a word were missing."""
    with pytest.raises(Violation, match="members none"):
        _ = answered(200, {})["plan"]


def test_a_header_that_is_not_there_is_blank() -> None:
    """Names are read in any case."""
    answer = answered(200)

    assert answer.header("content-TYPE") == "application/json"
    assert not answer.header("Retry-After")


@pytest.mark.parametrize("look", ["expect", "expect_or_refused", "document", "member", "success"])
def test_a_failure_points_at_the_exchange_that_was_looked_at(
    look: str, kept: journal.Journal
) -> None:
    """Not at the last one, which may have been another's."""
    answer = answered(200, {"plan": "pro"})

    {
        "expect": lambda: answer.expect(200),
        "expect_or_refused": lambda: answer.expect_or_refused(200),
        "document": lambda: answer.document,
        "member": lambda: answer["plan"],
        "success": answer.expect_success,
    }[look]()

    assert kept.shown == answer.exchange
