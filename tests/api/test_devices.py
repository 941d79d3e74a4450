"""Devices: registered with a secret shown once, listed, removed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from billproof.trials import check, check_that, clause, together
from billproof.trials.pace import pause
from fixtures.api import DEVICES
from fixtures.devices import (
    SECRET_CHARACTERS,
    check_devices,
    check_differ,
    check_same,
    check_same_instant,
    expect_known,
    expect_new,
    expect_unknown,
    fill,
    fingerprints,
)
from fixtures.instants import instant_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from billproof.trials import Answer
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User

CLOCKS_DIFFER_SECONDS = 120
"""How far the backend's clock may be from ours: created_at is neither 0 nor milliseconds."""
ROUNDS = 8
"""How often calls meet, so that in one case at least they meet amid each other."""
A_SECOND_LATER = 1.1
LATER_SECONDS = 2.2
"""How much later an instant is another one, though each is told in whole seconds."""


@clause("DEV-001")
def test_a_device_is_registered_with_its_secret(api: Api, user: User) -> None:
    """What was sent comes back, with an id, an instant and a secret."""
    before = time.time()

    # A blank at either edge and two in a row are sent, so they belong to it.
    name = " Ada's  phone "
    answer = api.register(user, "a1b2c3d4e5f6", name)

    expect_new(answer)
    check("name of the device", answer["device"]["name"], name)
    check("fingerprint of the device", answer["device"]["fingerprint"], "a1b2c3d4e5f6")
    created = instant_of("created_at", answer["device"]["created_at"])
    far = abs(created.timestamp() - before)
    check_that("created_at", far < CLOCKS_DIFFER_SECONDS, expected="now", got=str(created))
    secret = answer["secret"]
    long = len(secret) >= SECRET_CHARACTERS
    check_that("secret", long, expected="32 characters at least", got=f"{len(secret)}")


@clause("DEV-001")
def test_each_device_has_its_own_instant(api: Api, stripe: Stripe, user: User) -> None:
    """Two that are registered seconds apart are; so is one that was removed and comes again."""
    stripe.subscribe(user, "basic")
    api.subscription_becomes(user, effective_plan="basic")
    first = api.register(user, "a1b2c3d4e5f6").expect(201)
    pause(LATER_SECONDS)

    second = api.register(user, "f6e5d4c3b2a1").expect(201)
    api.revoke(user, first["device"]["id"]).expect(204)
    again = api.register(user, "a1b2c3d4e5f6", "Another room").expect(201)

    for what, answer in {"a later device": second, "one that comes again": again}.items():
        one, another = (
            instant_of("created_at", each["device"]["created_at"]).timestamp()
            for each in (first, answer)
        )
        apart = another - one
        later = 1 <= apart < CLOCKS_DIFFER_SECONDS
        check_that(f"created_at of {what}", later, expected="later", got=f"{apart} s later")
    check("name of one that comes again", again["device"]["name"], "Another room")


@clause("DEV-001")
def test_an_idempotency_key_is_ignored(api: Api, stripe: Stripe, user: User) -> None:
    """It is checkout's: under the same one another device is another device."""
    stripe.subscribe(user, "basic")
    api.subscription_becomes(user, effective_plan="basic")
    key = {"Idempotency-Key": "the-same-for-both"}
    for name, fingerprint in (("First", "a1b2c3d4e5f6"), ("Second", "f6e5d4c3b2a1")):
        body = {"name": name, "fingerprint": fingerprint}
        answer = api.call("POST", DEVICES, user, json_body=body, headers=key)
        expect_new(answer)
        check("name of a device under the key", answer["device"]["name"], name)

    check_devices(api, user, ["a1b2c3d4e5f6", "f6e5d4c3b2a1"])


