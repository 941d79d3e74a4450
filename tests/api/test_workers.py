"""Several processes are one backend."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from billproof.trials import check, check_that, clause, together
from fixtures.api import DEVICES
from fixtures.invoices import open_ledger, page_ids
from fixtures.launching import check_ready
from fixtures.overtaking import ROUNDS, Subscriber
from fixtures.stripe import check_one_open_session, sessions_named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from billproof.targets.protocol import Target
    from billproof.trials import Answer
    from fixtures.launching import Launcher, Running
    from fixtures.users import User

WORKERS = 2
PRO = "price_billproof_pro"
OVERLAPS = 5
"""How often two deliveries meet, so that in one case at least they meet at different workers."""
LOOKS, LOOKS_AT_ONCE = 4, 4
"""How often to look, some at once: of those that come one by one a worker may have them all."""


@pytest.fixture(scope="module")
def crew(launches: Launcher) -> Iterator[Running]:
    """A backend of several workers, where we host it; else of as many as the command starts."""
    with launches(WORKERS) as running:
        yield running


@clause("ENV-013")
@pytest.mark.usefixtures("backend")
def test_two_may_start_at_once_on_an_empty_database(target: Target) -> None:
    """One makes the tables, the other finds them made."""
    with target.launch() as one, target.launch(DATABASE_URL=one.environ["DATABASE_URL"]) as other:
        check_ready(one)
        check_ready(other)


@clause("ENV-014")
def test_parallel_checkouts_over_workers_leave_one_session(
    crew: Running, make_user: Callable[[], User]
) -> None:
    """Whichever worker is asked: one open session, one customer."""
    for user in (make_user(), make_user(), make_user()):
        answers = together([partial(crew.api.checkout, user, "pro") for _ in range(6)])

        session = check_one_open_session(crew.stripe, user)
        check("sessions that were answered", sessions_named(answers), {session.id})


@clause("ENV-014")
def test_the_limit_of_devices_is_exact_over_workers(crew: Running, user: User) -> None:
    """As many as the plan allows, and the others are refused."""
    if crew.api.declares("devices"):
        crew.stripe.subscribe(user, "basic")
        crew.api.subscription_becomes(user, effective_plan="basic")
        crew.api.settle()

        answers = together([partial(register, crew, user, number) for number in range(8)])

        check("statuses", sorted(answer.status for answer in answers), [201] * 2 + [409] * 6)
        known = crew.api.call("GET", DEVICES, user).expect(200)["devices"]
        check("devices", len(known), 2)


OFTEN, AT_ONCE = 8, 8
"""Rounds, and how many ask in each: no single round need show that there are two locks."""


@clause("ENV-014")
def test_the_last_place_is_given_once_over_workers(
    crew: Running, make_user: Callable[[], User]
) -> None:
    """Of free there is one, and everybody asks at once; round after round."""
    if crew.api.declares("devices"):
        for _ in range(OFTEN):
            user = make_user()
            answers = together([partial(register, crew, user, number) for number in range(AT_ONCE)])
            statuses = sorted(answer.status for answer in answers)
            check("statuses", statuses, [201] + [409] * (AT_ONCE - 1))


def register(running: Running, user: User, number: int) -> Answer:
    """One device of several."""
    body = {"name": f"Room {number}", "fingerprint": f"of-{user.id}-{number}"}
    return running.api.call("POST", DEVICES, user, json_body=body)


@clause("DEV-018")
def test_every_worker_knows_the_devices(crew: Running, user: User) -> None:
    """Also those that have listed none before, and then one, and then another in its place."""
    seen = [fingerprints_seen(crew, user)]
    first = register(crew, user, 1).expect(201)
    seen.append(fingerprints_seen(crew, user))
    crew.api.revoke(user, first["device"]["id"]).expect(204)
    second = register(crew, user, 2).expect(201)
    seen.append(fingerprints_seen(crew, user))
    crew.api.revoke(user, second["device"]["id"]).expect(204)
    seen.append(fingerprints_seen(crew, user))

    one, another = ((f"of-{user.id}-{number}",) for number in (1, 2))
    check("fingerprints listed", seen, [{()}, {one}, {another}, {()}])


def fingerprints_seen(running: Running, user: User) -> set[tuple[str, ...]]:
    """What several looks list."""
    looks = [seen["devices"] for seen in several(partial(running.api.devices, user))]
    return {tuple(str(one["fingerprint"]) for one in devices) for devices in looks}


def several(look: Callable[[], Answer]) -> list[Answer]:
    """What is answered to several looks, each over a connection of its own."""
    answers = [one for _ in range(LOOKS) for one in together([look] * LOOKS_AT_ONCE)]
    return [answer.expect(200) for answer in answers]


@clause("ENV-015")
def test_what_one_worker_took_all_of_them_show(crew: Running, user: User) -> None:
    """Also those that have shown something else before."""
    subscription = crew.stripe.subscribe(user, "pro")
    crew.api.subscription_becomes(user, status="active")
    # One of them has shown it; the others may take the settle time.
    crew.api.settle()
    check("statuses before", statuses(crew, user), {"active"})
    check_limits(crew, user, 5)

    crew.stripe.change(subscription, status="unpaid")
    crew.stripe.deliver(user)
    crew.api.settle()

    check("statuses after", statuses(crew, user), {"unpaid"})
    check_limits(crew, user, 1)


@clause("ENV-015")
def test_what_has_ended_begins_again_for_all_of_them(crew: Running, user: User) -> None:
    """Also for those that have shown the end, after which nothing more could come of it."""
    former = crew.stripe.subscribe(user, "pro")
    crew.stripe.sandbox.cancel_subscription(former.id)
    crew.stripe.deliver(user)
    crew.api.settle()
    check("statuses after the end", statuses(crew, user), {"canceled"})
    check_limits(crew, user, 1)

    crew.stripe.sandbox.subscribe(former.customer, PRO, metadata=former.metadata)
    # One event, or every worker would have one of its own.
    [created] = crew.stripe.events(user, "customer.subscription.created")[1:]
    crew.stripe.deliver_event(created).expect_success()
    crew.api.settle()

    check("statuses after another purchase", statuses(crew, user), {"active"})
    check_limits(crew, user, 5)


def check_limits(running: Running, user: User, limit: int) -> None:
    """Every look at the devices tells this limit, each over a connection of its own."""
    if running.api.declares("devices"):
        looks = {seen["limit"] for seen in several(partial(running.api.devices, user))}
        check(f"limits that looks at the devices tell, of {limit}", looks, {limit})


@clause("ENV-015")
def test_what_one_worker_has_read_is_not_written_over_anothers_word(
    crew: Running, user: User
) -> None:
    """Stripe's answer to one of them is under way while an event of a change comes to another."""
    api, stripe = crew.api, crew.stripe
    subscription = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, status="active")
    subscriber = Subscriber(api, stripe, user, subscription)
    for number in range(OVERLAPS):
        before, after = ROUNDS[number % len(ROUNDS)]
        subscriber.becomes(before)

        statuses = subscriber.is_overtaken(after)

        check("answers that are not 2xx", [one for one in statuses if one // 100 != 2], [])
        api.subscription_becomes(user, status=after)


@clause("ENV-015")
def test_an_invoice_that_one_worker_heard_of_all_of_them_list(crew: Running, user: User) -> None:
    """Also those that have listed the user's invoices before."""
    if crew.api.declares("invoices"):
        ledger = open_ledger(crew.api, crew.stripe, user)
        crew.api.settle()
        missing = frozenset(ledger.ids()) - frozenset.intersection(*listed(crew, user))
        check("invoices that a look misses before", len(missing), 0)

        new = ledger.bill(1400)
        ledger.tell()

        looks = [new.id in look for look in listed(crew, user)]
        check_that("the new invoice", all(looks), expected="in every look", got="not in every one")


def listed(running: Running, user: User) -> set[frozenset[str]]:
    """The invoices that several looks show."""
    return {frozenset(page_ids(seen)) for seen in several(partial(running.api.invoices, user))}


def statuses(running: Running, user: User) -> set[str]:
    """What several looks show."""
    return {str(seen["status"]) for seen in several(partial(running.api.subscription, user))}
