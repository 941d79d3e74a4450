"""`billproof sign`: a printed curl line makes again what has expired."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from urllib.parse import parse_qsl

import pytest

from billproof.initdata import InitData
from billproof.signature import StripeSignature

ENVIRON = {"TELEGRAM_BOT_TOKEN": "7:AAtoken", "STRIPE_WEBHOOK_SECRET": "whsec_one,whsec_two"}
BODY = b'{"id":"evt_1"}\n'


def sign(*arguments: str, body: bytes = b"") -> str:
    """What the command prints, without the line's end."""
    run = subprocess.run(
        [sys.executable, "-m", "billproof", "sign", *arguments],
        input=body,
        env={**os.environ, **ENVIRON},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.decode().removesuffix("\n")


@pytest.mark.parametrize(
    "recipe",
    [
        InitData(user_id=5, auth_date="1700000000"),
        InitData(
            user_id=6,
            first_name="Zoë & co",
            username="z",
            language_code="uk",
            auth_date="soon",
            extra=(("signature", "a+b/c="), ("empty", "")),
            replace=(("auth_date", "1"),),
            unsigned=(("more", "x y"),),
            drop=("empty",),
            key="swapped",
            flip_digit=3,
        ),
        InitData(user_json='{"id":"7"}', auth_date="9", omit=("query_id",), keep_digits=10),
        InitData(user_id=8, auth_date="10", token="8:AAother", key="login-widget"),
    ],
)
def test_init_data_is_made_again_from_its_flags(recipe: InitData) -> None:
    """The command and the trial that failed sign the same."""
    expected = recipe.sign(ENVIRON["TELEGRAM_BOT_TOKEN"], now=0)

    assert sign("initdata", *recipe.arguments()) == expected


def test_init_data_without_a_flag_are_of_a_user_who_can_be() -> None:
    """No backend need let in the user 0; a flag names another."""
    ids = [
        json.loads(dict(parse_qsl(sign("initdata", *flags)))["user"])["id"]
        for flags in ((), ("--user=5",))
    ]

    assert ids[0] > 0
    assert ids[1] == 5


def test_init_data_is_signed_now() -> None:
    """That is what it is for: what a curl line holds expires."""
    before = int(time.time())
    fields = dict(part.split("=") for part in sign("initdata", "--user=5").split("&"))

    assert before <= int(fields["auth_date"]) <= time.time()


@pytest.mark.parametrize(
    "recipe",
    [
        StripeSignature(),
        StripeSignature(values=("1", "wrong", "0"), extra=("v0=abc",)),
        StripeSignature(values=("other:whsec_x",), scheme="v0", keep_digits=12),
        StripeSignature(values=(), without_timestamp=True, extra=("v1=abc",)),
    ],
)
def test_a_webhook_signature_is_made_again_from_its_flags(recipe: StripeSignature) -> None:
    """Over the bytes of stdin, with the secrets of the environment."""
    made = sign("webhook", *recipe.arguments(), body=BODY)

    signed_at = int(made.partition(",")[0].removeprefix("t=")) if made.startswith("t=") else 0
    assert made == recipe.sign(BODY, ENVIRON, now=signed_at)
