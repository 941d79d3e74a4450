"""When the counters of devices move, and when they never do."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from billproof.trials import Nobody, clause, together
from fixtures.api import DEVICES
from fixtures.metrics import REGISTERED, REVOKED, check_moves, quiet_scrape

if TYPE_CHECKING:
    from billproof.trials import Answer
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User

ROUNDS, AT_ONCE = 4, 8
"""So that in one round at least two removals meet amid each other."""


@pytest.fixture(autouse=True)
def devices(api: Api) -> None:
    """Whoever has none counts none."""
    api.only_with("devices")


def register(api: Api, user: User | Nobody, name: str = "alone") -> Answer:
    """A device of the user's."""
    body = {"name": "Living room", "fingerprint": f"metrics-of-{name}"}
    return api.call("POST", DEVICES, user, json_body=body)


def revoke(api: Api, user: User | Nobody, device: str) -> Answer:
    """Remove a device."""
    return api.revoke(user, device)


@clause("MET-013")
def test_each_new_device_counts(api: Api, stripe: Stripe, user: User, other: User) -> None:
    """One each; the same again, one too many, nobody's, a malformed one and a removal do not."""
    before = quiet_scrape(api)
    register(api, user).expect(201)
    after = check_moves(api, before, REGISTERED, {(): 1})

    register(api, user).expect(200)
    renamed = {"name": "Bedroom", "fingerprint": "metrics-of-alone"}
    api.call("POST", DEVICES, user, json_body=renamed).expect(200)
    register(api, user, "one-too-many").expect(409)
    register(api, Nobody()).expect(401)
    api.call("POST", DEVICES, other, json_body={"name": "Living room"}, invalid=True).expect(422)
    api.call("GET", DEVICES, user).expect(200)

    after = check_moves(api, after, REGISTERED, {})
    device = str(register(api, other).expect(201)["device"]["id"])
    after = check_moves(api, after, REGISTERED, {(): 1})
    revoke(api, other, device).expect(204)
    after = check_moves(api, after, REGISTERED, {})
    register(api, other).expect(201)
    check_moves(api, after, REGISTERED, {(): 1})


@clause("MET-013")
def test_every_device_of_a_user_counts(api: Api, stripe: Stripe, user: User) -> None:
    """His second one as much as his first."""
    stripe.subscribe(user, "basic")
    api.subscription_becomes(user, effective_plan="basic")
    before = quiet_scrape(api)

    for number, name in enumerate(("first", "second"), start=1):
        register(api, user, name).expect(201)
        check_moves(api, before, REGISTERED, {(): number})


@clause("MET-013")
def test_one_device_at_once_counts_as_one(api: Api, user: User) -> None:
    """A double tap registers one device."""
    before = quiet_scrape(api)

    for answer in together([lambda: register(api, user)] * 4):
        answer.expect_success()

    check_moves(api, before, REGISTERED, {(): 1})


@clause("MET-014")
def test_each_removed_device_counts(api: Api, user: User, other: User) -> None:
    """One each; one that is gone, another's, nobody's, unknown or new do not."""
    device = str(register(api, user).expect(201)["device"]["id"])
    before = quiet_scrape(api)

    revoke(api, other, device).expect(404)
    revoke(api, Nobody(), device).expect(401)
    revoke(api, user, "dev_nobody_has_this_one").expect(404)

    between = check_moves(api, before, REVOKED, {})
    revoke(api, user, device).expect(204)
    after = check_moves(api, between, REVOKED, {(): 1})
    revoke(api, user, device).expect(404)
    register(api, user).expect(201)
    check_moves(api, after, REVOKED, {})


@clause("MET-014")
def test_every_removal_of_a_user_counts(api: Api, stripe: Stripe, user: User) -> None:
    """One while others are left, and the last one."""
    stripe.subscribe(user, "basic")
    api.subscription_becomes(user, effective_plan="basic")
    made = [register(api, user, name).expect(201) for name in ("first", "second")]
    before = quiet_scrape(api)

    for number, answer in enumerate(made, start=1):
        revoke(api, user, str(answer["device"]["id"])).expect(204)
        check_moves(api, before, REVOKED, {(): number})


@clause("MET-014")
def test_one_device_removed_at_once_counts_as_one(api: Api, user: User) -> None:
    """A double tap removes one device: who is told 404 has removed none. Round after round."""
    before = quiet_scrape(api)
    for _ in range(ROUNDS):
        device = str(register(api, user).expect(201)["device"]["id"])
        for answer in together([partial(revoke, api, user, device)] * AT_ONCE):
            answer.expect(204, 404)

    check_moves(api, before, REVOKED, {(): ROUNDS})
