"""What moves no counter, and what no counter tells."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

import pytest

from billproof.trials import Nobody, check, clause, one_of, together
from billproof.trials.redaction import TELLING_CHARACTERS
from fixtures.api import SUBSCRIPTION
from fixtures.events import Draft
from fixtures.metrics import (
    CHECKOUTS,
    DELIVERIES,
    PORTALS,
    REGISTERED,
    expect_quiet,
    moved,
    moved_by_scrapes,
    quiet_scrape,
    read,
    scrape,
)
from fixtures.operations import Call
from fixtures.overtaking import LATE_SECONDS, delivered
from fixtures.overtaking import read as wait_for_calls

if TYPE_CHECKING:
    from collections.abc import Callable

    from billproof.trials import Answer
    from fixtures.api import Api
    from fixtures.launching import Launcher
    from fixtures.stripe import Stripe
    from fixtures.users import User

WORKERS, PEOPLE = 2, 8
TAKEN = ("processed", "ignored")
LOOKS = 16
"""How often to look so that each of the workers will have been asked."""


@clause("MET-015")
def test_reading_and_being_refused_moves_nothing(
    api: Api, user: User, operations: list[Call]
) -> None:
    """GET of every path as a user, every operation as nobody, no path; then something does."""
    before = quiet_scrape(api)
    readable = {call.path for call in operations if call.method == "GET"}
    for call in operations:
        if call.method == "GET" or call.path not in readable:
            known = call.method == "GET" and call.scheme != "metricsToken"
            api.call("GET", call.path, user, invalid=not known)
        if call.scheme == "initData":
            api.call(call.method, call.path, Nobody(), json_body=call.body).expect(401)
    api.call("GET", "/api/v1/billing/nothing", user, invalid=True)
    api.settle()
    after = scrape(api)
    if moved(before, after):
        expect_quiet(api, after)
    check("counters that moved", moved(before, after), {})

    if api.declares("webhooks"):
        api.webhook("{", invalid=True).expect(400)
        api.settle()
        check("families that moved", len(moved(after, scrape(api))), 1)


@clause("MET-015")
def test_a_scrape_moves_nothing(api: Api) -> None:
    """Many in a row: what grows with each of them is moved by them, and by nobody else."""
    check("families that scrapes move", moved_by_scrapes(api), [])


@clause("MET-016")
def test_no_counter_tells_who_it_was(api: Api, stripe: Stripe, user: User) -> None:
    """Neither a person nor one of his objects, a key or a token is in the text."""
    stripe.subscribe(user, "pro")
    session = stripe.sessions(user)[-1]
    if api.declares("devices"):
        body = {"name": f"Room of {user.id}", "fingerprint": f"of-{user.id}-metrics"}
        api.call("POST", "/api/v1/devices", user, json_body=body).expect(201)
    if api.declares("portal"):
        api.portal(user).expect(201)
    for name in (user.id, session.id, session.customer, stripe.events(user)[-1].id):
        # Who counts requests by their paths lets anybody write in what others read. The path has
        # an id in it, and is none of the contract's: it names no check.
        astray = api.call("GET", f"{SUBSCRIPTION}/{name}", user, invalid=True)
        astray.show()
        check("status of a path with an id behind it", astray.status, one_of(401, 404))
        api.call("GET", f"{SUBSCRIPTION}?of={name}", user, invalid=True).expect(200)
    api.settle()

    answer = api.metrics().expect(200)

    read(api, answer)
    draft = Draft(stripe.events(user, "customer.subscription.created")[-1])
    text = answer.body.decode() + told_amid(api, stripe, user, draft)
    told = {
        "user id": str(user.id),
        "username": user.username,
        "customer": str(session.customer),
        "session": session.id,
        "subscription": str(session.subscription),
    }
    told |= {f"event {number}": one.id for number, one in enumerate(stripe.events(user))}
    told |= {"event that is worked on": str(draft.document["id"])}
    told |= {name: api.environ[name] for name in ("STRIPE_SECRET_KEY", "METRICS_TOKEN")}
    told |= {"TELEGRAM_BOT_TOKEN": api.environ["TELEGRAM_BOT_TOKEN"]}
    found = [what for what, secret in told.items() if is_told(secret, text)]
    check("what the text tells", sorted(found), [])


def told_amid(api: Api, stripe: Stripe, user: User, draft: Draft) -> str:
    """What is told while an event of his is worked on: what is held by then has his name, too."""
    with stripe.failing(user=user, effect="late", seconds=LATE_SECONDS, times=1) as fault:
        answered = threading.Event()

        def look() -> str:
            wait_for_calls(api, stripe, fault, answered)
            return api.metrics().expect(200).body.decode()

        calls: list[Callable[[], object]] = [partial(delivered, api, draft, answered), look]
        _, seen = together(calls)
    return str(seen)


def is_told(secret: str, text: str) -> bool:
    """Whether it stands there, and not by chance."""
    return len(secret) >= TELLING_CHARACTERS and secret in text


@clause("MET-017")
def test_workers_tell_one_truth(launches: Launcher) -> None:
    """Refusals over two workers, each over a connection of its own; every scrape has them all."""
    with launches(WORKERS) as running:
        api = running.api
        seen = [scrape(api) for _ in range(LOOKS)]
        for _ in range(2):
            for answer in together([lambda: api.webhook("{", invalid=True)] * 8):
                answer.expect(400)
            api.settle()
            seen += [scrape(api) for _ in range(LOOKS)]

    totals = [int(sum(one.values[DELIVERIES].values())) for one in seen]
    check("deliveries, scrape by scrape", totals, [0] * LOOKS + [8] * LOOKS + [16] * LOOKS)


@clause("MET-017")
def test_every_family_is_of_all_workers(launches: Launcher, make_user: Callable[[], User]) -> None:
    """What people do over two workers at once: each scrape has all of it."""
    people = [make_user() for _ in range(PEOPLE)]
    with launches(WORKERS) as running:
        api = running.api
        doings: dict[str, Callable[[User], Answer]] = {}
        if api.declares("checkout"):
            doings[CHECKOUTS] = lambda one: api.checkout(one, "pro").expect(201)
        if api.declares("checkout") and api.declares("portal"):
            doings[PORTALS] = lambda one: api.portal(one).expect(201)
        if api.declares("devices"):
            doings[REGISTERED] = lambda one: api.register(one, "a1b2c3d4e5f6").expect(201)
        for does in doings.values():
            together([partial(does, one) for one in people])
        api.settle()
        seen = [scrape(api) for _ in range(LOOKS)]

    for family in doings:
        totals = {int(sum(one.values[family].values())) for one in seen}
        check(f"totals of {family}, scrape by scrape", totals, {PEOPLE})


@clause("MET-018")
@pytest.mark.parametrize("kind", ["price.created", "customer.deleted"])
def test_a_repeat_is_known_after_a_restart(launches: Launcher, kind: str) -> None:
    """Counters may begin anew: by how much they grow is what counts."""
    customer = {"object": "customer", "id": "cus_of_nobody"}
    document = {"object": "event", "type": kind, "data": {"object": customer}}
    ids = [f"evt_{secrets.token_hex(12)}" for _ in range(2)]
    events = [json.dumps({"id": one, **document}) for one in ids]
    with launches() as running:
        running.api.webhook(events[0]).expect_success()
        running.api.settle()

    with launches(**running.kept) as again:
        before = quiet_scrape(again.api)
        for body in events:
            again.api.webhook(body).expect_success()
        again.api.settle()
        grown = moved(before, scrape(again.api)).get(DELIVERIES, {})

    outcomes = Counter("taken" if how in TAKEN else how for (_, how), by in grown.items() if by)
    check("outcomes after the restart", outcomes, {"duplicate": 1, "taken": 1})
    check("deliveries counted after the restart", sum(grown.values()), 2)


@clause("MET-017")
def test_a_repeat_is_known_to_every_worker(launches: Launcher) -> None:
    """One event over two workers, each delivery over a connection of its own."""
    body = json.dumps({"id": "evt_again", "object": "event", "type": "price.created"})
    with launches(WORKERS) as running:
        api = running.api
        for _ in range(LOOKS):
            # What else comes keeps now one worker busy, now the other.
            others = [lambda: api.webhook("{", invalid=True)] * 3
            _, taken, *_ = together([others[0], lambda: api.webhook(body), *others[1:]])
            taken.expect_success()
        api.settle()
        counted = scrape(api).values[DELIVERIES]

    new = counted["other", "processed"] + counted["other", "ignored"]
    check("how often one event was taken", int(new), 1)
    check("how often it was a repeat", int(counted["other", "duplicate"]), LOOKS - 1)


EARLY_SECONDS = 1.5
"""For how long a worker may still be starting while another answers already."""
MANY_WORKERS = 4


@clause("MET-017")
def test_what_is_counted_early_stays_counted(launches: Launcher) -> None:
    """From the first answer of any worker on, while others may still be starting."""
    with launches(MANY_WORKERS) as running:
        api = running.api
        until, sent = time.monotonic() + EARLY_SECONDS, 0
        while time.monotonic() < until:
            api.webhook("{", invalid=True).expect(400)
            sent += 1
        api.settle()
        seen = [scrape(api) for _ in range(LOOKS)]

    totals = {int(sum(one.values[DELIVERIES].values())) for one in seen}
    check("deliveries counted while workers start", totals, {sent})
