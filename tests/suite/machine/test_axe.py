"""What lies over a page is looked at as well as the page, and both are left as they were."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from fixtures.axe import CONTRAST, ask_axe
from tests.suite.sandbox.browsing import browser

if TYPE_CHECKING:
    from playwright.sync_api import Page

PALE, DARK = "#bbb", "#222"
ROWS = "".join(f"<li>Invoice {number} <button>Pay</button></li>" for number in range(30))
SHEET = f"""<!doctype html><html lang="en"><title>Pro</title>
<meta http-equiv="Content-Security-Policy" content="style-src 'nonce-x'">
<style nonce="x">
  body {{ margin: 0; background: #eee; color: #222 }} li {{ padding: 20px; background: #fff }}
  dialog {{ box-sizing: border-box; inset: auto 0 0; width: 100%; max-width: none; margin: 0; }}
  dialog {{ border: 0; background: #fff; color: #222 }} dialog p {{ color: COLOUR }}
</style>
<body><main><ul>{ROWS}</ul></main><footer hidden>nobody</footer>
<dialog aria-label="Secret"><p>{"Copy it now. " * 5}</p><code>a1b2c3d4</code></dialog></body>"""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """A page for all tests here, each with content of its own."""
    with browser() as found:
        yield found.new_page(viewport={"width": 390, "height": 844})


@pytest.mark.parametrize(("colour", "count"), [(PALE, 1), (DARK, 0)])
def test_a_sheet_over_a_page_that_was_scrolled_is_read(page: Page, colour: str, count: int) -> None:
    """Axe alone takes it for a part of the page, which it covers, and says nothing of it."""
    page.set_content(SHEET.replace("COLOUR", colour))
    page.evaluate("document.querySelector('dialog').showModal(), scrollTo(0, 43)")

    faults, passes = ask_axe(page, CONTRAST)

    assert (len(faults), passes) == (count, 1)
    assert all("Copy it now." in fault for fault in faults)


def test_a_look_leaves_the_page_as_it_was(page: Page) -> None:
    """What was shown is shown again, what was hidden is not, and nobody's policy is broken."""
    page.set_content(SHEET.replace("COLOUR", DARK))
    page.evaluate(
        """() => {
          document.querySelector("dialog").show();
          addEventListener("securitypolicyviolation", () => (window.broken = true));
          document.querySelector("footer").hidden = false;
          document.querySelector("footer").style.visibility = "hidden";
        }"""
    )

    ask_axe(page, CONTRAST)

    assert page.get_by_role("button").first.is_visible()
    assert page.get_by_role("dialog").is_visible()
    assert page.locator("footer").is_hidden()
    assert page.evaluate("window.broken ?? false") is False
