"""The PDF of an invoice, read by a library that did not write it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from pypdf import PdfReader

from billproof.sandbox.objects.invoice import Invoice
from billproof.sandbox.pages.invoice_sheet import Sheet
from billproof.sandbox.pages.letters import showable
from billproof.sandbox.pages.pdf import document
from tests.suite.sandbox.local import Local

FAILS = "pm_card_chargeCustomerFail"


def _sheet(stripe: Local, invoice: object) -> Sheet:
    return Sheet.of(stripe.account.get(Invoice, str(invoice)))


def _read(content: bytes) -> list[str]:
    """The text of each page."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(content), strict=True).pages]


def _billed(stripe: Local, *items: tuple[int, str], currency: str = "eur", **who: Any) -> str:
    """The id of a final invoice over these amounts and descriptions."""
    customer = stripe.customer(**who)
    for amount, description in items:
        stripe.post(
            "invoiceitems",
            customer=customer,
            amount=amount,
            currency=currency,
            description=description,
        )
    invoice = stripe.post(
        "invoices",
        customer=customer,
        currency=currency,
        pending_invoice_items_behavior="include",
    )
    return str(stripe.post(f"invoices/{invoice['id']}/finalize")["id"])


def test_it_says_what_the_api_says(stripe: Local) -> None:
    """Number, dates, buyer, the line with its period, and the sums."""
    customer = stripe.customer(name="Ada Lovelace", email="ada@shop.test")
    invoice = stripe.subscribe(customer)["latest_invoice"]
    told = stripe.get(f"invoices/{invoice}")

    (page,) = _read(document(_sheet(stripe, invoice)))

    assert told["number"] in page
    assert "Ada Lovelace" in page
    assert "ada@shop.test" in page
    assert "€19.00 paid on 15 January 2027" in page
    assert "15 January 2027 \N{EN DASH} 15 February 2027" in page
    for label in ("Subtotal €19.00", "Tax €0.00", "Amount paid €19.00", "Amount due €0.00"):
        assert label in page


@pytest.mark.parametrize(
    ("act", "stamp", "headline"),
    [
        ("pay", "PAID", "€9.99 paid on"),
        ("void", "VOID", "€9.99 void since"),
        ("mark_uncollectible", "UNCOLLECTIBLE", "€9.99 given up on"),
    ],
)
def test_its_status_is_stamped_on_it(stripe: Local, act: str, stamp: str, headline: str) -> None:
    """An open one bears no stamp."""
    invoice = _billed(stripe, (999, "Work"))
    (before,) = _read(document(_sheet(stripe, invoice)))
    stripe.post(f"invoices/{invoice}/{act}")

    (after,) = _read(document(_sheet(stripe, invoice)))

    assert "€9.99 due 15 January 2027" in before
    assert stamp not in before
    assert stamp in after
    assert headline in after


@pytest.mark.parametrize(
    ("currency", "shown"), [("jpy", "¥1,234"), ("usd", "$12.34"), ("kwd", "KWD 1.234")]
)
def test_amounts_have_their_currencys_decimals(stripe: Local, currency: str, shown: str) -> None:
    """None, two or three."""
    invoice = _billed(stripe, (1234, "Work"), currency=currency)

    (page,) = _read(document(_sheet(stripe, invoice)))

    assert f"Amount due {shown}" in page


def test_a_credit_is_less_than_nothing(stripe: Local) -> None:
    """Its line is negative, and the sums count it."""
    invoice = _billed(stripe, (2500, "Work"), (-700, "Unused time"))

    (page,) = _read(document(_sheet(stripe, invoice)))

    assert "-€7.00" in page
    assert "Total €18.00" in page


def test_many_lines_go_on_over_pages(stripe: Local) -> None:
    """Every line is there once, each page repeats the table's head and has its number."""
    invoice = _billed(stripe, *((100 + number, f"Hour #{number:03d}") for number in range(120)))

    pages = _read(document(_sheet(stripe, invoice)))

    whole = "\n".join(pages)
    assert len(pages) > 2
    assert [whole.count(f"Hour #{number:03d}") for number in range(120)] == [1] * 120
    assert all("Unit price" in page for page in pages)
    assert f"Page 2 of {len(pages)}" in pages[1]
    assert "Amount due" in pages[-1]


def test_names_of_many_scripts_are_kept(stripe: Local) -> None:
    """Latin, Cyrillic and Greek as they are; of the rest a question mark for each sign."""
    invoice = _billed(stripe, (100, "Работа"), name="Łukasz 山田 👩\u200d👧 Ελένη")

    (page,) = _read(document(_sheet(stripe, invoice)))

    assert "Łukasz ?? ? Ελένη" in page
    assert "Работа" in page


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("e\u0301", "é"),
        ("a\u00a0b", "a b"),
        ("👍🏽", "?"),
        ("x\u0300y", "xy"),
        ("\u202eabc", "abc"),
    ],
)
def test_a_sign_is_shown_once_or_not_at_all(text: str, shown: str) -> None:
    """What only changes its neighbour leaves no mark of its own."""
    assert showable(text, frozenset(map(ord, "abcxyé "))) == shown


def test_the_same_invoice_is_the_same_file(stripe: Local) -> None:
    """To the byte, and dated as the invoice is."""
    sheet = _sheet(stripe, _billed(stripe, (100, "Work")))

    files = [document(sheet) for _ in range(2)]

    assert files[0] == files[1]
    made = PdfReader(io.BytesIO(files[0])).metadata
    assert made is not None
    assert made.creation_date is not None
    assert int(made.creation_date.timestamp()) == sheet.issued


def test_a_file_is_small(stripe: Local) -> None:
    """It carries no more of the font than it shows."""
    assert len(document(_sheet(stripe, _billed(stripe, (100, "Work"))))) < 40_000


def test_long_words_stay_on_the_paper(stripe: Local) -> None:
    """A name without a space is broken, not cut off."""
    name = "Ab" * 300
    invoice = _billed(stripe, (100, "W" * 200), name=name)

    (page,) = _read(document(_sheet(stripe, invoice)))

    assert page.replace("\n", "").count("Ab") == 300
