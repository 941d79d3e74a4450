"""Stripe-Signature, part by part: one instant, known digests, and nothing else that counts."""

from __future__ import annotations

import hashlib
import hmac
import time
from typing import TYPE_CHECKING

from billproof.signature import StripeSignature, digest
from billproof.trials import check, clause
from fixtures.api import WEBHOOK

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from billproof.sandbox.client import Event
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User

OLD_SECONDS = 3600
KEYS = ("STRIPE_SECRET_KEY", "TELEGRAM_BOT_TOKEN", "METRICS_TOKEN")
"""What is secret too, and signs no event."""


def secrets_of(environ: Mapping[str, str]) -> list[str]:
    """The configured secrets."""
    return [one.strip() for one in environ["STRIPE_WEBHOOK_SECRET"].split(",")]


def signed_by(secret: str, text: bytes) -> str:
    """The digest of any text under any secret."""
    return hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()


def unpaid(api: Api, stripe: Stripe, user: User) -> Event:
    """A subscription that is no longer paid for, of which the backend has not heard."""
    subscription = stripe.subscribe(user, "pro")
    api.subscription_becomes(user, status="active")
    stripe.change(subscription, status="unpaid")
    return stripe.undelivered(user)[-1]


def check_refused(api: Api, body: str, header: str, what: str) -> None:
    """400 for this header."""
    answer = api.webhook(body, header)
    answer.show()
    check(f"status for a header {what}", answer.status, 400)
    answer.expect_problem(400, "invalid-signature")


INSTANTS = {
    "whose t is blank": "",
    "whose t is a word": "now",
    "whose t is negative": "-1",
    "whose t is no whole number": "{now}.0",
    "whose t is in groups": "0_{now}",
    "whose t has another base": "0x{now:x}",
    "whose t is a date": "2026-11-28T07:49:03Z",
    "whose t is not a number": "NaN",
    "whose t is infinite": "Infinity",
}
LEFT_OUT = {
    "without t, signed for the body": b"",
    "without t, signed for a blank one": b".",
    "without t, signed for None": b"None.",
    "without t, signed for null": b"null.",
    "without t, signed for undefined": b"undefined.",
    "without t, signed for 0": b"0.",
}


@clause("WHK-018")
def test_an_instant_that_is_none_is_refused(api: Api, stripe: Stripe, user: User) -> None:
    """The digests fit, so the instant alone is wrong; with a right one the event is taken."""
    event = unpaid(api, stripe, user)
    body, secret = event.body.encode(), secrets_of(api.environ)[0]
    for what, form in INSTANTS.items():
        instant = form.format(now=int(time.time()))
        fitting = signed_by(secret, instant.encode() + b"." + body)
        check_refused(api, event.body, f"t={instant},v1={fitting}", what)
    for what, prefix in LEFT_OUT.items():
        check_refused(api, event.body, f"v1={signed_by(secret, prefix + body)}", what)

    stripe.deliver_event(event).expect_success()

    api.subscription_becomes(user, status="unpaid", access=False)


@clause("WHK-019")
def test_a_second_instant_makes_nothing_young(api: Api, stripe: Stripe, user: User) -> None:
    """Whichever of the two is verified, and whichever is compared with the clock."""
    event = unpaid(api, stripe, user)
    now = int(time.time())
    captured = digest(secrets_of(api.environ)[0], now - OLD_SECONDS, event.body.encode())
    old, young, fits = f"t={now - OLD_SECONDS}", f"t={now}", f"v1={captured}"

    for parts in (
        (old, young, fits),
        (young, old, fits),
        (old, fits, young),
        (young, fits, old),
        (old, young, old, fits),
    ):
        check_refused(api, event.body, ",".join(parts), f"with {len(parts) - 1} instants")

    stripe.deliver_event(event).expect_success()
    api.subscription_becomes(user, status="unpaid", access=False)


WAYS = 5


