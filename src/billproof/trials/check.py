"""Checks: each is named in words, counted, and says what was expected and what came."""

from __future__ import annotations

from dataclasses import dataclass

from billproof.errors import Violation
from billproof.trials import journal


@dataclass(frozen=True)
class OneOf:
    """Equal to any of its options: for what the contract leaves open."""

    options: tuple[object, ...]

    def __eq__(self, other: object) -> bool:
        """Whether `other` is one of the options."""
        return other in self.options

    def __hash__(self) -> int:
        """Options decide, as for any value."""
        return hash(self.options)

    def __repr__(self) -> str:
        """The options in words."""
        return " or ".join(repr(option) for option in self.options)


def one_of(*options: object) -> OneOf:
    """An expectation that any of `options` meets."""
    return OneOf(options)


def check(what: str, got: object, expected: object) -> None:
    """`what` must equal `expected`; raises Violation otherwise.

    `True` is not `1` here: a contract that says boolean means it.
    """
    journal.current().note(what)
    same_kind = isinstance(got, bool) == isinstance(expected, bool) or isinstance(expected, OneOf)
    if not (same_kind and expected == got):
        raise Violation(what, repr(expected), repr(got))


def check_that(what: str, held: bool, *, expected: str, got: object) -> None:  # noqa: FBT001 - the fact itself
    """`what` must hold; `expected` and `got` say in words what was looked for and found."""
    journal.current().note(what)
    if not held:
        raise Violation(what, expected, got if isinstance(got, str) else repr(got))
