"""The pages in a browser: for everybody, with a keyboard alone, on a phone, in the dark."""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from billproof.sandbox.client import Sandbox
from tests.suite.sandbox.browsing import DESKTOP, NARROW, PHONE, Visitor, faults
from tests.suite.sandbox.conftest import OpenSession
from tests.suite.sandbox.shop import CHALLENGED, PAGES, Shop

SCREENS = ((DESKTOP, "light"), (PHONE, "dark"))
TOO_WIDE = """
[document.documentElement, ...document.querySelectorAll("body *")]
  .filter(each => each === document.documentElement || getComputedStyle(each).overflowX === "auto")
  .filter(each => each.scrollWidth > each.clientWidth)
  .map(each => each.outerHTML.slice(0, 99))
"""
"""What scrolls sideways: the page, or a part of it."""

each_page = pytest.mark.parametrize("place", PAGES, ids=lambda place: place.__name__)
Place = Callable[[Shop], str]


@pytest.fixture
def shop(
    server: str, key: str, sandbox: Sandbox, visitor: httpx.Client, open_session: OpenSession
) -> Shop:
    """The test's own account."""
    return Shop(server, key, sandbox, visitor, open_session)


def come(guest: Visitor, shop: Shop, place: Place) -> Page:
    """The page, with everything unfolded that can be."""
    guest.page.goto(shop.url + place(shop))
    for summary in guest.page.locator("summary").all()[:3]:
        summary.click()
    return guest.page


@each_page
def test_axe_finds_nothing(guest: Visitor, shop: Shop, place: Place) -> None:
    """On a desktop in light, and on a phone in the dark."""
    page = come(guest, shop, place)

    found = []
    for size, theme in SCREENS:
        guest.resize(size)
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        found += [(size, theme, fault) for fault in faults(page)]

    assert found == []


@each_page
def test_nothing_scrolls_sideways(guest: Visitor, shop: Shop, place: Place) -> None:
    """At 320 pixels, and with letters of twice the size."""
    page = come(guest, shop, place)

    guest.resize(NARROW)
    narrow = page.evaluate(TOO_WIDE)
    guest.resize((640, 800))
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    large = page.evaluate(TOO_WIDE)

    assert (narrow, large) == ([], [])
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "32px"


@each_page
def test_no_script_stands_in_a_page(guest: Visitor, shop: Shop, place: Place) -> None:
    """Neither inline nor from elsewhere, and what is asked for stays here."""
    page = come(guest, shop, place)

    assert page.locator("script:not([src^='/_sandbox/static/'])").count() == 0
    assert page.locator("[onclick], [onload], [onsubmit]").count() == 0
    assert page.title()
    expect(page.get_by_role("main").get_by_role("heading", level=1)).to_have_count(1)


@pytest.mark.parametrize(
    ("place", "button"),
    [(Shop.checkout, "Subscribe"), (Shop.trial, "Start trial"), (Shop.invoice, "Pay €18.99")],
    ids=["subscribe", "trial", "invoice"],
)
def test_a_wrong_card_is_told_to_everybody(
    guest: Visitor, shop: Shop, place: Place, button: str
) -> None:
    """The message is an alert and describes its field, which has the focus; axe agrees."""
    page = guest.page
    page.goto(shop.url + place(shop))
    if page.get_by_label("Email", exact=True).count():
        page.get_by_label("Email", exact=True).fill("ada@shop.test")
    page.get_by_label("Card number", exact=True).fill("4000 0000 0000 0002")
    page.get_by_label("Expiration", exact=True).fill("12 / 34")
    page.get_by_label("CVC", exact=True).fill("123")
    page.get_by_label("Cardholder name", exact=True).fill("Ada Lovelace")

    page.get_by_role("button", name=button).click()

    number = page.get_by_role("textbox", name="Card number", exact=True)
    expect(page.get_by_role("alert")).to_have_text(re.compile("declined"))
    expect(number).to_have_accessible_description(re.compile("declined"))
    expect(number).to_be_focused()
    assert page.title().startswith("Error: ")
    assert faults(page) == []


