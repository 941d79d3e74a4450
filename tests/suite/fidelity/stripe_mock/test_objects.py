"""Every object that the sandbox answered is as Stripe's OpenAPI document says."""

from __future__ import annotations

from billproof.sandbox.api.operations import OPERATIONS
from billproof.sandbox.objects.events import API_VERSION
from tests.suite.fidelity import tolerated
from tests.suite.fidelity.document import Document
from tests.suite.fidelity.exchanges import Exchange
from tests.suite.fidelity.shapes import Difference
from tests.suite.fidelity.stripe_mock.oracle import is_judged, name, sandbox_judgement


def differing(heard: list[Exchange], document: Document) -> set[Difference]:
    """Every difference in what was answered in the current version."""
    return {
        difference
        for each in heard
        if each.status == 200 and each.version in {None, API_VERSION}
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
