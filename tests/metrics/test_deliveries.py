"""How deliveries of Stripe's events are counted: each by its type and by what became of it."""

from __future__ import annotations

import json
import secrets
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from billproof.law import load_law
from billproof.signature import StripeSignature
from billproof.trials import check_that, clause, together
from fixtures.deliveries import check_steps
from fixtures.metrics import DELIVERIES, quiet_scrape

if TYPE_CHECKING:
    from collections.abc import Callable

    from billproof.trials import Answer
    from fixtures.api import Api
    from fixtures.deliveries import Steps
    from fixtures.metrics import Scrape
    from fixtures.stripe import Stripe
    from fixtures.users import User

ROUNDS, OTHERS = 13, 10
"""More in all than a list of the latest is usually let keep; one by one they could take minutes."""


@clause("MET-009")
def test_each_event_counts_once_under_its_type(api: Api, stripe: Stripe, user: User) -> None:
    """Those of a sign-up, of a change, of an end, and of whoever signs up again."""
    before = quiet_scrape(api)
    subscription = stripe.subscribe(user, "pro")
    stripe.change(subscription, status="past_due")
    stripe.sandbox.cancel_subscription(subscription.id)
    stripe.deliver(user)
    api.subscription_becomes(user, status="canceled")
    stripe.subscribe(user, "basic")

    kinds = Counter(event.type for event in stripe.events(user) if event.type in handled(before))
    check_steps(api, before, {(kind, "taken"): count for kind, count in kinds.items()})


def handled(seen: Scrape) -> set[str]:
    """The types that have a series of their own."""
    return {kind for kind, _ in seen.values[DELIVERIES]} - {"other", "unknown"}


@clause("MET-009")
def test_every_type_counts_under_its_own_name(api: Api) -> None:
    """One event of each, about a customer whom nobody knows."""
    before = quiet_scrape(api)
    nobody = {"id": f"x_{secrets.token_hex(7)}", "customer": f"cus_{secrets.token_hex(7)}"}
    types = load_law().tables.events.types
    for one in types:
        about = {"object": {"object": one.object, **nobody}}
        named = {"id": f"evt_{secrets.token_hex(12)}", "object": "event", "type": one.type}
        api.webhook(json.dumps({**named, "data": about})).expect_success()

    check_steps(api, before, {(one.type, "taken"): 1 for one in types})


@clause("MET-009")
def test_events_are_told_apart_by_their_whole_ids(api: Api) -> None:
    """Stripe's are alike for many letters, and in one case or the other they are others."""
    stem = f"evt_{secrets.token_hex(11)}"
    before = quiet_scrape(api)

    for end in ("ab", "aB", "aa"):
        body = {"id": stem + end, "object": "event", "type": "price.created"}
        api.webhook(json.dumps(body)).expect_success()

    check_steps(api, before, {("other", "taken"): 3})


UNHANDLED = (
    *("price.created", "unknown", "other", "invoice.payment_succeeded", "invoice.created"),
    *("customer.updated", "customer.subscription.pending_update_applied"),
)


@clause("MET-009")
def test_types_that_are_not_handled_count_as_other(api: Api) -> None:
    """Also those that are called as a label value is, or nearly as a type that has its own."""
    before = quiet_scrape(api)
    for kind in UNHANDLED:
        body = {"id": f"evt_{secrets.token_hex(12)}", "object": "event", "type": kind}
        api.webhook(json.dumps(body)).expect_success()

    check_steps(api, before, {("other", "taken"): len(UNHANDLED)})


@clause("MET-010")
def test_a_repeat_counts_as_a_duplicate(api: Api, stripe: Stripe, user: User) -> None:
    """One for each further delivery, and nothing else moves; the id tells, not every byte."""
    stripe.subscribe(user, "pro")
    event = stripe.events(user, "customer.subscription.created")[0]
    before = quiet_scrape(api)

    for waiting in range(3):
        again = json.loads(event.body) | {"pending_webhooks": waiting}
        api.webhook(json.dumps(again, indent=waiting)).expect_success()
    api.webhook(event.body).expect_success()

    check_steps(api, before, {(event.type, "duplicate"): 4})


