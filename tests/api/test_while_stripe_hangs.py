"""Whoever waits for Stripe himself has all else that he asks for meanwhile."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from billproof.trials import becomes, check_that, clause, together
from billproof.trials.caller import ANSWER_WITHIN_SECONDS
from billproof.trials.pace import pause
from fixtures.devices import check_devices, expect_new, fingerprints

if TYPE_CHECKING:
    from collections.abc import Callable

    from billproof.sandbox.client import Fault
    from billproof.trials import Answer
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User

PORTALS, TAPS = 3, 2
"""How many portals he asks for at once, and how often: a few workers are enough for them."""
UNDER_WAY_SECONDS = 1.0
"""How long to wait until all of them wait for Stripe, or as many as ever will."""
DEVICES, EVERY_SECONDS = 3, 1.0
"""How many he registers and removes again, and how far apart: a lock may be let go once."""


@clause("ANS-041")
def test_his_own_calls_that_hang_keep_nothing_from_him(
    api: Api, stripe: Stripe, user: User
) -> None:
    """He has begun to buy, wants another plan, and taps the portal's button again and again."""
    api.checkout(user, "pro").expect(201)
    hanging: list[Callable[[], list[Answer]]] = [lambda: [api.checkout(user, "basic")]]
    if api.declares("portal"):
        hanging += [lambda: [api.portal(user) for _ in range(TAPS)]] * PORTALS
    with stripe.failing("all", user=user, effect="hang") as fault:
        beside = partial(ask_meanwhile, api, stripe, user, fault, len(hanging))
        calls: list[Callable[[], list[Answer]]] = [*hanging, beside]
        *_, answers = together(calls)
        asked = stripe.sandbox.find_fault(fault.id).hits

    check_that("calls to Stripe that hung", asked > 0, expected="some", got=asked)
    for answer in answers:
        seconds = answer.seconds
        in_time = seconds <= ANSWER_WITHIN_SECONDS
        check_that(f"time of {answer.call}", in_time, expected="10 s", got=f"{seconds:.1f} s")


def ask_meanwhile(api: Api, stripe: Stripe, user: User, fault: Fault, waiting: int) -> list[Answer]:
    """What needs no Stripe, asked by whose calls wait for it; each is as ever."""
    becomes(
        lambda: stripe.sandbox.find_fault(fault.id).hits,
        lambda hits: hits >= waiting,
        within=UNDER_WAY_SECONDS,
    )
    answers = [api.plans(), api.subscription(user)]
    if api.declares("devices"):
        for one in fingerprints(DEVICES):
            answers += come_and_go(api, user, one)
            pause(EVERY_SECONDS)
    return [answer.expect(200, 201, 204) for answer in answers]


def come_and_go(api: Api, user: User, fingerprint: str) -> list[Answer]:
    """A device is registered, listed and removed."""
    registered = api.register(user, fingerprint)
    device = expect_new(registered)
    listed = check_devices(api, user, [fingerprint], limit=1)
    removed = api.revoke(user, device).expect(204)
    return [registered, listed, removed, check_devices(api, user, [], limit=1)]
