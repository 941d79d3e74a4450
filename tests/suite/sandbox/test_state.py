"""`--state`: what was answered is there after a restart, and after a kill."""

from __future__ import annotations

import signal
from pathlib import Path

import httpx
import pytest
import stripe

from billproof.sandbox.billing.subscription import Item
from billproof.sandbox.client import Sandbox
from billproof.sandbox.objects.catalogue import Plan
from billproof.sandbox.objects.events import Event
from billproof.sandbox.objects.price import Price
from billproof.sandbox.state.codec import KINDS, codec
from billproof.sandbox.state.keeper import Keeper
from billproof.sandbox.tenants.tenants import Tenants
from billproof.sandbox.webhooks.delivery import Courier
from tests.suite.sandbox.conftest import STATE_KEY, SUCCESS, Receiver, running, wait_until
from tests.suite.sandbox.local import DAY, START, Local


def live(local: Local) -> None:
    """Something of every kind."""
    clock = local.clock()
    customer = local.customer(test_clock=clock, metadata={"a": "b"})
    subscription = local.subscribe(customer)
    local.post(f"subscriptions/{subscription['id']}", items=[{"price": "price_max"}])
    local.advance(clock, START + 40 * DAY)
    disputed = local.customer(card="pm_card_createDispute")
    local.subscribe(disputed, trial_period_days=2)
    local.post("invoices/" + local.subscribe(disputed)["latest_invoice"], metadata={"note": "ünï"})
    charge = local.get("charges", limit=1)["data"][0]["id"]
    local.post("refunds", charge=charge, amount=5)
    local.post("setup_intents", customer=customer)
    local.post("billing_portal/sessions", customer=customer)
    local.post(
        "checkout/sessions",
        mode="subscription",
        success_url=SUCCESS,
        line_items=[{"price": "price_pro", "quantity": 2}],
    )
    local.post("webhook_endpoints", url="http://127.0.0.1:9", enabled_events=["invoice.paid"])


def test_every_kind_of_object_is_read_as_it_was_written() -> None:
    """Field by field; what they share is the same object."""
    local = Local()
    live(local)

    for name, kind in KINDS.items():
        held = local.account.all(kind)
        assert held, f"the story has no {name}"
        for each in held:
            again = codec().read(local.account, name, codec().written(each))
            assert (again, again.body()) == (each, each.body())
            if isinstance(each, Event) and isinstance(again, Event):
                assert again.text_for("2024-06-20") == each.text_for("2024-06-20")


def test_what_is_read_refers_to_its_own_account() -> None:
    """All accounts have one reader, and the same prices by id."""
    one, other = Local(), Local()
    [item] = other.subscribe(other.customer())["items"]["data"]
    text = codec().written(other.account.get(Item, item["id"]))
    codec().read(one.account, "price", codec().written(one.account.get(Price, "price_pro")))

    found = codec().read(other.account, "subscription_item", text)

    assert isinstance(found, Item)
    assert found.price is other.account.get(Price, "price_pro")
    assert found.price is not one.account.get(Price, "price_pro")


def test_an_account_comes_back_whole(state_file: Path) -> None:
    """Whatever a call shows of it is the same, and time goes on in it."""
    plans = (Plan(price="price_pro", name="Pro", amount=1900, currency="eur", interval="month"),)
    local = Local()

    def tenants() -> Tenants:
        return Tenants(
            origin="http://own",
            plans=plans,
            clock=lambda: local.at,
            courier=Courier(),
            keeper=Keeper(state_file),
        )

    first = tenants()
    local.tenant = first.of(STATE_KEY)
    local.account = local.tenant.account
    customer = local.customer()
    subscription = local.subscribe(customer)
    local.account.timeline.run_ahead(customer, 3 * DAY)
    local.tenant.save()
    shown = [local.get(path) for path in ("customers", "invoices", "events", "prices")]
    assert first.keeper is not None
    first.keeper.close()

    second = tenants()
    second.restore()

    local.tenant = second.of(STATE_KEY)
    local.account = local.tenant.account
    assert [local.get(path) for path in ("customers", "invoices", "events", "prices")] == shown
    end = subscription["items"]["data"][0]["current_period_end"]
    local.at = end - 3 * DAY
    local.tenant.tick()
    assert len(local.get("invoices")["data"]) == 2


def test_a_killed_sandbox_has_lost_nothing_that_it_answered(state_file: Path) -> None:
    """Nor what was bound to an idempotency key."""
    process = running("--state", str(state_file))
    with process as url:
        sdk = stripe.StripeClient(STATE_KEY, base_addresses={"api": url}, max_network_retries=0)
        made = [
            sdk.v1.customers.create({"name": f"N{number}"}, {"idempotency_key": f"k{number}"}).id
            for number in range(20)
        ]
        process.process.send_signal(signal.SIGKILL)
        process.process.wait(timeout=10)
        process.process.returncode = 0  # as wished

    with running("--state", str(state_file)) as url:
        sdk = stripe.StripeClient(STATE_KEY, base_addresses={"api": url}, max_network_retries=0)
        kept = [each.id for each in sdk.v1.customers.list({"limit": 100}).data]
        again = sdk.v1.customers.create({"name": "N7"}, {"idempotency_key": "k7"})

    assert kept == made[::-1]
    assert again.id == made[7]


