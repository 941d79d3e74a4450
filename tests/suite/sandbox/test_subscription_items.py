"""Items of a subscription, and what is billed beside them: kept, refused whole, billed once."""

from __future__ import annotations

from typing import Any

import pytest

from billproof.sandbox.objects.errors import StripeError
from tests.suite.sandbox.local import DAY, START, Local


@pytest.fixture
def local() -> Local:
    """An account on a clock of its own."""
    return Local()


def setup_fee(local: Local) -> str:
    """A price that is paid once."""
    fee = {"currency": "eur", "unit_amount": 700, "product_data": {"name": "Setup"}}
    return str(local.post("prices", **fee)["id"])


def test_an_item_keeps_its_notes_from_the_start(local: Local) -> None:
    """Each its own, told with the event too."""
    items: list[dict[str, Any]] = [{"price": "price_pro", "metadata": {"seat": "1"}}]

    made = local.post(
        "subscriptions", customer=local.customer(), items=[*items, {"price": "price_max"}]
    )

    assert [item["metadata"] for item in made["items"]["data"]] == [{"seat": "1"}, {}]
    told = local.get("events", type="customer.subscription.created")["data"][0]["data"]["object"]
    assert told["items"]["data"][0]["metadata"] == {"seat": "1"}


def test_an_update_of_several_items_is_refused_whole(local: Local) -> None:
    """One that cannot be changed keeps the others as they were."""
    made = local.subscribe(local.customer())
    good = {"id": made["items"]["data"][0]["id"], "price": "price_max"}
    told = local.told()

    with pytest.raises(StripeError) as caught:
        local.post(f"subscriptions/{made['id']}", items=[good, {"price": "price_yen"}])

    assert caught.value.param == "items[1][price]"
    kept = local.get(f"subscriptions/{made['id']}")["items"]["data"]
    assert [item["price"]["id"] for item in kept] == ["price_pro"]
    assert local.types(told) == []


def test_what_is_billed_once_comes_with_an_update(local: Local) -> None:
    """On the next invoice; a price that comes again is refused there."""
    customer = local.customer()
    made = local.subscribe(customer)
    fee = setup_fee(local)
    with pytest.raises(StripeError, match="only accepts prices with `type=one_time`"):
        local.post(f"subscriptions/{made['id']}", add_invoice_items=[{"price": "price_pro"}])

    local.post(f"subscriptions/{made['id']}", add_invoice_items=[{"price": fee}])

    local.wait(31 * DAY)
    assert local.get("invoices", customer=customer, limit=1)["data"][0]["total"] == 2600


@pytest.mark.parametrize("older", [True, False], ids=["price", "pricing"])
def test_an_invoice_item_names_its_price(local: Local, older: bool) -> None:  # noqa: FBT001 - a case
    """As versions before basil do, and as the current one does."""
    fee = setup_fee(local)
    said: dict[str, Any] = {"price": fee} if older else {"pricing": {"price": fee}}

    made = local.post("invoiceitems", customer=local.customer(), **said)

    assert (made["amount"], made["pricing"]["price_details"]["price"]) == (700, fee)


def test_a_subscriptions_currency_is_its_prices(local: Local) -> None:
    """Another one is refused, not ignored."""
    customer = local.customer()

    with pytest.raises(StripeError) as caught:
        local.subscribe(customer, currency="gbp")

    assert caught.value.param == "currency"
    assert local.subscribe(customer, currency="EUR")["currency"] == "eur"


def test_a_pause_ends_ahead(local: Local) -> None:
    """Not in the past."""
    made = local.subscribe(local.customer())
    pause = {"behavior": "void", "resumes_at": START - 1}

    with pytest.raises(StripeError) as caught:
        local.post(f"subscriptions/{made['id']}", pause_collection=pause, metadata={"a": "b"})

    assert caught.value.param == "pause_collection[resumes_at]"
    kept = local.get(f"subscriptions/{made['id']}")
    assert (kept["pause_collection"], kept["metadata"]) == (None, {})


def test_invoices_are_listed_by_their_due_date(local: Local) -> None:
    """Those that have none are not among them."""
    customer = local.customer()
    local.subscribe(customer)
    due = local.post(
        "invoices", customer=customer, collection_method="send_invoice", due_date=START + DAY
    )

    found = local.get("invoices", due_date={"gte": START})["data"]

    assert [each["id"] for each in found] == [due["id"]]
    assert local.get("invoices", due_date={"gt": START + DAY})["data"] == []


def test_a_default_card_is_unset_by_an_empty_text(local: Local) -> None:
    """The customer's is charged from then on."""
    customer = local.customer()
    card = local.post("payment_methods/pm_card_mastercard/attach", customer=customer)["id"]
    made = local.subscribe(customer, default_payment_method=card)
    assert made["default_payment_method"] == card

    changed = local.post(f"subscriptions/{made['id']}", default_payment_method="")

    assert changed["default_payment_method"] is None


def seats(local: Local, many: int) -> list[dict[str, Any]]:
    """Items of that many different prices."""
    product = local.post("products", name="Seat")["id"]
    data = {"currency": "eur", "product": product, "recurring": {"interval": "month"}}
    return [{"price_data": {**data, "unit_amount": 100 + number}} for number in range(many)]


def test_the_same_price_twice_is_refused(local: Local) -> None:
    """In a new subscription and in a running one, whose items may change places."""
    customer, twice = local.customer(), [{"price": "price_pro"}] * 2
    said = "Cannot add multiple subscription items with the same plan: price_pro"
    with pytest.raises(StripeError, match=said) as caught:
        local.post("subscriptions", customer=customer, items=twice)
    made = local.post("subscriptions", customer=customer, items=[twice[0], {"price": "price_max"}])
    path, [pro, max_] = f"subscriptions/{made['id']}", made["items"]["data"]
    for wrong in ({"price": "price_pro"}, {"id": max_["id"], "price": "price_pro"}):
        with pytest.raises(StripeError, match=said) as again:
            local.post(path, items=[wrong])
        assert (caught.value.param, again.value.param) == ("items", "items")

    crossed = [{"id": pro["id"], "price": "price_max"}, {"id": max_["id"], "price": "price_pro"}]
    changed = local.post(path, items=crossed)

    held = [item["price"]["id"] for item in changed["items"]["data"]]
    assert held == ["price_max", "price_pro"]


def test_a_subscription_has_at_most_twenty_items(local: Local) -> None:
    """Twenty are its most, from the start and by an update."""
    customer = local.customer()
    with pytest.raises(StripeError, match="at most 20 items") as caught:
        local.post("subscriptions", customer=customer, items=seats(local, 21))
    made = local.post("subscriptions", customer=customer, items=seats(local, 20))

    with pytest.raises(StripeError, match="at most 20 items") as again:
        local.post(f"subscriptions/{made['id']}", items=[{"price": "price_pro"}])

    assert (caught.value.param, again.value.param) == ("items", "items")
    kept = local.get("subscription_items", subscription=made["id"], limit=100)["data"]
    assert len(kept) == len(made["items"]["data"]) == 20
