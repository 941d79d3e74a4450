"""Who pins an older API version sees its shapes, in answers and in events."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
import stripe

from billproof.sandbox.client import Sandbox
from billproof.sandbox.objects.events import Event
from tests.suite.sandbox.conftest import OpenSession, Receiver
from tests.suite.sandbox.local import DAY, START, Local

OLD, BASIL, NEW = "2024-06-20", "2025-03-31.basil", "2026-10-28.endive"


@pytest.fixture
def pinned(server: str, key: str) -> stripe.StripeClient:
    """The official SDK, told to speak the old version."""
    return stripe.StripeClient(key, base_addresses={"api": server}, stripe_version=OLD)


def test_an_old_client_finds_the_period_on_the_subscription(
    sdk: stripe.StripeClient, pinned: stripe.StripeClient, sandbox: Sandbox
) -> None:
    """The same instants in each version, also in lists and expansions; items always have them."""
    made = sandbox.subscribe(sandbox.create_customer().id, "price_pro")
    new = sdk.v1.subscriptions.retrieve(made.id).to_dict()
    old = pinned.v1.subscriptions.retrieve(made.id).to_dict()
    listed = pinned.v1.subscriptions.list().to_dict()["data"][0]
    expand = {"expand": ["subscriptions"]}
    nested = pinned.v1.customers.retrieve(made.customer, expand).to_dict()  # type: ignore[arg-type]

    item = new["items"]["data"][0]
    period = {name: item[name] for name in ("current_period_start", "current_period_end")}
    assert not period.keys() & new.keys()
    assert period.items() <= old.items()
    assert period.items() <= old["items"]["data"][0].items()
    assert listed == nested["subscriptions"]["data"][0] == old


def test_an_old_client_finds_the_subscription_on_the_invoice(
    sdk: stripe.StripeClient, pinned: stripe.StripeClient, sandbox: Sandbox
) -> None:
    """`parent` is new, `subscription` and `paid` are old."""
    made = sandbox.subscribe(sandbox.create_customer().id, "price_pro")
    new = sdk.v1.invoices.list().data[0].to_dict()
    old = pinned.v1.invoices.list().data[0].to_dict()

    assert new["parent"]["subscription_details"]["subscription"] == made.id
    assert (old["subscription"], old["paid"], old["paid_out_of_band"]) == (made.id, True, False)
    assert "parent" not in old
    assert not {"subscription", "paid"} & new.keys()
    assert old["lines"]["data"][0]["subscription"] == made.id
    assert "parent" not in old["lines"]["data"][0]


@pytest.mark.parametrize("version", [OLD, BASIL, NEW])
def test_an_endpoint_gets_events_in_its_own_version(
    version: Any, sdk: stripe.StripeClient, sandbox: Sandbox, receiver: Receiver
) -> None:
    """It says so, it is so, and the signature is over those bytes."""
    endpoint = sdk.v1.webhook_endpoints.create(
        {
            "url": receiver.url,
            "enabled_events": ["customer.subscription.updated"],
            "api_version": version,
        }
    )
    made = sandbox.subscribe(sandbox.create_customer().id, "price_pro")

    got = receiver.next()

    assert stripe.Webhook.construct_event(got.body, got.signature, endpoint.secret or "")
    told = json.loads(got.body)
    assert told["api_version"] == version
    seen = told["data"]["object"]
    assert ("current_period_end" in seen) == (version == OLD)
    item = seen["items"]["data"][0]
    assert item["current_period_end"] == made.current_period_end
    assert seen.get("current_period_end", made.current_period_end) == made.current_period_end


# What a receiver reads that was written for the old version


def _told(stripe: Local, kind: str, version: str = OLD) -> list[Any]:
    """The `data` of the events of a type, in a version."""
    events = [each for each in stripe.account.all(Event) if each.type == kind]
    return [json.loads(each.text_for(version))["data"] for each in events]


@pytest.fixture
def local() -> Local:
    """An account without a server."""
    return Local()


def test_an_old_invoice_names_its_payment(local: Local) -> None:
    """The intent once there is one, and the latest charge, failed or not, as it was then."""
    clock = local.clock()
    customer = local.customer(test_clock=clock)
    subscription = local.subscribe(customer)
    bad = local.post("payment_methods/pm_card_chargeCustomerFail/attach", customer=customer)
    local.post(f"subscriptions/{subscription['id']}", default_payment_method=bad["id"])
    local.advance(clock, START + 32 * DAY)
    open_invoice = local.get("invoices", customer=customer)["data"][0]
    local.post(f"invoices/{open_invoice['id']}/pay", payment_method="pm_card_visa")

    created = _told(local, "invoice.created")[-1]["object"]
    failed = _told(local, "invoice.payment_failed")[-1]["object"]
    paid = _told(local, "invoice.paid")[-1]["object"]

    charges = [each["id"] for each in local.get("charges", customer=customer)["data"]]
    intent = local.get("payment_intents", customer=customer)["data"][0]["id"]
    assert (created["charge"], created["payment_intent"]) == (None, None)
    assert (failed["charge"], failed["payment_intent"]) == (charges[1], intent)
    assert (paid["charge"], paid["payment_intent"]) == (charges[0], intent)
    assert [each["paid"] for each in (created, failed, paid)] == [False, False, True]
    assert {each["subscription"] for each in (created, failed, paid)} == {subscription["id"]}


def test_an_old_line_has_its_price_in_full(local: Local) -> None:
    """Its price and its plan; what was prorated says so, and which item it waited as."""
    clock = local.clock()
    customer = local.customer(test_clock=clock)
    subscription = local.subscribe(customer)
    item = subscription["items"]["data"][0]["id"]
    local.advance(clock, START + 10 * DAY)
    local.post(
        f"subscriptions/{subscription['id']}",
        items=[{"id": item, "price": "price_max"}],
        proration_behavior="always_invoice",
    )

    first, change = (each["object"]["lines"]["data"] for each in _told(local, "invoice.paid"))
    waited = _told(local, "invoiceitem.created")[-1]["object"]

    assert (first[0]["type"], first[0]["subscription_item"]) == ("subscription", item)
    assert first[0]["price"] == local.get("prices/price_pro")
    assert first[0]["plan"] == subscription["items"]["data"][0]["plan"]
    assert [each["price"]["id"] for each in change] == ["price_pro", "price_max"]
    assert {(each["type"], each["proration"]) for each in change} == {("invoiceitem", True)}
    assert change[-1]["invoice_item"] == waited["id"]
    assert (waited["price"]["id"], waited["subscription"]) == ("price_max", subscription["id"])
    assert not {"parent", "pricing"} & {*first[0], *change[0], *waited}


def test_an_old_event_says_what_changed_in_the_old_shape(local: Local) -> None:
    """A renewal moved the period on the subscription; a change of plan is one of its plan."""
    clock = local.clock()
    subscription = local.subscribe(local.customer(test_clock=clock))
    item = subscription["items"]["data"][0]
    local.advance(clock, START + 31 * DAY)
    local.post(
        f"subscriptions/{subscription['id']}", items=[{"id": item["id"], "price": "price_max"}]
    )

    renewed, changed = _told(local, "customer.subscription.updated")[-2:]

    before = renewed["previous_attributes"]
    assert before["current_period_end"] == item["current_period_end"]
    assert before["current_period_start"] == item["current_period_start"]
    assert before["latest_invoice"] == subscription["latest_invoice"]
    assert changed["previous_attributes"]["plan"]["id"] == "price_pro"
    assert changed["object"]["plan"]["id"] == "price_max"
    new = _told(local, "customer.subscription.updated", NEW)[-2]
    assert not {"current_period_end", "plan"} & {*new["object"], *new["previous_attributes"]}


def test_an_old_charge_names_its_invoice(local: Local) -> None:
    """In events of charges and intents, as refunds are matched by it; newer versions do not."""
    customer = local.customer()
    invoice = local.subscribe(customer)["latest_invoice"]
    intent = local.get("payment_intents", customer=customer)["data"][0]["id"]
    local.post("refunds", payment_intent=intent)

    for kind in ("charge.succeeded", "charge.refunded", "payment_intent.succeeded"):
        assert _told(local, kind)[0]["object"]["invoice"] == invoice, kind
        assert "invoice" not in _told(local, kind, NEW)[0]["object"]


def test_an_old_client_reads_payments_in_answers(
    pinned: stripe.StripeClient, sandbox: Sandbox
) -> None:
    """The same members as in events, also of what is expanded or listed."""
    made = sandbox.subscribe(sandbox.create_customer().id, "price_pro")
    listed = pinned.v1.invoices.list().to_dict()["data"][0]
    charge = pinned.v1.charges.list().to_dict()["data"][0]
    lines = pinned.v1.invoices.line_items.list(listed["id"]).to_dict()["data"]
    expand = {"expand": ["latest_invoice"]}
    nested = pinned.v1.subscriptions.retrieve(made.id, expand).to_dict()  # type: ignore[arg-type]

    assert (charge["invoice"], listed["charge"]) == (listed["id"], charge["id"])
    assert listed["payment_intent"] == charge["payment_intent"]
    assert lines[0]["price"]["id"] == "price_pro"
    assert nested["latest_invoice"] == listed


@pytest.mark.parametrize(
    ("version", "mode"), [(OLD, "hosted"), (BASIL, "hosted"), (NEW, "hosted_page")]
)
def test_a_session_says_where_it_is_shown_in_the_words_of_the_version(
    version: str, mode: str, server: str, key: str, open_session: OpenSession
) -> None:
    """Dahlia (2026-03-25) has renamed them."""
    session = open_session()
    client = stripe.StripeClient(key, base_addresses={"api": server}, stripe_version=version)

    assert client.v1.checkout.sessions.retrieve(session.id).ui_mode == mode


def test_an_event_stays_as_it_was_written(
    sdk: stripe.StripeClient, pinned: stripe.StripeClient, sandbox: Sandbox
) -> None:
    """Whoever reads it later, in whatever version: its data are in the one that it names."""
    sandbox.subscribe(sandbox.create_customer().id, "price_pro")
    told = sandbox.events()[-1].id

    read = pinned.v1.events.retrieve(told).to_dict()

    assert read == sdk.v1.events.retrieve(told).to_dict()
    assert read["api_version"] == NEW


def test_an_old_client_expands_what_its_version_had(
    sdk: stripe.StripeClient, pinned: stripe.StripeClient, sandbox: Sandbox
) -> None:
    """The payment of the latest invoice, and from there back; a current client is refused that."""
    made = sandbox.subscribe(sandbox.create_customer().id, "price_pro")
    path: Any = {"expand": ["latest_invoice.payment_intent"]}
    back: Any = {"expand": ["data.invoice.subscription"]}

    invoice = pinned.v1.subscriptions.retrieve(made.id, path).to_dict()["latest_invoice"]
    charge = pinned.v1.charges.list(back).to_dict()["data"][0]

    assert invoice["payment_intent"]["client_secret"].startswith("pi_")
    assert invoice["payment_intent"]["invoice"] == charge["invoice"]["id"] == invoice["id"]
    assert charge["invoice"]["subscription"]["current_period_end"] == made.current_period_end
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        sdk.v1.subscriptions.retrieve(made.id, path)


def test_what_is_deleted_is_shown_as_in_any_version(
    pinned: stripe.StripeClient, sandbox: Sandbox
) -> None:
    """There is nothing of it left that could have another shape."""
    customer = sandbox.create_customer().id
    item = {"customer": customer, "amount": 700, "currency": "eur"}
    waiting = pinned.v1.invoice_items.create(item).id  # type: ignore[arg-type]

    assert pinned.v1.invoice_items.delete(waiting).to_dict() == {
        "id": waiting,
        "object": "invoiceitem",
        "deleted": True,
    }


@pytest.mark.parametrize(
    ("version", "status"),
    [
        (NEW, 200),
        (OLD, 200),
        ("2015-10-16", 200),
        ("2027-03-31.gaia", 200),
        ("2025-08-27.preview", 200),
        (f"{OLD}; feature_beta=v3", 200),
        ("garbage", 400),
        ("1999-99-99", 400),
        ("2024-06-21", 400),
        ("2027", 400),
    ],
)
def test_only_released_versions_are_spoken(http: httpx.Client, version: str, status: int) -> None:
    """And newer ones than ours, which the SDK of a client may know already."""
    answer = http.get("/v1/customers", headers={"Stripe-Version": version})

    assert answer.status_code == status
    if status != 200:
        assert f"Invalid Stripe API version: '{version}'" in answer.json()["error"]["message"]
