"""Webhook signatures: judged by Stripe's own library, and broken as asked."""

from __future__ import annotations

import time

import pytest
import stripe
from typer.testing import CliRunner

from billproof.cli.commands.sign import sign
from billproof.signature import SECRETS_VARIABLE, StripeSignature, digest

FIRST, SECOND = "whsec_first_of_two", "whsec_second_of_two"
ENVIRON = {SECRETS_VARIABLE: f"{FIRST},{SECOND}"}
BODY = '{"id":"evt_1", "name":"Zoë \\u00eb"}\n'.encode()
TOLERANCE = 300

RECIPES = {
    "honest": StripeSignature(),
    "old": StripeSignature(age_seconds=310),
    "ahead": StripeSignature(age_seconds=-60),
    "wrong and right": StripeSignature(values=("wrong", "1")),
    "another's": StripeSignature(values=("other:whsec_another's one",)),
    "v0": StripeSignature(scheme="v0"),
    "cut": StripeSignature(keep_digits=32),
    "blank": StripeSignature(keep_digits=0),
    "no value": StripeSignature(values=()),
    "no time": StripeSignature(without_timestamp=True),
    "more": StripeSignature(extra=("v0=00", "v2=x")),
}
EACH = pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)


def accepted(recipe: StripeSignature, secret: str, body: bytes = BODY) -> bool:
    """What Stripe's own verification says of the recipe's header, signed now."""
    header = recipe.sign(BODY, ENVIRON, time.time())
    try:
        stripe.WebhookSignature.verify_header(body.decode(), header, secret, TOLERANCE)
    except stripe.SignatureVerificationError:
        return False
    return True


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("honest", FIRST),
        ("ahead", FIRST),
        ("wrong and right", SECOND),
        ("more", FIRST),
        ("another's", "whsec_another's one"),
    ],
)
def test_stripes_own_verification_accepts(name: str, secret: str) -> None:
    """Under the secret that signed, and under no other."""
    assert accepted(RECIPES[name], secret)
    assert not accepted(RECIPES[name], "whsec_of_nobody")


@pytest.mark.parametrize("name", ["old", "v0", "cut", "blank", "no value", "no time"])
def test_stripes_own_verification_refuses(name: str) -> None:
    """Each of these is broken in one way; the honest one beside it is accepted."""
    assert accepted(RECIPES["honest"], FIRST)
    assert not accepted(RECIPES[name], FIRST)


def test_the_body_is_signed_byte_by_byte() -> None:
    """One blank more is another body."""
    assert accepted(StripeSignature(), FIRST)
    assert not accepted(StripeSignature(), FIRST, BODY + b" ")


def test_several_values_stand_in_the_order_asked_for() -> None:
    """A verifier that keeps the first or the last value only must be caught."""
    header = StripeSignature(values=("1", "wrong", "0")).sign(BODY, ENVIRON, 1_795_444_205.9)

    parts = header.split(",")
    assert parts[0] == "t=1795444205"
    assert parts[1] == f"v1={digest(SECOND, 1_795_444_205, BODY)}"
    assert parts[3] == f"v1={digest(FIRST, 1_795_444_205, BODY)}"
    assert len(set(parts)) == 4


@pytest.mark.parametrize("value", ["-1", "x", "", "²"])
def test_a_value_that_names_no_secret_is_refused(value: str) -> None:
    """Counting from the end would sign with a secret that nobody asked for."""
    with pytest.raises(ValueError, match="names no secret"):
        StripeSignature(values=(value,)).sign(BODY, ENVIRON, 0)


def test_a_number_beyond_the_secrets_is_refused() -> None:
    """There are two, counted from 0."""
    with pytest.raises(IndexError):
        StripeSignature(values=("2",)).sign(BODY, ENVIRON, 0)


@EACH
def test_the_command_line_makes_the_same_header(recipe: StripeSignature) -> None:
    """`billproof sign webhook` prints what the recipe signs, at the time it says."""
    before = int(time.time())

    told = CliRunner().invoke(sign, ["webhook", *recipe.arguments()], env=ENVIRON, input=BODY)

    clock = range(before, int(time.time()) + 1)
    assert told.stdout.rstrip("\n") in {recipe.sign(BODY, ENVIRON, now) for now in clock}
