"""What the Mini App's pages show in each state."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from billproof.law.frozen import Frozen

Role = Literal[
    "alert",
    "button",
    "dialog",
    "heading",
    "link",
    "list",
    "listitem",
    "status",
    "text",
    "textbox",
]
"""ARIA's words; `text` is what can be read anywhere."""


class Part(Frozen):
    """One thing on a page, as assistive technology names it."""

    role: Role
    name: str | None = None
    """Of the accessible name."""
    text: str | None = None
    """Of what can be read inside."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.name is None and self.text is None:
            raise ValueError("a part has a name or a text")
        return self

    def is_button(self, word: str) -> bool:
        """Whether it is a button whose name begins with this word."""
        return self.role == "button" and (self.name or "").partition(" ")[0] == word


class State(Frozen):
    """What a page shows in one situation, and what it does not."""

    when: str
    status: str | None = None
    """The row of tables/access.yaml whose state it is."""
    circumstance: str | None = None
    """The circumstance of that table; null is the plain one."""
    invoice: str | None = None
    """The row of tables/invoices.yaml whose state it is."""
    shows: tuple[Part, ...] = Field(min_length=1)
    hides: tuple[Part, ...]


class Page(Frozen):
    """One page, by its path."""

    path: str
    badges: dict[str, str] = Field(default_factory=dict)
    """Text of the status badge for each status that the page knows."""
    parts: dict[str, Part] = Field(default_factory=dict)
    """What is tapped and filled in, by name; braces in a name are filled in by whoever looks."""
    structure: str | None = None
    """A subscriber's page as an ARIA snapshot, partial."""
    states: tuple[State, ...] = Field(min_length=1)


class Pages(Frozen):
    """All pages."""

    pages: tuple[Page, ...] = Field(min_length=1)
