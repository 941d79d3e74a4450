"""What trials of devices check is looked at, part by part."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager

import httpx
import pytest

from billproof.errors import Violation
from billproof.trials import journal
from billproof.trials.answer import PROBLEM, Answer
from fixtures.api import Api
from fixtures.devices import (
    check_devices,
    check_differ,
    check_same,
    expect_full,
    expect_known,
    expect_new,
    expect_unknown,
    fingerprints,
    said_alike,
)
from fixtures.users import User

JSON = {"Content-Type": "application/json"}
Answering = Callable[..., AbstractContextManager[Api]]
DEVICE = {
    "id": "dev_1a2b3c",
    "name": "Living room",
    "fingerprint": "a1b2c3d4",
    "created_at": "2026-11-23T14:30:05Z",
}


@pytest.fixture(autouse=True)
def kept() -> journal.Journal:
    """The journal of a trial that has begun."""
    return journal.begin()


def answered(status: int, document: object, media_type: str = "application/json") -> Answer:
    """An answer to a registration or to a removal."""
    headers = httpx.Headers({"Content-Type": media_type})
    body = json.dumps(document).encode()
    return Answer("POST /devices", status, headers, body, seconds=0.1, exchange=0)


def refused(status: int, name: str, **more: object) -> Answer:
    """A problem document."""
    told = {"type": PROBLEM + name, "title": "No", "status": status, **more}
    return answered(status, told, "application/problem+json")


NEW = answered(201, {"device": DEVICE, "secret": "s" * 43})
KNOWN = answered(200, {"device": DEVICE})


def test_a_device_is_new_or_known() -> None:
    """A new one is 201 and has a secret, a known one is 200 and has none."""
    assert expect_new(NEW) == "dev_1a2b3c"
    expect_known(KNOWN, "dev_1a2b3c")

    for answer in (KNOWN, answered(201, {"device": DEVICE})):
        with pytest.raises(Violation):
            expect_new(answer)
    secret = {"device": DEVICE, "secret": "s" * 43}
    nameless = {"device": {"id": "dev_1a2b3c"}}
    for answer in (
        NEW,
        answered(200, secret),
        answered(201, KNOWN.document),
        answered(200, nameless),
    ):
        with pytest.raises(Violation):
            expect_known(answer, "dev_1a2b3c")
    with pytest.raises(Violation, match="device of"):
        expect_known(KNOWN, "dev_other")
    with pytest.raises(Violation, match=r"members of .*: expected no secret, got one"):
        expect_known(answered(200, secret), "dev_1a2b3c")


def test_a_list_has_these_devices_in_this_order(answering: Answering) -> None:
    """And this limit, where it matters."""
    told = {"devices": [DEVICE | {"fingerprint": one} for one in ("a1b2c3d4", "e5f6a7b8")]}
    user = User(7, "Ada", "ada", "en")
    with answering(json.dumps(told | {"limit": 5}), told=JSON) as api:
        check_devices(api, user, ["a1b2c3d4", "e5f6a7b8"])
        answer = check_devices(api, user, ["a1b2c3d4", "e5f6a7b8"], limit=5)

        assert answer["limit"] == 5
        for prints in (["a1b2c3d4"], ["e5f6a7b8", "a1b2c3d4"], []):
            with pytest.raises(Violation, match="fingerprints listed"):
                check_devices(api, user, prints)
        with pytest.raises(Violation, match="limit of the list"):
            check_devices(api, user, ["a1b2c3d4", "e5f6a7b8"], limit=2)
    with answering(json.dumps(told), told=JSON) as api, pytest.raises(Violation, match="openapi"):
        check_devices(api, user, ["a1b2c3d4", "e5f6a7b8"])


def test_a_refusal_is_the_one_that_is_expected() -> None:
    """Full and unknown are told apart, and where it happened is left out."""
    expect_full(refused(409, "device-limit-reached"))
    told = expect_unknown(refused(404, "not-found", instance="/api/v1/devices/1"))

    assert told == {"type": PROBLEM + "not-found", "title": "No", "status": 404}
    with pytest.raises(Violation):
        expect_full(refused(404, "not-found"))
    with pytest.raises(Violation):
        expect_unknown(refused(409, "device-limit-reached"))


def test_the_same_device_may_be_told_more_finely() -> None:
    """A second apart is the same second, told otherwise."""
    for instant in (DEVICE["created_at"], "2026-11-23T14:30:06Z", "2026-11-23T14:30:05.5+00:00"):
        check_same("the device", DEVICE | {"created_at": instant}, DEVICE)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("id", "dev_2"),
        ("name", "Kitchen"),
        ("fingerprint", "a1b2c3d5"),
        ("created_at", "2026-11-23T14:30:07Z"),
        ("created_at", "2026-11-23T14:30:03Z"),
        ("created_at", "yesterday"),
    ],
)
def test_another_device_is_a_violation(member: str, value: str) -> None:
    """The finding names the member."""
    with pytest.raises(Violation, match=f"{member} of the device"):
        check_same("the device", DEVICE | {member: value}, DEVICE)


def test_values_that_are_the_same_are_a_violation() -> None:
    """The finding says how many differ."""
    check_differ("secrets", ["a", "b", "c"])

    with pytest.raises(Violation, match="2 of 3 differ"):
        check_differ("secrets", ["a", "b", "a"])


def test_what_two_answers_say_alike_is_theirs() -> None:
    """What changes from answer to answer, a trace's id, is in neither."""
    assert said_alike({"status": 404, "trace": 1}, {"status": 404, "trace": 2}) == {"status"}


def test_fingerprints_differ() -> None:
    """As many as are wanted."""
    assert fingerprints(2, "phone") == ["phone-0001", "phone-0002"]
