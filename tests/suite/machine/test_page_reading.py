"""What trials see of a page of web components: all that whoever looks at it sees, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from fixtures.reading import looked_at, text_of, texts_of
from tests.suite.sandbox.browsing import browser

if TYPE_CHECKING:
    from playwright.sync_api import Page

PLAIN = "<main><h1>Pro</h1><p>19.<b>00</b> <span hidden>EUR</span></p><ul><li>one</li></ul></main>"
COMPONENTS = """
<shop-card><b slot="price">19.00</b><template shadowrootmode="open">
  <style>p { color: red }</style>
  <h1>Pro</h1><p>It costs <slot name="price"></slot><span hidden>EUR</span></p>
  <shop-row><template shadowrootmode="open"><button style="background: teal">Remove</button>
    </template></shop-row>
  <div role="listitem"><slot name="nothing">one</slot></div><input value="typed">
</template></shop-card>"""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """A page for all tests here, each with content of its own."""
    with browser() as found:
        yield found.new_page()


def test_a_page_of_elements_is_read_as_ever(page: Page) -> None:
    """As its innerText has it."""
    page.set_content(PLAIN)

    assert text_of(page) == page.locator("body").inner_text()
    assert texts_of(page.get_by_role("listitem")) == ["one"]


def test_shadow_roots_and_slots_are_read(page: Page) -> None:
    """In the order in which they are shown, and nothing that is hidden or a style."""
    page.set_content(COMPONENTS)

    assert text_of(page).split() == ["Pro", "It", "costs", "19.00", "Remove", "one"]
    assert text_of(page.locator("p")) == "It costs 19.00"
    assert texts_of(page.get_by_role("listitem")) == ["one"]


def test_elements_in_shadow_roots_are_found(page: Page) -> None:
    """By a selector, by the focus, at a point, from the inside out, and as markup."""
    page.set_content(COMPONENTS)
    page.get_by_role("button").focus()

    assert looked_at(page, '() => all("button, input").length') == 2
    assert looked_at(page, '() => all("input")[0].value') == "typed"
    assert looked_at(page, "() => focused().textContent") == "Remove"
    assert looked_at(page.get_by_role("button"), "(one) => around(one).localName") == "shop-row"
    box = page.get_by_role("button").bounding_box()
    assert box
    middle = f"{box['x'] + box['width'] / 2}, {box['y'] + box['height'] / 2}"
    assert looked_at(page, f"() => at({middle})[0].localName") == "button"
    assert "Remove" in looked_at(page, "() => markup()")
    assert looked_at(page, '() => all("shop-row").map((one) => all("button", one).length)') == [1]


def test_without_a_focus_it_is_the_body(page: Page) -> None:
    """Of both kinds of page."""
    for content in (PLAIN, COMPONENTS):
        page.set_content(content)
        assert looked_at(page, "() => focused().localName") == "body"