@clause("DEV-002")
def test_devices_are_listed_oldest_first(api: Api, stripe: Stripe, user: User) -> None:
    """Five within a second, whose names and fingerprints sort otherwise; the list stays so."""
    check_devices(api, user, [], limit=1)
    stripe.subscribe(user, "pro")
    api.subscription_becomes(user, plan="pro", access=True)
    check_devices(api, user, [], limit=5)
    prints = ["mmmmmmmm", "aaaaaaaa", "zzzzzzzz", "00000000", "nnnnnnnn"]
    registered = [api.register(user, one, f"My {one}") for one in prints]
    for answer in registered:
        expect_new(answer)

    listed = check_devices(api, user, prints, limit=5)

    for shown, answer in zip(listed["devices"], registered, strict=True):
        check_same("the device listed", shown, answer["device"])
    api.revoke(user, registered[1]["device"]["id"]).expect(204)
    # In another second, too, the newest is the last.
    pause(A_SECOND_LATER)
    expect_new(api.register(user, "aaaaaaaa"))
    check_devices(api, user, ["mmmmmmmm", "zzzzzzzz", "00000000", "nnnnnnnn", "aaaaaaaa"])


@clause("DEV-002")
def test_a_list_longer_than_its_limit_says_the_limit(api: Api, stripe: Stripe, user: User) -> None:
    """A lower plan takes no device away, and allows no more than it does."""
    subscription = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, effective_plan="pro")
    prints = ["mmmmmmmm", "aaaaaaaa", "zzzzzzzz"]
    for one in prints:
        expect_new(api.register(user, one))

    stripe.change(subscription, status="unpaid")
    stripe.deliver(user)
    api.subscription_becomes(user, effective_plan="free")

    check_devices(api, user, prints, limit=1)


@clause("DEV-003")
def test_a_secret_is_shown_once(api: Api, stripe: Stripe, user: User, other: User) -> None:
    """Five of one user and one of another: six secrets, none of which is told again."""
    stripe.subscribe(user, "pro")
    api.subscription_becomes(user, plan="pro", access=True)
    prints = fingerprints(5)
    registered = [api.register(user, one).expect(201) for one in prints]
    foreign = api.register(other, prints[0]).expect(201)
    secrets = [str(answer["secret"]) for answer in (*registered, foreign)]
    check_differ("secrets of six devices", secrets)

    later = [api.devices(user), api.devices(other), api.subscription(user)]
    later += [api.register(user, one).expect(200) for one in prints]
    later += [api.register(user, "one-too-many").expect(409)]
    later += [api.revoke(user, registered[0]["device"]["id"]).expect(204)]

    for answer in later:
        check_untold(answer, secrets)


def check_untold(answer: Answer, secrets: list[str]) -> None:
    """Neither body nor headers have any of them."""
    answer.show()
    told = f"{answer.headers.multi_items()} {answer.body.decode('utf-8', 'replace')}"
    found = sum(secret in told for secret in secrets)
    check(f"secrets in the answer of {answer.call}", found, 0)


@clause("DEV-004")
def test_the_same_device_again_is_known(api: Api, stripe: Stripe, user: User) -> None:
    """Three starts of one app are one device, though there is place for another."""
    stripe.subscribe(user, "basic")
    api.subscription_becomes(user, effective_plan="basic")
    first = api.register(user, "a1b2c3d4e5f6", "Ada's phone")
    device_id = expect_new(first)

    again = api.register(user, "a1b2c3d4e5f6", "Ada's phone")
    renamed = api.register(user, "a1b2c3d4e5f6", "Ada's old phone")

    expect_known(again, device_id)
    check_same("the device told again", again["device"], first["device"])
    expect_known(renamed, device_id)
    check("fingerprint told again", renamed["device"]["fingerprint"], "a1b2c3d4e5f6")
    check_devices(api, user, ["a1b2c3d4e5f6"])


