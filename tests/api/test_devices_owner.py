"""Whose devices they are: each user's own, and nobody else's affair."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from billproof.trials import check, clause, together
from fixtures.api import DEVICES
from fixtures.devices import (
    check_devices,
    check_differ,
    check_same,
    expect_full,
    expect_known,
    expect_new,
    expect_unknown,
    fill,
    said_alike,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from billproof.trials import Answer
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User

MALFORMED = ("0", "-1", "dev_", "null", "*", "%", "' OR '1'='1", "dev_ü", "x" * 300)
"""Ids that no backend gave out, each of them a path segment once it is escaped."""


PERHAPS_NO_PATH = ("%00", "%ff%fe", "..%2f..%2fdevices", "%2e%2e")
"""Segments that some servers refuse before they look for a device."""


def headers_that_tell(answer: Answer) -> list[str]:
    """The names of its headers: one more or less would be a difference."""
    ignored = {"date", "connection", "keep-alive", "x-request-id", "request-id", "traceparent"}
    return sorted({name.lower() for name in answer.headers} - ignored)


@clause("DEV-012")
def test_another_users_device_is_as_unknown_as_any(api: Api, user: User, other: User) -> None:
    """The stranger is told what he is told of an id that was never given out."""
    [device_id] = fill(api, user, ["a1b2c3d4e5f6"])
    [lost] = fill(api, other, ["f6e5d4c3b2a1"])
    api.revoke(other, lost).expect(204)

    foreign = api.revoke(other, device_id)

    told = expect_unknown(foreign)
    lasting = lasting_members(api, other, device_id)
    for what, nothing in (
        ("an id changed in its last character", device_id[:-1] + changed(device_id[-1])),
        ("an id that was his and is removed", lost),
    ):
        unknown = api.revoke(other, nothing)
        check_says_the_same(f"problem for {what}", expect_unknown(unknown), told, lasting)
        check(f"headers for {what}", headers_that_tell(unknown), headers_that_tell(foreign))
    check_devices(api, user, ["a1b2c3d4e5f6"])
    api.revoke(user, device_id).expect(204)


def lasting_members(api: Api, user: User, device_id: str) -> Collection[str]:
    """Those that say the same of two ids that were never given out: neither a trace nor a path."""
    ends = [end for end in "012" if end != device_id[-1]]
    one, another = (expect_unknown(api.revoke(user, device_id[:-1] + end)) for end in ends[:2])
    return said_alike(one, another)


def check_says_the_same(
    what: str,
    problem: Mapping[str, object],
    told: Mapping[str, object],
    lasting: Collection[str],
) -> None:
    """The same members, and of those that last the same values."""
    check(f"members of the {what}", sorted(problem), sorted(told))
    wanted = {name: told[name] for name in lasting}
    check(what, {name: problem[name] for name in lasting}, wanted)


def changed(letter: str) -> str:
    """Another letter or digit."""
    return "1" if letter == "0" else "0"


@clause("DEV-012")
def test_a_malformed_id_is_unknown(api: Api, user: User, other: User) -> None:
    """Nothing of it reaches a database that would choke on it, or match too much."""
    [device_id] = fill(api, user, ["a1b2c3d4e5f6"])
    told = expect_unknown(api.revoke(other, device_id))
    lasting = lasting_members(api, other, device_id)
    # Where a backend calls a device by its fingerprint, that is its id.
    beside = {"a1b2c3d4e5f6", "a1b2c3d4"} - {device_id}
    for identifier in (*MALFORMED, *sorted(beside)):
        problem = expect_unknown(api.revoke(user, identifier))
        check_says_the_same(f"problem for the id {identifier[:20]!r}", problem, told, lasting)
    for segment in PERHAPS_NO_PATH:
        api.call("DELETE", f"{DEVICES}/{segment}", user).expect(400, 401, 404, 405)

    check_devices(api, user, ["a1b2c3d4e5f6"])
    api.revoke(user, device_id).expect(204)


@clause("DEV-013")
def test_one_fingerprint_of_two_users_is_two_devices(api: Api, user: User, other: User) -> None:
    """Each has his own id and secret; what one does leaves the other's as it was."""
    mine = api.register(user, "a1b2c3d4e5f6", "Mine")
    his = api.register(other, "a1b2c3d4e5f6", "His")
    ids = [expect_new(mine), expect_new(his)]
    check_differ("ids of two devices", ids)
    check_differ("secrets of two devices", [mine["secret"], his["secret"]])
    for who, answer in ((user, mine), (other, his)):
        listed = check_devices(api, who, ["a1b2c3d4e5f6"], limit=1)
        check_same("the device listed", listed["devices"][0], answer["device"])

    api.revoke(user, ids[0]).expect(204)

    check_devices(api, user, [])
    expect_known(api.register(other, "a1b2c3d4e5f6"), ids[1])


@clause("DEV-013")
def test_ids_that_differ_in_the_highest_bit_have_a_list_each(api: Api, user: User) -> None:
    """Whoever keeps the lower bits alone takes one user for the other."""
    people = (user, user.alike())

    ids = [expect_new(api.register(one, "a1b2c3d4e5f6")) for one in people]

    check_differ("ids of two devices", ids)
    for one in people:
        check_devices(api, one, ["a1b2c3d4e5f6"], limit=1)


@clause("DEV-013")
def test_devices_at_the_same_moment_are_each_their_users_own(
    api: Api, make_user: Callable[[], User]
) -> None:
    """Six users register at once, look at once, and three of them remove at once."""
    people = [make_user() for _ in range(6)]
    prints = {one: f"the-only-one-of-{one.id}" for one in people}
    made = together([partial(api.register, one, prints[one]) for one in people])
    ids = dict(zip(people, (expect_new(answer) for answer in made), strict=True))

    seen = together([partial(api.devices, one) for one in people])
    gone = together([partial(api.revoke, one, ids[one]) for one in people[:3]])

    for one, answer in zip(people, seen, strict=True):
        listed = [each["fingerprint"] for each in answer.expect(200)["devices"]]
        check("fingerprints of one of six who look at once", listed, [prints[one]])
    for answer in gone:
        answer.expect(204)
    for one in people:
        check_devices(api, one, [] if one in people[:3] else [prints[one]])


@clause("DEV-013")
def test_places_are_each_users_own(api: Api, stripe: Stripe, user: User, other: User) -> None:
    """A full list of one user's takes no place from another, and his plan gives none."""
    stripe.subscribe(user, "basic")
    api.subscription_becomes(user, effective_plan="basic")
    fill(api, user, ["his-first", "his-second"])
    expect_full(api.register(user, "his-third"))

    query = f"user_id={user.id}&telegram_user_id={user.id}"
    body = {"name": "Living room", "fingerprint": "the-others"}
    expect_new(api.call("POST", f"{DEVICES}?{query}", other, json_body=body, invalid=True))

    expect_full(api.register(other, "the-others-second"))
    seen = api.call("GET", f"{DEVICES}?{query}", other, invalid=True).expect(200)
    listed = [one["fingerprint"] for one in seen["devices"]]
    check("fingerprints listed, whoever is named", listed, ["the-others"])
    check_devices(api, user, ["his-first", "his-second"], limit=2)