@pytest.mark.parametrize("place", ["checkout", "portal", "invoice"])
def test_what_a_page_has_answered_is_kept(state_file: Path, place: str) -> None:
    """Killed right after the answer to a form: what it did is there, and its events."""
    card = {"number": "4242424242424242", "expiration": "12 / 34", "cvc": "123", "name": "Ada"}
    process = running("--state", str(state_file))
    with (
        process as url,
        Sandbox(url, STATE_KEY) as sandbox,
        httpx.Client(trust_env=False) as browser,
    ):
        ways = {"checkout": _checkout, "portal": _portal, "invoice": _invoice}
        path, event = ways[place](sandbox)
        answer = browser.post(url + path, data={"email": "ada@shop.test", **card})
        process.process.send_signal(signal.SIGKILL)
        process.process.wait(timeout=10)
        process.process.returncode = 0  # as wished

    assert answer.status_code == 303
    with running("--state", str(state_file)) as url, Sandbox(url, STATE_KEY) as sandbox:
        told = [each.type for each in sandbox.events()]
    assert told[-1] == event


def _checkout(sandbox: Sandbox) -> tuple[str, str]:
    lines = [{"price": _price(sandbox), "quantity": 1}]
    made = sandbox.create_session(mode="subscription", success_url=SUCCESS, line_items=lines)
    return f"/c/pay/{made.id}", "checkout.session.completed"


def _portal(sandbox: Sandbox) -> tuple[str, str]:
    customer = {"customer": sandbox.create_customer().id}
    made = sandbox.stripe("POST", "/v1/billing_portal/sessions", customer)["id"]
    return f"/p/session/{made}/payment-method", "customer.updated"


def _invoice(sandbox: Sandbox) -> tuple[str, str]:
    customer = sandbox.create_customer().id
    item = {"customer": customer, "amount": 700, "currency": "eur"}
    sandbox.stripe("POST", "/v1/invoiceitems", item)
    wanted = {"customer": customer, "pending_invoice_items_behavior": "include"}
    draft = sandbox.stripe("POST", "/v1/invoices", wanted)["id"]
    sandbox.stripe("POST", f"/v1/invoices/{draft}/finalize")
    return f"/invoice/{draft}", "invoice.payment_succeeded"


def _price(sandbox: Sandbox) -> str:
    product = {"product_data": {"name": "Pro"}, "recurring": {"interval": "month"}}
    return sandbox.create_price(currency="eur", unit_amount=700, **product).id


def test_a_fault_strikes_on_after_a_kill(state_file: Path) -> None:
    """As often as it still may, the oldest first; one that was ended is not there again."""
    process = running("--state", str(state_file))
    with process as url, Sandbox(url, STATE_KEY) as sandbox:
        ended = sandbox.fault(status=501).id
        first = sandbox.fault("create", status=502, times=2, after=1).id
        second = sandbox.fault("writes", status=503).id
        sandbox.clear_fault(ended)
        assert [_made(url) for _ in range(2)] == [503, 502]
        process.process.send_signal(signal.SIGKILL)
        process.process.wait(timeout=10)
        process.process.returncode = 0  # as wished

    with running("--state", str(state_file)) as url, Sandbox(url, STATE_KEY) as sandbox:
        struck = [_made(url) for _ in range(2)]

        assert struck == [502, 503]
        assert [(each.id, each.hits) for each in sandbox.faults()] == [(first, 2), (second, 2)]


def _made(url: str) -> int:
    head = {"Authorization": f"Bearer {STATE_KEY}"}
    return httpx.post(f"{url}/v1/customers", headers=head, trust_env=False).status_code


def test_what_was_to_be_delivered_goes_on_its_way(state_file: Path, receiver: Receiver) -> None:
    """After a restart, to an endpoint that had been down."""
    receiver.statuses = [500]
    options = (
        "--state",
        str(state_file),
        "--webhook-url",
        receiver.url,
        "--webhook-secret",
        "whsec_a",
    )
    with running(*options) as url, Sandbox(url, STATE_KEY) as sandbox:
        customer = sandbox.create_customer().id
        receiver.next()
        event = sandbox.events(customer=customer)[0]
        wait_until(lambda: len(sandbox.attempts()) == 1)

    receiver.statuses = [200]
    with running(*options) as url, Sandbox(url, STATE_KEY) as sandbox:
        got = receiver.next()
        wait_until(lambda: sandbox.attempts(event=event.id)[-1].taken)

    assert got.body.decode() == event.body
    assert stripe.Webhook.construct_event(got.body, got.signature, "whsec_a").id == event.id


def test_what_was_given_up_stays_given_up(
    state_file: Path, receiver: Receiver, second_receiver: Receiver
) -> None:
    """After a restart too, though another endpoint had taken it at once."""
    second_receiver.statuses = [500]
    with running("--state", str(state_file)) as url, Sandbox(url, STATE_KEY) as sandbox:
        for each in (receiver, second_receiver):
            wanted = {"url": each.url, "enabled_events": ["customer.created"]}
            sandbox.stripe("POST", "/v1/webhook_endpoints", wanted)
        sandbox.send("PUT", "/_sandbox/webhooks", json={"back_off": [0.01] * 3})
        sandbox.create_customer()
        wait_until(lambda: len(sandbox.attempts()) == 5)
        wait_until(lambda: sandbox.webhooks().under_way == 0)

    with running("--state", str(state_file)) as url, Sandbox(url, STATE_KEY) as sandbox:
        assert sandbox.webhooks().under_way == 0
        assert len(sandbox.attempts()) == 5
        assert len(sandbox.held()) == 1
