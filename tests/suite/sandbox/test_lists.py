"""Lists: pages both ways, filters, search, expansion."""

from __future__ import annotations

import httpx
import pytest
import stripe

from billproof.sandbox.client import Sandbox


@pytest.fixture
def customers(sandbox: Sandbox) -> list[str]:
    """Seven customers' ids, newest first."""
    made = [sandbox.create_customer(email=f"{number}@shop.test").id for number in range(7)]
    return made[::-1]


def test_auto_pagination_meets_every_object_once(
    sdk: stripe.StripeClient, customers: list[str]
) -> None:
    """The SDK walks the pages by cursor, newest first."""
    walked = [each.id for each in sdk.v1.customers.list({"limit": 3}).auto_paging_iter()]

    assert walked == customers


def test_pages_go_both_ways(http: httpx.Client, customers: list[str]) -> None:
    """`ending_before` gives the page right before the cursor."""
    page = http.get("/v1/customers", params={"limit": 2, "ending_before": customers[5]}).json()

    assert [each["id"] for each in page["data"]] == customers[3:5]
    assert page["has_more"] is True
    first = http.get("/v1/customers", params={"limit": 5, "ending_before": customers[5]}).json()
    assert [each["id"] for each in first["data"]] == customers[:5]
    assert first["has_more"] is False


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"starting_after": "cus_nobody"}, "starting_after"),
        ({"starting_after": "cus_a", "ending_before": "cus_b"}, "ending_before"),
    ],
)
def test_a_page_that_cannot_be_is_refused(
    http: httpx.Client, params: dict[str, str], param: str
) -> None:
    """Limits lie from 1 to 100, cursors exist, and there is one at most."""
    assert http.get("/v1/customers", params={"limit": "100"}).status_code == 200

    answer = http.get("/v1/customers", params=params)

    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)


def test_customers_are_found_by_email_and_by_metadata(
    sdk: stripe.StripeClient, customers: list[str], sandbox: Sandbox
) -> None:
    """The list filters exactly; the search reads fields and metadata, joined by AND."""
    noted = sandbox.create_customer(email="0@shop.test", metadata={"telegram_user_id": "5"})

    listed = sdk.v1.customers.list({"email": "0@shop.test"})
    query = "email:'0@shop.test' AND metadata['telegram_user_id']:'5'"
    found = sdk.v1.customers.search({"query": query})

    assert [each.id for each in listed.data] == [noted.id, customers[-1]]
    assert [each.id for each in found.data] == [noted.id]


def test_subscriptions_are_listed_by_status_and_price(
    sdk: stripe.StripeClient, sandbox: Sandbox
) -> None:
    """Canceled ones are left out unless they are asked for."""
    customer = sandbox.create_customer().id
    pro, team = (sandbox.subscribe(customer, price).id for price in ("price_pro", "price_team"))
    sandbox.cancel_subscription(pro)

    def ids(**params: str) -> list[str]:
        found = sdk.v1.subscriptions.list({"customer": customer, **params})  # type: ignore[arg-type]  # names come as keywords
        return [each.id for each in found.data]

    assert ids() == [team]
    assert ids(status="all") == [team, pro]
    assert ids(status="canceled") == [pro]
    assert ids(price="price_team") == [team]
    assert ids(price="price_pro") == []


def test_items_and_lines_are_listed_under_their_owners(
    sdk: stripe.StripeClient, sandbox: Sandbox
) -> None:
    """The items of one subscription, the lines of one invoice, and no others."""
    customer = sandbox.create_customer().id
    seat = {"currency": "eur", "unit_amount": 500, "recurring": {"interval": "month"}}
    price = sdk.v1.prices.create({**seat, "product_data": {"name": "Seat"}})  # type: ignore[typeddict-item]  # the literals are texts here
    lines = [{"price": "price_pro"}, {"price": price.id, "quantity": 3}]
    mine = sandbox.subscribe(customer, "price_pro", items=lines)
    sandbox.subscribe(customer, "price_pro")

    items = sdk.v1.subscription_items.list({"subscription": mine.id}).data
    found = sdk.v1.invoices.line_items.list(mine.latest_invoice or "").data

    assert {item.id for item in items} == {item.id for item in mine.items.data}
    assert [line.amount for line in found] == [1900, 1500]
    assert sdk.v1.subscription_items.retrieve(items[0].id).subscription == mine.id


def test_expansion_follows_ids_at_depth(sdk: stripe.StripeClient, sandbox: Sandbox) -> None:
    """Ids become objects, in lists too; an id that is not asked for stays one."""
    customer = sandbox.create_customer(email="deep@shop.test").id
    made = sandbox.subscribe(customer, "price_pro")

    found = sdk.v1.subscriptions.list({"expand": ["data.latest_invoice.customer"]}).data[0]
    alone = sdk.v1.subscriptions.retrieve(made.id, {"expand": ["items.data.price.product"]})

    invoice = found.latest_invoice
    assert isinstance(invoice, stripe.Invoice)
    assert isinstance(invoice.customer, stripe.Customer)
    assert invoice.customer.email == "deep@shop.test"
    assert found.customer == customer
    product = alone["items"].data[0].price.product
    assert isinstance(product, stripe.Product)
    assert product.name == "Pro"


def test_a_deleted_customer_has_nothing_to_expand(
    sdk: stripe.StripeClient, sandbox: Sandbox
) -> None:
    """Asked for with what only a living one has, alone or inside, it is said to be deleted."""
    customer = sandbox.create_customer().id
    made = sandbox.subscribe(customer, "price_pro").id
    sdk.v1.customers.delete(customer)

    gone = sdk.v1.customers.retrieve(customer, {"expand": ["subscriptions", "default_source"]})
    inside = sdk.v1.subscriptions.retrieve(made, {"expand": ["customer.default_source"]}).customer

    for found in (gone, inside):
        assert isinstance(found, stripe.Customer)
        assert (found.id, found.deleted) == (customer, True)
        assert "subscriptions" not in found


def test_a_list_counts_as_one_level_of_expansion(
    sdk: stripe.StripeClient, sandbox: Sandbox
) -> None:
    """As at Stripe: who may go four levels down from an object may go three from a list."""
    sandbox.subscribe(sandbox.create_customer().id, "price_pro")
    assert sdk.v1.subscriptions.list({"expand": ["data.items.data.price"]}).data

    with pytest.raises(stripe.InvalidRequestError) as deep:
        sdk.v1.subscriptions.list({"expand": ["data.items.data.price.product"]})
    with pytest.raises(stripe.InvalidRequestError) as beside:
        sdk.v1.subscriptions.list({"expand": ["customer"]})

    assert deep.value.code == "property_expansion_max_depth"
    assert "data.items.data.price.product" in str(deep.value)
    assert "expanding 'data.customer' instead" in str(beside.value)


def test_events_are_listed_by_their_delivery(sdk: stripe.StripeClient, sandbox: Sandbox) -> None:
    """What an endpoint still has to take is no success; one list of types is enough."""
    sandbox.create_customer()
    sandbox.set_webhook("http://127.0.0.1:9/hook", "whsec_x", mode="manual")
    late = sandbox.create_customer().id

    found = {
        taken: [each.data.object["id"] for each in sdk.v1.events.list({"delivery_success": taken})]
        for taken in (True, False)
    }

    assert (len(found[True]), found[False]) == (1, [late])
    with pytest.raises(stripe.InvalidRequestError):
        sdk.v1.events.list({"type": "customer.created", "types": ["customer.updated"]})
