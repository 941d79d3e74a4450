"""Every object that the sandbox answered is as Stripe's OpenAPI document says."""

from __future__ import annotations

from billproof.sandbox.api.operations import OPERATIONS
from billproof.sandbox.objects.events import API_VERSION
from tests.suite.fidelity import sdk_types, tolerated
from tests.suite.fidelity.document import Document
from tests.suite.fidelity.exchanges import Exchange
from tests.suite.fidelity.objects import outermost
from tests.suite.fidelity.shapes import Difference
from tests.suite.fidelity.stripe_mock.oracle import is_judged, name, sandbox_judgement


def is_current(exchange: Exchange) -> bool:
    """Whether it was answered, in the shapes of the current version."""
    return exchange.status == 200 and exchange.version in {None, API_VERSION}


def differing(heard: list[Exchange], document: Document) -> set[Difference]:
    """Every difference in what was answered in the current version."""
    return {
        difference
        for each in heard
        if is_current(each)
        for difference in document.compared(each.method, each.path, each.answer)
    }


def test_every_call_was_made(heard: list[Exchange]) -> None:
    """A call that no test makes, and well-formed, would not be looked at."""
    made = {name(each) for each in heard if is_judged(each) and sandbox_judgement(each).accepted}

    missing = [each.call for each in OPERATIONS if each.call not in made]
    assert not missing, ", ".join(missing)


def test_answers_are_as_the_document_says(heard: list[Exchange], document: Document) -> None:
    """But for what is in the table, with its reason."""
    known = {row.difference for row in tolerated.objects()}

    found = sorted(differing(heard, document) - known)
    assert not found, "\n".join(map(str, found))


def test_answers_are_as_the_sdk_types_them(heard: list[Exchange]) -> None:
    """Those of all tests, and not of the flows alone."""
    known = {row.difference for row in tolerated.objects()}
    objects = (one for each in heard if is_current(each) for one in outermost(each.answer))

    found = {difference for each in objects for difference in sdk_types.compared(each)}

    unexplained = sorted(found - known)
    assert not unexplained, "\n".join(map(str, unexplained))


def test_no_row_is_stale(heard: list[Exchange], document: Document) -> None:
    """A difference that is gone is gone from the table too."""
    known = {row.difference for row in tolerated.objects()}

    assert sorted(known - differing(heard, document)) == []


def test_a_broken_answer_is_seen(heard: list[Exchange], document: Document) -> None:
    """The same check finds a member that is missing, and one of another type."""
    whole = next(each for each in heard if each.path.startswith("/v1/customers/cus_"))
    assert not list(document.compared(whole.method, whole.path, whole.answer))

    broken = {**whole.answer, "livemode": "no"}
    del broken["created"]

    assert set(document.compared(whole.method, whole.path, broken)) == {
        Difference("customer", "created", "missing"),
        Difference("customer", "livemode", "wrong type"),
    }
