"""The reference's pages look as they did when somebody last looked at them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.suite.pictures.comparison import difference
from tests.suite.pictures.taking import ALL, COMMITTED, STYLE, browser, take

BROKEN = {
    "a card without round corners": (
        "newcomer-light",
        "border-radius: 16px; background",
        "background",
    ),
    "no line between rows": ("newcomer-light", "border-top: 1px solid var(--line);", ""),
    "an edge that is narrower": ("newcomer-dark", "--edge: 16px", "--edge: 14px"),
    "a badge of another tone": ("payment-due-dark", '.badge[data-tone="bad"]', ".badge[no]"),
    "a button that is not filled": ("newcomer-light", "background: var(--fill); color", "color"),
    "hints as dark as text": (
        "subscriber-light",
        "--hint: light-dark(",
        "--hint: var(--text); --no: light-dark(",
    ),
    "larger names": (
        "subscriber-dark",
        ".name { font-weight: 500; }",
        ".name { font-size: 1.125rem; }",
    ),
    "a sheet that does not lie at the bottom": (
        "form-light",
        "margin: auto auto 0",
        "margin: auto",
    ),
    "a sign without its ring": (
        "confirming-dark",
        ".ring { opacity: .18; }",
        ".ring { opacity: 0; }",
    ),
    "no sign of success": (
        "confirmed-light",
        '[data-state="done"] .tick { display: inline;',
        ".no {",
    ),
}
"""A picture, and a rule of the style sheet that is broken in it."""


@pytest.fixture(scope="module")
def started() -> Iterator[Browser]:
    """One browser for all pictures."""
    with browser() as found:
        yield found


def compare(name: str, got: Path) -> None:
    """Fail, saying where the difference lies and how to accept it, when there is one."""
    expected = COMMITTED / f"{name}.png"
    found = difference(expected, got)
    if found is None:
        return
    sheet = got.with_name(f"{name}-difference.png")
    found.save(expected, got, sheet)
    pytest.fail(
        f"{name}: {found.pixels} pixels differ, from {found.first} on.\n"
        f"Expected, got and the difference in red: {sheet}\n"
        f"To accept what is there now: python -m tests.suite.pictures {name}",
        pytrace=False,
    )


@pytest.mark.parametrize("name", ALL)
def test_a_page_looks_as_before(name: str, started: Browser, tmp_path: Path) -> None:
    """In each theme of Telegram, on a phone; but for the letters, which each machine draws."""
    got = tmp_path / f"{name}.png"

    take(started, name, got)

    compare(name, got)


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_rule_is_seen(what: str, started: Browser, tmp_path: Path) -> None:
    """Else the pictures would hold whatever the pages look like."""
    name, rule, instead = BROKEN[what]
    sheet = STYLE.read_text(encoding="utf-8")
    assert sheet.count(rule) == 1, f"the style sheet has {rule!r} not once: break another"
    got = tmp_path / f"{name}.png"

    take(started, name, got, sheet.replace(rule, instead))

    with pytest.raises(pytest.fail.Exception, match="pixels differ") as told:
        compare(name, got)
    where = got.with_name(f"{name}-difference.png")
    assert where.is_file()
    assert str(where) in str(told.value)


def test_no_picture_is_left_over() -> None:
    """One that no page has any more would be looked at by nobody."""
    assert {path.stem for path in COMMITTED.glob("*.png")} == set(ALL)
