"""Signing webhooks as Stripe does, and every broken signature that a trial needs.

Outside rule: Stripe's `Stripe-Signature: t=<unix>,v1=<hex>[,v1=<hex>…]`, where each value
is HMAC-SHA256 over `<t>.<body bytes>`, keyed with the whole `whsec_…` string.
"""

from __future__ import annotations

import hashlib
import hmac
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field

SECRETS_VARIABLE = "STRIPE_WEBHOOK_SECRET"
NONE = "none"
"""The value that adds nothing: flags cannot say that a list is empty."""


def digest(secret: str, timestamp: int, body: bytes) -> str:
    """The lower-case hex digest that Stripe sends as `v1`."""
    return hmac.new(secret.encode(), b"%d." % timestamp + body, hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class StripeSignature:
    """A recipe for the header; the default is what Stripe sends.

    `values` lists what stands in the header, in order: the number of a configured secret
    ("0", "1"), or "wrong" for a digest under a secret that nobody has, or "other:TEXT" for
    one under the secret TEXT. No values at all, written "none" in flags, is a header
    without a digest.
    """

    age_seconds: int = 0
    """How long ago it was signed; negative is ahead of the clock."""
    values: tuple[str, ...] = ("0",)
    scheme: str = "v1"
    keep_digits: int | None = None
    """Truncate each digest to so many digits; None keeps all 64."""
    without_timestamp: bool = False
    extra: tuple[str, ...] = field(default=())
    """Further parts put behind the rest, as they are."""

    def sign(self, body: bytes, environ: Mapping[str, str], now: float) -> str:
        """The header's value for `body`, with the secrets of STRIPE_WEBHOOK_SECRET.

        IndexError or ValueError when one of `values` names no secret.
        """
        timestamp = int(now) - self.age_seconds
        secrets = environ[SECRETS_VARIABLE].split(",")
        parts = [] if self.without_timestamp else [f"t={timestamp}"]
        for value in self.values:
            if value == NONE:
                continue
            hexadecimal = digest(_secret(value, secrets), timestamp, body)
            parts.append(f"{self.scheme}={hexadecimal[: self.keep_digits]}")
        return ",".join([*parts, *self.extra])

    def arguments(self) -> list[str]:
        """The flags of `billproof sign webhook` that make the same recipe."""
        flags: list[str] = []
        if self.age_seconds:
            flags += ["--age", str(self.age_seconds)]
        if self.values != ("0",):
            flags += [part for value in self.values or (NONE,) for part in ("--value", value)]
        if self.scheme != "v1":
            flags += ["--scheme", self.scheme]
        if self.keep_digits is not None:
            flags += ["--keep-digits", str(self.keep_digits)]
        if self.without_timestamp:
            flags.append("--without-timestamp")
        return flags + [part for extra in self.extra for part in ("--extra", extra)]

    def shell(self) -> str:
        """Shell text that makes the header's value; `{body}` stands for the body's file."""
        return f"$(billproof sign webhook {shlex.join(self.arguments())} < {{body}})".replace(
            "  ", " "
        )


def _secret(value: str, secrets: list[str]) -> str:
    if value == "wrong":
        return "whsec_nobody_has_this_one"
    if value.startswith("other:"):
        return value.removeprefix("other:")
    if not value.isdecimal():
        raise ValueError(f"{value!r} names no secret")
    return secrets[int(value)].strip()
