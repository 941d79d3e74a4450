"""What is a device and what is none: bounds from openapi.yaml, and nothing made up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from billproof.trials import check, clause
from billproof.trials.shape import expect_shape
from fixtures.api import DEVICES
from fixtures.devices import check_devices, expect_known, expect_new

if TYPE_CHECKING:
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User

NAMES = {
    "one letter": "x",
    "a hundred": "n" * 100,
    "a hundred of two bytes": "é" * 100,
    "a hundred of four bytes": "📱" * 100,
    "markup, quotes, two blanks in a row": "<b>O'Hara's  \"TV\" & \\ %41 {0}</b>",
    "blanks around it": " Ada's  ",
    "letters of two parts": "Cafe\u0301 No\u0308rd",
    "lines and a tab": "Upstairs\nleft\tby the window",
    "letters that are joined": "👩\u200d👩\u200d👧",
    # A NUL among it, of which some databases keep nothing.
    "what a terminal obeys": "\x1b[1mTV\x1b0 \x1b\x1b\0\x7f",
}
PRINTS = {
    "eight": "a1b2c3d4",
    "a hundred and twenty-eight": "f" * 128,
    "every mark": "A.z_0:9-",
    "marks alone": "........",
    "digits alone": "00000000",
}


@clause("DEV-016")
def test_a_name_is_kept_as_it_is(api: Api, stripe: Stripe, user: User) -> None:
    """Up to a hundred characters, whatever they are; bytes are not counted."""
    stripe.subscribe(user, "team")
    api.subscription_becomes(user, effective_plan="team")
    for number, (what, name) in enumerate(NAMES.items()):
        answer = api.register(user, f"device-{number}", name)
        expect_new(answer)
        check(f"name of {what}", answer["device"]["name"], name)

    listed = api.devices(user).expect(200)["devices"]
    check("names listed", [one["name"] for one in listed], list(NAMES.values()))
    for number, (what, name) in enumerate(NAMES.items()):
        again = api.register(user, f"device-{number}", name).expect(200)
        check(f"name of {what}, registered before", again["device"]["name"], name)


@clause("DEV-016")
def test_a_fingerprint_is_kept_as_it_is(api: Api, stripe: Stripe, user: User) -> None:
    """Of eight to a hundred and twenty-eight letters, digits and marks."""
    stripe.subscribe(user, "pro")
    api.subscription_becomes(user, effective_plan="pro")
    for fingerprint in PRINTS.values():
        expect_new(api.register(user, fingerprint))

    check_devices(api, user, list(PRINTS.values()))


@clause("DEV-016")
def test_fingerprints_differ_in_any_character(api: Api, stripe: Stripe, user: User) -> None:
    """In a letter's case, in noughts, in a mark or none, in the last of many: none is another's."""
    stripe.subscribe(user, "team")
    api.subscription_becomes(user, effective_plan="team")
    prints = ["abcdefgh", "ABCDEFGH", "01234567", "001234567", "f" * 127 + "0"]
    # As hardware writes its address: with one mark or the other, or without.
    prints += ["ab-cd-ef-gh", "ab:cd:ef:gh", "ab.cd.ef.gh", "ab_cd_ef_gh", "abcdefgh-"]
    ids = {one: expect_new(api.register(user, one)) for one in prints}

    for fingerprint, device_id in ids.items():
        expect_known(api.register(user, fingerprint), device_id)
    api.register(user, "f" * 127 + "1").expect(409)
    check_devices(api, user, prints)


def device(**members: Any) -> dict[str, Any]:
    """A body that is right but for `members`."""
    return {"name": "Living room", "fingerprint": "a1b2c3d4e5f6", **members}


WRONG: dict[str, object] = {
    "nothing": {},
    "no name": {"fingerprint": "a1b2c3d4e5f6"},
    "its name in capitals": {"NAME": "Living room", "fingerprint": "a1b2c3d4e5f6"},
    "null for a name": device(name=None),
    "number for a name": device(name=12345678),
    "list for a name": device(name=["Living room"]),
    "empty name": device(name=""),
    "blank name": device(name=" \t "),
    "long name": device(name="n" * 101),
    "long name of four bytes": device(name="📱" * 101),
    "no fingerprint": {"name": "Living room"},
    "its fingerprint in capitals": {"name": "Living room", "Fingerprint": "a1b2c3d4e5f6"},
    "null for a fingerprint": device(fingerprint=None),
    "number for a fingerprint": device(fingerprint=1234567890),
    "object for a fingerprint": device(fingerprint={"value": "a1b2c3d4e5f6"}),
    "empty fingerprint": device(fingerprint=""),
    "short fingerprint": device(fingerprint="a1b2c3d"),
    "long fingerprint": device(fingerprint="f" * 129),
    "space in a fingerprint": device(fingerprint="a1b2 c3d4"),
    "spaces around it": device(fingerprint=" a1b2c3d4e5f6 "),
    "line end": device(fingerprint="a1b2c3d4e5f6\n"),
    "slash": device(fingerprint="a1b2/c3d4"),
    # Between the colon and the underscore, and between both alphabets.
    "at sign": device(fingerprint="a1b2@c3d4"),
    "plus": device(fingerprint="a1b2+c3d4"),
    "equals sign": device(fingerprint="a1b2c3d4=="),
    "bracket": device(fingerprint="a1b2[c3d4"),
    "accent": device(fingerprint="a1b2`c3d4"),
    "letter beyond ASCII": device(fingerprint="a1b2c3d4é"),
    "digits beyond ASCII": device(fingerprint="١٢٣٤٥٦٧٨"),
    "nought": device(fingerprint="a1b2c3d4\0"),
    "an id": device(id="dev_mine"),
    "a secret": device(secret="s" * 40),
    "a limit": device(limit=99),
    "a list": [device()],
    "a text": "a1b2c3d4e5f6",
    "null": None,
}
NO_JSON = {
    "half": b'{"name": "Living room"',
    "a form": b"name=Living+room&fingerprint=a1b2c3d4e5f6",
    "empty": b"",
    "followed by letters": b'{"name": "Living room", "fingerprint": "a1b2c3d4e5f6"} x',
    "not UTF-8": b'{"name": "\xff\xfe", "fingerprint": "a1b2c3d4e5f6"}',
}


@clause("DEV-017")
def test_what_is_no_device_is_refused(api: Api, user: User) -> None:
    """Whatever is wrong with it; and the same device, written rightly, is new."""
    for what, body in WRONG.items():
        raw = json.dumps(body).encode()
        answer = api.call("POST", DEVICES, user, body=raw, invalid=True)
        answer.show()
        check(f"status for {what}", answer.status, 422)
        answer.expect_problem(422, "validation-failed")
        expect_shape(answer, "registerDevice")
    check_devices(api, user, [])

    expect_new(api.call("POST", DEVICES, user, json_body=device()))


@clause("DEV-017")
def test_what_is_no_json_is_refused(api: Api, user: User) -> None:
    """It is the caller's fault and no error of the backend's; nothing is registered."""
    names = {400: ("malformed-request", "validation-failed"), 422: ("validation-failed",)}
    for body in NO_JSON.values():
        answer = api.call("POST", DEVICES, user, body=body, invalid=True).expect(*names)
        answer.expect_problem(answer.status, *names[answer.status])
    check_devices(api, user, [])

    expect_new(api.call("POST", DEVICES, user, json_body=device()))


@clause("DEV-017")
def test_no_fingerprint_takes_no_place(api: Api, stripe: Stripe, user: User) -> None:
    """Five starts of an app that forgets it leave every place free."""
    stripe.subscribe(user, "pro")
    api.subscription_becomes(user, effective_plan="pro")
    for _ in range(5):
        nameless = {"name": "Living room"}
        api.call("POST", DEVICES, user, json_body=nameless, invalid=True).expect(422)

    for number in range(5):
        expect_new(api.register(user, f"device-{number}"))