@clause("DEV-004")
def test_a_device_is_as_old_as_its_first_registration(api: Api, stripe: Stripe, user: User) -> None:
    """Whoever comes again is not registered anew: neither his instant moves, nor his place."""
    stripe.subscribe(user, "basic")
    api.subscription_becomes(user, effective_plan="basic")
    first = api.register(user, "a1b2c3d4e5f6")
    device_id = expect_new(first)
    expect_new(api.register(user, "f6e5d4c3b2a1"))
    pause(LATER_SECONDS)

    again = api.register(user, "a1b2c3d4e5f6")

    expect_known(again, device_id)
    check_same("the device told later", again["device"], first["device"])
    listed = check_devices(api, user, ["a1b2c3d4e5f6", "f6e5d4c3b2a1"])
    check_same("the device listed later", listed["devices"][0], first["device"])
    # Which name it has then is left open.
    renamed = api.register(user, "a1b2c3d4e5f6", "Another room")
    expect_known(renamed, device_id)
    check_same_instant("the device told renamed", renamed["device"], first["device"])
    listed = check_devices(api, user, ["a1b2c3d4e5f6", "f6e5d4c3b2a1"])
    check_same_instant("the device listed renamed", listed["devices"][0], first["device"])


@clause("DEV-006")
def test_one_device_ten_times_at_once_is_one(api: Api, make_user: Callable[[], User]) -> None:
    """Whoever comes first has the secret; the nine others have the device. Round after round."""
    for _ in range(ROUNDS):
        check_one_of_ten(api, make_user())


def check_one_of_ten(api: Api, user: User) -> None:
    """He registers one device ten times at once: one call makes it, and the others know it."""
    answers = together([lambda: api.register(user, "a1b2c3d4e5f6")] * 10)

    statuses = sorted(answer.status for answer in answers)
    check("statuses of ten registrations at once", statuses, [200] * 9 + [201])
    [first] = [answer for answer in answers if answer.status == 201]
    device_id = expect_new(first)
    for answer in answers:
        if answer is not first:
            expect_known(answer, device_id)
    check_devices(api, user, ["a1b2c3d4e5f6"])


@clause("DEV-010")
def test_a_removed_device_makes_place(api: Api, user: User) -> None:
    """For itself, with another secret, and for another one."""
    first = api.register(user, "a1b2c3d4e5f6").expect(201)
    api.register(user, "f6e5d4c3b2a1").expect(409)

    gone = api.revoke(user, first["device"]["id"]).expect(204)

    check("body of the answer 204", gone.body, b"")
    check_devices(api, user, [])
    second = api.register(user, "a1b2c3d4e5f6")
    expect_new(second)
    check_differ("secrets before and after", [first["secret"], second["secret"]])
    api.revoke(user, second["device"]["id"]).expect(204)
    expect_new(api.register(user, "f6e5d4c3b2a1"))
    check_devices(api, user, ["f6e5d4c3b2a1"])


@clause("DEV-011")
def test_a_device_is_removed_once(api: Api, stripe: Stripe, user: User) -> None:
    """The second time there is nothing to remove, and nothing else goes."""
    stripe.subscribe(user, "basic")
    api.subscription_becomes(user, plan="basic", access=True)
    [one, _] = fill(api, user, fingerprints(2))

    api.revoke(user, one).expect(204)
    api.revoke(user, one).expect_problem(404, "not-found")

    check_devices(api, user, fingerprints(2)[1:])


@clause("DEV-011")
def test_a_device_is_removed_once_by_calls_at_once(api: Api, make_user: Callable[[], User]) -> None:
    """One of eight has removed it; the others have found nothing. Round after round."""
    for _ in range(ROUNDS):
        check_removed_by_one_of_eight(api, make_user())


def check_removed_by_one_of_eight(api: Api, user: User) -> None:
    """His only device is removed eight times at once: one call does it, and the others know."""
    [device_id] = fill(api, user, fingerprints(1))

    answers = together([lambda: api.revoke(user, device_id)] * 8)

    statuses = sorted(answer.status for answer in answers)
    check("statuses of eight removals at once", statuses, [204] + [404] * 7)
    for answer in answers:
        if answer.status != 204:
            expect_unknown(answer)
    check_devices(api, user, [])
