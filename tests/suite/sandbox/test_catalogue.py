"""Products and prices: what is kept of them, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from billproof.sandbox.objects.errors import StripeError
from billproof.sandbox.pages.money import money
from tests.suite.sandbox.local import Local


def _price(**extra: Any) -> dict[str, Any]:
    usual = {"currency": "kwd", "unit_amount": 12340, "product": "prod_pro"}
    return {**usual, "recurring": {"interval": "month"}, **extra}


def test_a_product_keeps_what_it_was_given(stripe: Local) -> None:
    """And its first price, when it is given too."""
    made = stripe.post(
        "products",
        name="Seats",
        url="https://shop.test/seats",
        images=["https://shop.test/seat.png"],
        unit_label="seat",
        default_price_data={
            "currency": "eur",
            "unit_amount": 300,
            "recurring": {"interval": "week"},
        },
    )

    assert (made["url"], made["unit_label"]) == ("https://shop.test/seats", "seat")
    assert made["images"] == ["https://shop.test/seat.png"]
    price = stripe.get(f"prices/{made['default_price']}")
    assert (price["product"], price["unit_amount"]) == (made["id"], 300)


def test_only_a_product_without_prices_is_deleted(stripe: Local) -> None:
    """What is sold stays."""
    bare = stripe.post("products", name="Nothing")["id"]
    with pytest.raises(StripeError, match="prices"):
        stripe.call("DELETE", "products/prod_pro")

    stripe.call("DELETE", f"products/{bare}")

    with pytest.raises(StripeError, match="No such product"):
        stripe.get(f"products/{bare}")


@pytest.mark.parametrize(
    "wrong",
    [
        {"recurring": {"interval": "month", "interval_count": 37}},
        {"recurring": {"interval": "year", "interval_count": 4}},
        {"recurring": {"interval": "day", "interval_count": 0}},
        {"unit_amount": 100_000_000},
        {"unit_amount": -1},
        {"currency": "gold"},
        {"currency": "xxx"},
        {"unit_amount": 12345},
        {"unit_amount_decimal": "12340"},
    ],
)
def test_what_is_no_price_is_refused(stripe: Local, wrong: dict[str, Any]) -> None:
    """Periods over three years, amounts over eight digits; beside it, a good one."""
    with pytest.raises(StripeError):
        stripe.post("prices", **_price(**wrong))

    assert stripe.post("prices", **_price())["currency"] == "kwd"


def test_what_is_no_price_leaves_no_product(stripe: Local) -> None:
    """Neither with `product_data` nor with a product's `default_price_data`."""
    known, wrong = len(stripe.get("products")["data"]), {"currency": "eur", "unit_amount": -1}

    with pytest.raises(StripeError):
        stripe.post("prices", **wrong, product_data={"name": "Half"})
    with pytest.raises(StripeError):
        stripe.post("products", name="Half", default_price_data=wrong)

    assert len(stripe.get("products")["data"]) == known


def test_a_products_id_is_its_own(stripe: Local) -> None:
    """Another one may be chosen."""
    with pytest.raises(StripeError) as caught:
        stripe.post("products", name="Pro again", id="prod_pro")

    assert caught.value.row.code == "resource_already_exists"
    assert stripe.post("products", name="Pro again", id="prod_again")["id"] == "prod_again"


def test_the_default_price_is_one_of_the_product(stripe: Local) -> None:
    """And stays active for as long as it is that."""
    other = stripe.post("prices", **_price())["id"]
    gone = stripe.post("prices", **_price())["id"]
    stripe.post(f"prices/{gone}", active=False)
    for wrong in ("price_max", "price_nobody", gone):
        with pytest.raises(StripeError) as caught:
            stripe.post("products/prod_pro", default_price=wrong)
        assert caught.value.param == "default_price"
    with pytest.raises(StripeError, match="cannot be archived"):
        stripe.post("prices/price_pro", active=False)

    assert stripe.post("products/prod_pro", default_price=other)["default_price"] == other
    assert stripe.post("prices/price_pro", active=False)["active"] is False


def test_a_lookup_key_is_handed_on_by_an_update_too(stripe: Local) -> None:
    """Not without saying so; a price keeps its own."""
    first = stripe.post("prices", **_price(lookup_key="standard"))["id"]
    second = stripe.post("prices", **_price())["id"]
    stripe.post(f"prices/{first}", lookup_key="standard")
    with pytest.raises(StripeError, match="already uses"):
        stripe.post(f"prices/{second}", lookup_key="standard")

    stripe.post(f"prices/{second}", lookup_key="standard", transfer_lookup_key=True)

    assert stripe.get(f"prices/{first}")["lookup_key"] is None


def test_prorations_of_three_decimals_end_in_zero(stripe: Local) -> None:
    """As all amounts of such a currency."""
    cheap = stripe.post("prices", **_price())["id"]
    dear = stripe.post("prices", **_price(unit_amount=24_680))["id"]
    customer = stripe.customer()
    made = stripe.subscribe(customer, price=cheap)
    stripe.wait(123_456)
    item = {"id": made["items"]["data"][0]["id"], "price": dear}

    stripe.post(f"subscriptions/{made['id']}", items=[item])

    amounts = [each["amount"] for each in stripe.get("invoiceitems", customer=customer)["data"]]
    assert [amount % 10 for amount in amounts] == [0, 0]
    assert amounts[0] == pytest.approx(-2 * amounts[1], abs=10)


def test_a_lookup_key_is_one_prices(stripe: Local) -> None:
    """It can be handed on, and is then the other's no more."""
    first = stripe.post("prices", **_price(lookup_key="standard"))["id"]
    with pytest.raises(StripeError, match="already uses"):
        stripe.post("prices", **_price(lookup_key="standard"))

    second = stripe.post("prices", **_price(lookup_key="standard", transfer_lookup_key=True))

    assert stripe.get(f"prices/{first}")["lookup_key"] is None
    found = stripe.get("prices", lookup_keys=["standard"])["data"]
    assert [each["id"] for each in found] == [second["id"]]


@pytest.mark.parametrize(("currency", "text"), [("jpy", "¥4,500"), ("kwd", "KWD 12.340")])
def test_an_invoice_has_its_currencys_decimals(stripe: Local, currency: str, text: str) -> None:
    """None for yen, three for dinars."""
    price = "price_yen" if currency == "jpy" else stripe.post("prices", **_price())["id"]
    customer = stripe.customer()

    stripe.subscribe(customer, price=price)

    invoice = stripe.get("invoices", customer=customer)["data"][0]
    assert money(invoice["amount_paid"], invoice["currency"]) == text
