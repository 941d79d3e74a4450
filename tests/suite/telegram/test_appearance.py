"""The reference's page in Telegram's colours, clear of what lies over it, and its dates."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from fixtures.palettes import DARK, LIGHT, OWN
from tests.suite.telegram.newcomers import come, page, started

__all__ = ["page", "started"]
SIDES = ("top", "right", "bottom", "left")
INSET = "(name) => document.documentElement.style.setProperty(name, '40px')"
PAINTED = """(one) => {
  // As sRGB, whatever space the style sheet mixes it in.
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  pen.fillStyle = getComputedStyle(one).backgroundColor;
  pen.fillRect(0, 0, 1, 1);
  return "#" + [...pen.getImageData(0, 0, 1, 1).data.slice(0, 3)]
    .map((part) => part.toString(16).padStart(2, "0")).join("");
}"""

A_YEAR = """async () => {
  const { day, instant } = await import("/app/assets/dates.js");
  const months = [...Array(12).keys()].map((at) => String(at + 1).padStart(2, "0"));
  const texts = months.map((month) => `2026-${month}-03T00:05:00Z`);
  return [texts.map(day), texts.map(instant)];
}"""


def painted(page: Page) -> str:
    """The colour of the button that leads to checkout."""
    colour: str = page.get_by_role("button", name="Upgrade to Pro").evaluate(PAINTED)
    return colour


def test_a_button_is_telegrams_where_it_is_read(page: Page) -> None:
    """A colour that is dark enough for the text on it is taken as it is, another one is not."""
    for palette in (LIGHT, DARK):
        come(page, palette)
        assert painted(page) == palette["button_color"]

    pale = OWN["Android, by day"]
    come(page, pale)
    assert painted(page) != pale["button_color"]


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("area", ["safe-area", "content-safe-area"])
def test_nothing_lies_where_telegram_lays_something_over(page: Page, area: str, side: str) -> None:
    """On each side, a phone's notch and Telegram's own buttons."""
    come(page, LIGHT)
    main = page.locator("main")
    before = {one: main.evaluate(f"(it) => getComputedStyle(it)['padding-{one}']") for one in SIDES}

    page.evaluate(INSET, f"--tg-{area}-inset-{side}")

    for one in SIDES:
        if one == side:
            padding = main.evaluate(f"(it) => parseFloat(getComputedStyle(it)['padding-{one}'])")
            assert padding >= 40
        else:
            expect(main).to_have_css(f"padding-{one}", before[one])


def test_each_month_is_spelt_by_its_first_three_letters(page: Page) -> None:
    """As pages.yaml has it, of a day and of an instant; the browser's own September has four."""
    come(page, LIGHT)

    days, instants = page.evaluate(A_YEAR)

    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    assert days == [f"3 {month} 2026" for month in months]
    assert instants == [f"3 {month} 2026, 00:05 UTC" for month in months]
