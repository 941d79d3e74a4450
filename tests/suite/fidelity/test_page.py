"""docs/sandbox-fidelity.md says what is so now."""

from __future__ import annotations

from billproof.sandbox.api.operations import OPERATIONS
from tests.suite.fidelity import page
from tests.suite.fidelity.sdk_calls import SdkCall, sdk_calls
from tests.suite.fidelity.unread import unread


def test_the_committed_page_is_current() -> None:
    """After a change of calls or notes: `python -m tests.suite.fidelity.page`."""
    assert page.PAGE.read_text("utf-8").splitlines() == page.rendered().splitlines()


def test_notes_are_about_what_there_is() -> None:
    """A kind or a call that has gone takes its notes with it."""
    said = page.notes()

    assert said.kinds.keys() <= {each.kind for each in OPERATIONS}
    assert said.calls.keys() <= {each.call for each in OPERATIONS}


def test_every_call_is_one_of_stripes() -> None:
    """The SDK knows each, so that nothing is offered which Stripe does not have."""
    known = {(each.method, each.path) for each in sdk_calls()}

    assert [each.call for each in OPERATIONS if (each.method, each.path) not in known] == []


def test_what_is_missing_is_found() -> None:
    """A call that the SDK has and the sandbox has not, and none that it has."""
    customers = [each for each in OPERATIONS if each.kind == "customer"]

    found = page.missing(customers)

    assert SdkCall("/v1/customers/{id}/tax_ids", "POST") in found
    assert SdkCall("/v1/customers/search", "GET") not in found


def test_parameters_without_effect_are_found() -> None:
    """One that nothing reads, beside one that is read."""
    found = unread("customer.create")

    assert "cash_balance" in found
    assert "email" not in found