def arranged(environ: Mapping[str, str], body: bytes) -> Iterator[str]:
    """Genuine headers, each written otherwise than Stripe's usual one."""
    now = int(time.time())
    stamp, fits = f"t={now}", f"v1={digest(secrets_of(environ)[0], now, body)}"
    wrong = "v1=" + "0" * 64
    yield f"{fits},{stamp}"
    yield f"{wrong},{fits},{stamp}"
    yield f"v0={'0' * 64},{stamp},{fits}"
    yield f"{stamp},v2={'0' * 128},{fits},x=1"
    yield f"v10={'0' * 64},tt=1,{stamp},{fits}"


@clause("WHK-020")
def test_parts_count_by_their_names(api: Api, stripe: Stripe, user: User) -> None:
    """Not by their places, nor by what stands beside them; without a digest it is 400."""
    subscription = stripe.subscribe(user, "pro")
    for number in range(WAYS):
        status = ("past_due", "active")[number % 2]
        stripe.change(subscription, status=status)
        event = stripe.undelivered(user)[-1]
        stripe.mark_delivered(event)
        headers = list(arranged(api.environ, event.body.encode()))
        check("ways to arrange a header", len(headers), WAYS)
        api.webhook(event.body, headers[number]).expect_success()
        api.subscription_becomes(user, status=status)

    check_refused(api, event.body, f"x=1,t={int(time.time())},v2={'0' * 64}", "without v1")


def strange_secrets(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What is near a configured secret, or secret for another purpose."""
    genuine = secrets_of(environ)
    yield "the blank one", ""
    yield "all of them in one", environ["STRIPE_WEBHOOK_SECRET"]
    for one in genuine:
        yield "one without its prefix", one.removeprefix("whsec_")
        yield "one cut by a letter", one[:-1]
        yield "one with a letter more", f"{one}x"
        yield "one in capitals", one.upper()
    for name in KEYS:
        yield f"the one of {name}", environ.get(name, "")
    yield "the word secret", "secret"
    yield "a prefix alone", "whsec_"


OWN_SECRET = "whsec_of_the_caller"
BROUGHT = (
    *("X-Webhook-Secret", "X-Stripe-Webhook-Secret", "X-Djstripe-Webhook-Secret"),
    *("Stripe-Webhook-Secret", "X-Stripe-Secret"),
)
"""Where a caller may bring a secret along; a library once took it from such a header."""


@clause("WHK-021")
def test_no_secret_comes_along(api: Api, stripe: Stripe, user: User) -> None:
    """Neither in a header nor in the query; without it the event is taken."""
    event = unpaid(api, stripe, user)
    now, body = int(time.time()), event.body.encode()
    header = f"t={now},v1={digest(OWN_SECRET, now, body)}"
    brought = dict.fromkeys(BROUGHT, OWN_SECRET)
    api.webhook(body, header, headers=brought).expect_problem(400, "invalid-signature")
    asked = f"{WEBHOOK}?secret={OWN_SECRET}&webhook_secret={OWN_SECRET}"
    api.webhook(body, header, path=asked, invalid=True).expect_or_refused(400)

    stripe.deliver_event(event).expect_success()
    api.subscription_becomes(user, status="unpaid", access=False)


@clause("WHK-021")
def test_no_other_secret_signs(api: Api, stripe: Stripe, user: User) -> None:
    """Each configured one does."""
    event = unpaid(api, stripe, user)
    now, body = int(time.time()), event.body.encode()
    genuine = secrets_of(api.environ)
    for what, secret in strange_secrets(api.environ):
        if secret not in genuine:
            header = f"t={now},v1={digest(secret, now, body)}"
            check_refused(api, event.body, header, f"under {what}")

    for number in range(len(genuine)):
        api.webhook(event.body, StripeSignature(values=(str(number),))).expect_success()
    api.subscription_becomes(user, status="unpaid", access=False)
