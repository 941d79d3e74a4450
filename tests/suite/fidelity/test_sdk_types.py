"""Every object looks as the official SDK's types say."""

from __future__ import annotations

from collections.abc import Iterator

from billproof.sandbox.api.operations import OPERATIONS, find
from billproof.sandbox.objects.resource import Resource
from tests.suite.fidelity import sdk_types
from tests.suite.fidelity.exchanges import Exchange
from tests.suite.fidelity.objects import everywhere, outermost
from tests.suite.fidelity.shapes import Difference


def kinds(parent: type[Resource] = Resource) -> Iterator[str]:
    """Every kind of object that the sandbox has."""
    for each in parent.__subclasses__():
        yield each.kind
        yield from kinds(each)


def found(spoken: list[Exchange]) -> set[Difference]:
    """Every difference between the flows' objects and the SDK's types."""
    return {
        difference
        for exchange in spoken
        for each in outermost(exchange.answer)
        for difference in sdk_types.compared(each)
    }


def test_the_flows_show_every_kind(spoken: list[Exchange]) -> None:
    """A kind without an object would not be looked at: give it a flow."""
    shown = {each["object"] for exchange in spoken for each in everywhere(exchange.answer)}

    assert set(kinds()) - shown == set()


def test_the_flows_make_every_call_that_reads(spoken: list[Exchange]) -> None:
    """The table says which there are."""
    answered = (each for each in spoken if each.status == 200)
    made = {found[0].call for each in answered if (found := find(each.method, each.path))}

    assert [
        each.call for each in OPERATIONS if each.method == "GET" and each.call not in made
    ] == []


def test_objects_are_as_the_sdk_types_them(spoken: list[Exchange]) -> None:
    """Nothing is missing, null or of another type against its word; nothing is unheard of."""
    assert found(spoken) == set()