def test_a_keyboard_is_enough_to_pay(guest: Visitor, shop: Shop) -> None:
    """From the top of the page with Tab, letters and Enter, by way of the bank."""
    page = guest.page
    page.goto(shop.url + shop.checkout())
    texts = {
        "email": "ada@shop.test",
        "number": CHALLENGED,
        "expiration": "12 / 34",
        "cvc": "123",
        "name": "Ada Lovelace",
    }

    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.append(str(page.evaluate("document.activeElement.name ?? ''")))
        page.keyboard.type(texts.get(reached[-1], ""))
        if reached[-1] == "name":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/3ds/**")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**?paid")

    assert [name for name in reached if name] == list(texts)
    assert [each.status for each in shop.sandbox.subscriptions()] == ["active"]


def tab_to(page: Page, wanted: Locator) -> None:
    """Reach an element with Tab alone."""
    for _ in range(30):
        page.keyboard.press("Tab")
        if wanted.evaluate("each => each === document.activeElement"):
            return
    pytest.fail(f"Tab never reached {wanted}")


def test_a_keyboard_is_enough_to_change_plans(started: Browser, shop: Shop) -> None:
    """With Tab, arrows and Enter, without any script; the page and the API agree."""
    guest = Visitor.into(started, scripts=False)
    page, ada = guest.page, shop.subscriber()
    page.goto(shop.url + ada.at(""))

    tab_to(page, page.get_by_role("link", name="Update plan", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_role("radio", name=re.compile("Current plan"))).to_be_disabled()
    tab_to(page, page.get_by_role("radio", name="Max €49.00 per month", exact=True))
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Remaining time on Max")).to_be_visible()
    tab_to(page, page.get_by_role("button", name="Confirm", exact=True))
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_have_text("Your plan has been updated.")
    expect(page.get_by_role("region", name="Max")).to_contain_text("€49.00 per month")
    assert ada.shown().items.data[0].price.id == ada.prices[0]
    guest.context.close()


def test_a_card_is_added_by_way_of_the_bank(guest: Visitor, shop: Shop) -> None:
    """On a phone: refused by the bank's customer first, then agreed."""
    page, ada = guest.page, shop.subscriber()
    guest.resize(PHONE)
    page.goto(shop.url + ada.at(""))
    page.get_by_role("link", name="Add payment method").click()

    for outcome in ("Fail", "Complete"):
        page.get_by_label("Card number", exact=True).fill(CHALLENGED)
        page.get_by_label("Expiration", exact=True).fill("12 / 34")
        page.get_by_label("CVC", exact=True).fill("123")
        page.get_by_label("Cardholder name", exact=True).fill("Ada Lovelace")
        page.get_by_role("button", name="Add").click()
        page.get_by_role("button", name=outcome).click()
        if outcome == "Fail":
            expect(page.get_by_role("alert")).to_have_text(re.compile("unable to authenticate"))
            assert faults(page) == []

    expect(page.get_by_role("status")).to_have_text("Your payment method has been updated.")
    expect(page.get_by_text("Visa •••• 3184 Default")).to_be_visible()


def test_going_back_after_canceling_does_no_harm(guest: Visitor, shop: Shop) -> None:
    """The question is not asked again, and there is a way on."""
    page, ada = guest.page, shop.subscriber()
    page.goto(shop.url + ada.at("/cancel"))
    page.get_by_role("radio", name="I don't use the service enough").check()
    page.get_by_role("button", name="Cancel subscription").click()
    expect(page.get_by_role("button", name="Don't cancel subscription")).to_be_visible()
    told = ada.told()

    page.go_back()
    expect(page.get_by_role("heading", name="Nothing to cancel")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Back").click()

    expect(page.get_by_role("button", name="Don't cancel subscription")).to_be_visible()
    assert ada.told() == told
    assert ada.shown().model_dump()["cancellation_details"]["feedback"] == "unused"


def test_an_invoice_is_printed_without_its_form(guest: Visitor, shop: Shop) -> None:
    """Dark on white from the dark too, and still marked as no real money."""
    page = come(guest, shop, Shop.invoice)
    expect(page.get_by_role("button", name="Pay €18.99")).to_be_visible()

    page.emulate_media(media="print", color_scheme="dark")

    expect(page.get_by_role("button")).to_have_count(0)
    expect(page.get_by_role("link", name="Download invoice")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text("no real money")).to_be_visible()
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(255, 255, 255)"