@clause("MET-010")
def test_a_repeat_of_what_was_passed_over_counts_as_one_too(api: Api, stripe: Stripe) -> None:
    """Events of a type nobody handles, of a customer nobody knows, of the other mode, of nobody."""
    customer = {"object": "customer", "id": f"cus_{secrets.token_hex(7)}"}
    kinds: dict[str, dict[str, object]] = {
        "price.created": {},
        "customer.deleted": {"data": {"object": customer}},
        "invoice.paid": {"data": {"object": customer}, "livemode": not stripe.livemode},
        "invoice.voided": {"data": {"object": {"object": "invoice"}}},
    }
    bodies = [
        json.dumps({"id": f"evt_{secrets.token_hex(12)}", "object": "event", "type": kind, **more})
        for kind, more in kinds.items()
    ]
    before = quiet_scrape(api)

    for body in bodies * 2:
        api.webhook(body).expect_success()

    expected: Steps = {}
    for kind in ("other", *list(kinds)[1:]):
        expected |= {(kind, "taken"): 1, (kind, "duplicate"): 1}
    check_steps(api, before, expected)


@clause("MET-010")
def test_repeats_at_the_same_moment_are_repeats(api: Api, stripe: Stripe, user: User) -> None:
    """Six at once are one event and five repeats of it."""
    subscription = stripe.subscribe(user, "pro")
    stripe.change(subscription, status="past_due")
    event = stripe.undelivered(user)[-1]
    stripe.mark_delivered(event)
    before = quiet_scrape(api)

    for answer in together([lambda: api.webhook(event.body)] * 6):
        answer.expect_success()

    check_steps(api, before, {(event.type, "taken"): 1, (event.type, "duplicate"): 5})


@clause("MET-010")
def test_a_repeat_counts_as_one_after_many_others(api: Api, stripe: Stripe, user: User) -> None:
    """Stripe may repeat an event for days, whatever has come in between."""
    subscription = stripe.subscribe(user, "pro")
    event = stripe.events(user, "customer.subscription.created")[0]
    for status in ("past_due", "active") * 5:
        stripe.change(subscription, status=status)
    stripe.deliver(user)
    for _ in range(ROUNDS):
        for answer in together([partial(send_another, api)] * OTHERS):
            answer.expect_success()
    before = quiet_scrape(api)

    api.webhook(event.body).expect_success()

    check_steps(api, before, {(event.type, "duplicate"): 1})


def send_another(api: Api) -> Answer:
    """Deliver an event that has to do with nobody."""
    body = {"id": f"evt_{secrets.token_hex(12)}", "object": "event", "type": "price.created"}
    return api.webhook(json.dumps(body))


NO_EVENTS = (
    *("", " \n", "{", "[]", "null", '"evt_1"', '{"id": "evt_of_no_type"}'),
    '{"type": "invoice.paid"}',
)
"""Bodies that are well signed and yet no events; one of them has come to nothing."""


@clause("MET-011")
def test_what_is_refused_counts_as_rejected(api: Api, stripe: Stripe, user: User) -> None:
    """Under `unknown`, for nothing is believed that it says of itself; GET is no delivery."""
    stripe.subscribe(user, "pro")
    event = stripe.events(user, "customer.subscription.created")[0]
    before = quiet_scrape(api)
    refused: list[Callable[[], object]] = [
        lambda: api.webhook(event.body, "t=1,v1=00").expect(400),
        lambda: api.webhook(event.body, "").expect(400),
        lambda: api.webhook(event.body, StripeSignature(age_seconds=400)).expect(400),
    ]
    refused += [partial(refuse, api, body) for body in NO_EVENTS]
    for deliver in refused:
        deliver()
    status = api.call("GET", "/api/v1/billing/webhooks/stripe", invalid=True).status
    check_that(
        "status of GET on the webhook",
        status in {401, 404, 405},
        expected="401, 404 or 405",
        got=status,
    )

    after = check_steps(api, before, {("unknown", "rejected"): len(refused)})
    api.webhook(event.body).expect_success()
    check_steps(api, after, {(event.type, "duplicate"): 1})


def refuse(api: Api, body: str) -> None:
    """Deliver what is well signed and no event."""
    api.webhook(body, invalid=True).expect(400)
