"""Every operation of tables/failures.yaml under every failure of Stripe."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from billproof.errors import CannotTest
from billproof.law import load_law
from billproof.trials import Answer, Bearer, becomes, check, check_that, clause, together
from fixtures.api import DEVICES, INVOICES, expect_members
from fixtures.devices import check_devices, expect_full, expect_known, fill, fingerprints
from fixtures.outages import AFTER_A_FAULT_SECONDS
from fixtures.provoked import NOTHING_ASKS
from fixtures.stripe import UNDER_WAY, check_one_open_session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from billproof.law.tables import Failure
    from billproof.sandbox.client import Event
    from fixtures.api import Api
    from fixtures.operations import Call
    from fixtures.stripe import Stripe
    from fixtures.users import User

TABLE = load_law().tables.failures
FAULTS = {failure.name: failure for failure in TABLE.failures if failure.fault}
ASKING = ("createPortal", "listInvoices", "receiveStripeWebhook", "createCheckout")
"""What may need Stripe, in the order in which a customer who is gone can be seen to be gone."""
OVER = ("canceled", "incomplete_expired")
"""Statuses that leave every operation open to their owner."""


@dataclass
class Former:
    """A user whose subscription is over: whatever he asks for needs Stripe and may be had."""

    api: Api
    stripe: Stripe
    user: User
    changes: int = 0
    event: Event | None = None
    """The last one that told of a change."""

    @classmethod
    def make(cls, api: Api, stripe: Stripe, user: User) -> Former:
        """Signed up, and cancelled since."""
        former = cls(api, stripe, user)
        stripe.subscribe(user, "pro")
        former.change()
        stripe.deliver(user)
        api.subscription_becomes(user, status=former.status)
        return former

    @property
    def status(self) -> str:
        """What Stripe says now."""
        return OVER[(self.changes - 1) % 2]

    def change(self) -> Event:
        """Something happens at Stripe, of which this event tells."""
        self.changes += 1
        [subscription, *_] = self.stripe.sandbox.subscriptions(user=self.user.id)
        self.stripe.change(subscription, status=self.status)
        self.event = self.stripe.undelivered(self.user)[-1]
        return self.event

    def ask(self, operation: str) -> Answer:
        """Call an operation of those that may need Stripe."""
        calls: dict[str, Callable[[], Answer]] = {
            "createPortal": lambda: self.api.portal(self.user),
            "listInvoices": lambda: self.api.call("GET", INVOICES, self.user),
            "receiveStripeWebhook": lambda: self.stripe.deliver_event(self.change()),
            "createCheckout": lambda: self.api.checkout(self.user, "pro"),
        }
        return calls[operation]()


def declared(api: Api) -> list[str]:
    """Those operations of ASKING that belong to what the backend declares; there is one at least.

    CannotTest where none is: nobody asks Stripe.
    """
    parts = [one for one in load_law().capabilities if api.declares(one.name)]
    mine = {each.id for one in parts for each in one.operations}
    found = [operation for operation in ASKING if operation in mine]
    if not found:
        raise CannotTest(*NOTHING_ASKS)
    return found


def expect_row(answer: Answer, operation: str, failure: str, *, how: str = "") -> None:
    """The answer is one that the table allows, in time; `how` it was asked for, when unusually."""
    row = TABLE.row(operation, failure)
    answer.show()
    what = f"{operation}{how} while Stripe {failure}"
    allowed = " or ".join(row.answers)
    check_that(what, row.allows(answer.status), expected=allowed, got=str(answer.status))
    in_time = answer.seconds <= TABLE.within_seconds
    check_that(f"time of {what}", in_time, expected="10 s at most", got=f"{answer.seconds:.1f} s")
    if row.problem is not None and answer.status >= 400:
        answer.expect_problem(answer.status, row.problem)
        if row.retry_after:
            told = answer.header("retry-after").strip()
            check_that("Retry-After", told != "", expected="seconds or a date", got=repr(told))


def expect_well(former: Former, operation: str, during: Answer) -> None:
    """What the table says of the time afterwards."""
    if operation == "receiveStripeWebhook":
        expect_converged(former, during)
        return
    answer = former.ask(operation).expect(200 if operation == "listInvoices" else 201)
    if operation == "createCheckout":
        opened = check_one_open_session(former.stripe, former.user)
        check("id of the open session", opened.id, answer["session_id"])
        former.stripe.sandbox.expire_session(opened.id)


def expect_converged(former: Former, during: Answer) -> None:
    """The last event has its effect: after a redelivery, or by itself when it was acknowledged."""
    api, user, within = former.api, former.user, AFTER_A_FAULT_SECONDS
    if during.status >= 500:
        assert former.event is not None
        former.stripe.deliver_event(former.event).expect_success()
        within = api.settle_seconds

    def agrees(answer: Answer) -> bool:
        return answer.document.get("status") == former.status

    answer = becomes(lambda: api.subscription(user), agrees, within=within)
    expect_members(answer.expect(200), status=former.status, access=False)


def fault_of(failure: Failure) -> dict[str, Any]:
    """The words that make a failure at the sandbox."""
    assert failure.fault is not None
    words = failure.fault.model_dump(exclude_none=True)
    return {"on": words.pop("calls"), **words}


@clause("ANS-040")
@pytest.mark.parametrize("effect", ["status", "reset", "lost"])
def test_a_failure_of_stripe_is_told_and_gets_over(
    api: Api, stripe: Stripe, make_user: Callable[[], User], effect: str
) -> None:
    """Each operation that may need Stripe, during each failure and after it.

    Somebody else for each failure: whoever acknowledges amid it has 30 s, and no trial has as many
    of them as there are failures.
    """
    faults = {name: fault_of(failure) for name, failure in FAULTS.items()}
    asked: list[tuple[str, Former, dict[str, Answer]]] = []
    for name, fault in faults.items():
        if fault["effect"] == effect:
            former = Former.make(api, stripe, make_user())
            with stripe.failing(user=former.user, **fault):
                asked.append((name, former, {each: former.ask(each) for each in declared(api)}))

    for name, former, answers in asked:
        for operation, answer in answers.items():
            expect_row(answer, operation, name)
            expect_well(former, operation, answer)


TURNED_AWAY = UNDER_WAY - {503}
"""Statuses of who does not wait for another call of the same user."""


@clause("ANS-040")
def test_a_stripe_that_hangs_holds_up_nobody_for_longer(
    api: Api, stripe: Stripe, make_user: Callable[[], User]
) -> None:
    """Somebody else for each operation, all at once; whoever buys is impatient, and asks twice.

    The second call waits for the first, and then for Stripe, or is turned away (CHK-012).
    """
    operations = declared(api)
    formers = [Former.make(api, stripe, make_user()) for _ in operations]
    faults = [
        stripe.sandbox.fault(user=one.user.id, **fault_of(FAULTS["hangs"])) for one in formers
    ]
    try:
        asked = [*zip(formers, operations, strict=True)]
        asked += [pair for pair in asked if pair[1] == "createCheckout"]
        answers = together([partial(former.ask, each) for former, each in asked])
    finally:
        for made in faults:
            stripe.sandbox.clear_fault(made.id)

    told = [(*pair, answer) for pair, answer in zip(asked, answers, strict=True)]
    buying = {answer.status for _, each, answer in told if each == "createCheckout"}
    what = "two checkouts of one user at once while Stripe hangs"
    somebody_waits = not buying or not buying <= TURNED_AWAY
    check_that(what, somebody_waits, expected="503 for one of them", got=sorted(buying))
    for former, operation, answer in told:
        if operation != "createCheckout" or answer.status not in TURNED_AWAY:
            how = " (asked twice at once)" if operation == "createCheckout" else ""
            expect_row(answer, operation, "hangs", how=how)
        expect_well(former, operation, answer)


@clause("ANS-040")
def test_a_customer_who_is_gone_is_told(api: Api, stripe: Stripe, user: User) -> None:
    """And replaced by checkout alone."""
    former = Former.make(api, stripe, user)
    event = former.change()
    customer = stripe.customer(user)
    stripe.sandbox.delete_customer(customer.id)
    for operation in declared(api):
        told = operation == "receiveStripeWebhook"
        answer = stripe.deliver_event(event) if told else former.ask(operation)
        expect_row(answer, operation, "customer deleted")

    living = [one for one in stripe.sandbox.customers(user=user.id) if not one.deleted]
    check("living customers of the user", len(living), 1)


@clause("ANS-041")
def test_what_needs_no_stripe_is_answered_as_ever(
    api: Api, stripe: Stripe, user: User, operations: list[Call]
) -> None:
    """Plans, the subscription, devices, probes, counters and pages, under every failure."""
    Former.make(api, stripe, user)
    paid = stripe.sessions(user)[-1].id
    others = [call for call in operations if call.id not in ASKING]
    for name, failure in FAULTS.items():
        with stripe.failing(user=user, **fault_of(failure)):
            for operation, answer in answers_of(api, user, others, paid):
                expect_row(answer, operation, name)


AN_HOUR_SECONDS = 3_600


@clause("ANS-041")
def test_a_subscriber_has_what_he_paid_for_as_ever(api: Api, stripe: Stripe, user: User) -> None:
    """His period is over and its renewal not yet told; he fills his places, and wants one more."""
    subscription = stripe.subscribe(user, "basic")
    over = int(time.time()) - AN_HOUR_SECONDS
    stripe.change(subscription, current_period_end=over)
    stripe.deliver(user)
    has = {"plan": "basic", "status": "active", "access": True, "current_period_end": over}
    api.subscription_becomes(user, **has)

    with stripe.failing("all", user=user, effect="reset"):
        expect_members(api.subscription(user).expect(200), **has)
        if api.declares("devices"):
            prints = fingerprints(2)
            [first, _] = fill(api, user, prints)
            expect_known(api.register(user, prints[0]), first)
            expect_full(api.register(user, "one-too-many"))
            check_devices(api, user, prints, limit=2)


@clause("ANS-041")
def test_who_has_begun_to_buy_is_answered_as_ever(
    api: Api, stripe: Stripe, user: User, other: User
) -> None:
    """He has a session that is open, and nothing more; somebody else has not come so far."""
    api.checkout(user, "pro").expect(201)

    for one in (user, other):
        with stripe.failing("all", user=one, effect="reset"):
            shown = api.subscription(one).expect(200)
            expect_members(shown, plan="free", status="none", access=False)
            if api.declares("devices"):
                fill(api, one, fingerprints(1))
                check_devices(api, one, fingerprints(1), limit=1)


def answers_of(
    api: Api, user: User, calls: list[Call], session: str
) -> Iterator[tuple[str, Answer]]:
    """Each call as who may make it; a device is registered and removed again.

    Who comes back from Stripe names the session that he has paid.
    """
    device = ""
    for call in calls:
        who = user if call.scheme == "initData" else Bearer() if call.scheme else None
        is_new = call.id == "registerDevice"
        body = {"name": "Kitchen", "fingerprint": uuid.uuid4().hex} if is_new else call.body
        path = f"{DEVICES}/{quote(device, safe='')}" if call.id == "revokeDevice" else call.path
        path += f"?session_id={session}" if call.id == "showReturnPage" else ""
        answer = api.call(call.method, path, who, json_body=body)
        if is_new and answer.status == 201:
            device = answer["device"]["id"]
        yield call.id, answer
