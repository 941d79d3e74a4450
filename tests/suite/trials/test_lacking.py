"""A page that lacks something is told in words that need no knowledge of Playwright."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from billproof.errors import Violation
from fixtures.lacking import ANSWER, in_words, lack
from fixtures.pages import tap
from tests.suite.sandbox.browsing import started

__all__ = ["started"]
URL = "http://127.0.0.1:9/app/billing"
MARKUP = """<button disabled>Manage</button><ul aria-label=Devices><li>Hall</li><li>Attic</li></ul>
<div style="position: fixed; inset: 0 0 auto; height: 90vh"></div><button>Below</button>
<button style="position: fixed; top: 200vh">Away</button>"""
READS = "a page that reads: Manage | Hall | Attic | Below | Away"
SOON = 1_000


@pytest.fixture
def page(started: Browser) -> Iterator[Page]:
    """A page that is soon out of patience."""
    context = started.new_context()
    page = context.new_page()
    page.route(URL, lambda route: route.fulfill(content_type="text/html", body=MARKUP))
    page.goto(URL)
    page.set_default_timeout(SOON)
    yield page
    context.close()


LACKS: dict[str, tuple[Callable[[Page], object], str, str, str]] = {
    "none of that name": (
        lambda page: expect(
            page.get_by_role("list", name="Devices")
            .get_by_role("listitem")
            .filter(has_text="Radio")
        ).to_be_visible(timeout=SOON),
        "listitem with 'Radio' in list 'Devices' on /app/billing",
        "to be seen",
        f"none; {READS}",
    ),
    "another count": (
        lambda page: expect(page.get_by_role("listitem")).to_have_count(1, timeout=SOON),
        "listitem on /app/billing",
        "1 of them",
        f"2; {READS}",
    ),
    "two where there is to be one": (
        lambda page: expect(page.get_by_role("listitem")).to_be_visible(timeout=SOON),
        "listitem on /app/billing",
        "to be seen",
        f"2 of them, and it is to be one; {READS}",
    ),
    "other words": (
        lambda page: expect(page.get_by_role("listitem").nth(1)).to_contain_text(
            "Hall", timeout=SOON
        ),
        "listitem, number 2 on /app/billing",
        "to say 'Hall'",
        f"Attic; {READS}",
    ),
    "another pattern": (
        lambda page: expect(page.get_by_role("listitem").last).not_to_contain_text(
            re.compile("At.ic"), timeout=SOON
        ),
        "last listitem on /app/billing",
        "not to say 'At.ic'",
        f"Attic; {READS}",
    ),
    "asleep": (
        lambda page: page.get_by_role("button", name="Manage").click(),
        "button 'Manage' on /app/billing",
        "to be there, and ready",
        f"it is not enabled; {READS}",
    ),
    "where nobody can scroll to": (
        lambda page: page.get_by_role("button", name="Away").click(),
        "button 'Away' on /app/billing",
        "to be there, and ready",
        f"it is outside the window, where no scrolling brings it in; {READS}",
    ),
    "not there to be filled in": (
        lambda page: page.get_by_label("Card number", exact=True).fill("4242"),
        "label 'Card number' on /app/billing",
        "to be there, and ready",
        f"none; {READS}",
    ),
}


@pytest.mark.parametrize("name", LACKS)
def test_what_is_lacking_is_told_in_words(page: Page, name: str) -> None:
    """What it is, what it was to be, and what there is in its place."""
    act, what, expected, got = LACKS[name]

    with pytest.raises((Error, AssertionError)) as raised:
        act(page)

    found = lack(raised.value, page)  # type: ignore[arg-type] # one of the two
    assert (found.what, found.expected, found.got) == (what, expected, got)
    assert not re.search(r"Locator|get_by|Timeout|Call log", str(found))


def test_an_answer_that_never_comes_is_told(page: Page) -> None:
    """A form that its browser does not send, for one."""
    with pytest.raises(Error) as raised, page.expect_response("**/devices"):
        page.title()

    found = lack(raised.value, page)
    assert found.what == f"{ANSWER} on /app/billing"
    assert found.got == READS


@pytest.mark.parametrize(
    ("name", "expected", "got"),
    [
        ("Manage", "button 'Manage', ready", "it is not enabled"),
        ("Upgrade", "button 'Upgrade', ready", "none"),
    ],
)
def test_what_cannot_be_tapped_is_named(
    page: Page, monkeypatch: pytest.MonkeyPatch, name: str, expected: str, got: str
) -> None:
    """Whether it is not there, or is not ready."""
    monkeypatch.setattr("fixtures.pages.SOON_SECONDS", SOON / 1000)

    with pytest.raises(Violation) as raised:
        tap(page, page.get_by_role("button", name=name))

    assert raised.value.expected == expected
    assert raised.value.got == f"{got}; {READS}"


@pytest.mark.parametrize(
    ("locator", "words"),
    [
        ('get_by_role("button", name="Upgrade to \\"Pro\\"")', "button 'Upgrade to \"Pro\"'"),
        ('get_by_text("hi").visible.or_(get_by_role("alert")).first', "text 'hi' or alert"),
        (
            'get_by_role("button", name=re.compile(r"^(Subscribe|Start trial)$"))',
            "button '^(Subscribe|Start trial)$'",
        ),
        (
            'get_by_role("dialog").or_(get_by_role("alertdialog")).get_by_role("button")',
            "button in dialog or alertdialog",
        ),
        ('locator("main").get_by_role("link").last', "last link in main"),
        ("something else", "something else"),
    ],
)
def test_a_locator_in_words(locator: str, words: str) -> None:
    """What cannot be said otherwise is left as it is."""
    assert in_words(locator) == words
