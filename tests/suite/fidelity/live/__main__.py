"""Shows where the real Stripe differs: `STRIPE_TEST_KEY=sk_test_… ./nox -s stripe_live`.

Exit code 0 without a difference, 1 with some, 2 without a test key of your own,
3 when Stripe cannot be reached with it.
"""

from __future__ import annotations

import os
import sys

import stripe

from tests.suite.fidelity.live.replay import Replay, differences, replay
from tests.suite.sandbox.conftest import running

TEST_KEYS = ("sk_test_", "rk_test_")
NO_KEY = "stripe-live: set STRIPE_TEST_KEY to a test key of your own (sk_test_…)."
LIVE_KEY = "stripe-live: STRIPE_TEST_KEY is no test key; this makes objects, in test mode only."
NOT_ASKED_WELL, UNREACHABLE = 2, 3


def refusal(key: str | None) -> str | None:
    """Why a key will not do; None when it will."""
    if not key:
        return NO_KEY
    return None if key.startswith(TEST_KEYS) else LIVE_KEY


def main() -> int:
    """Replay the flows here and there, and print each difference."""
    key = os.environ.get("STRIPE_TEST_KEY", "")
    if told := refusal(key):
        print(told, file=sys.stderr)  # noqa: T201 - a program's own words
        return NOT_ASKED_WELL
    try:
        real = _real(key)
    except stripe.StripeError as error:
        print(f"stripe-live: {error}", file=sys.stderr)  # noqa: T201 - a program's own words
        return UNREACHABLE
    with running() as url:
        client = stripe.StripeClient("sk_test_beside", base_addresses={"api": url})
        found = differences(replay(client), real)
    for each in found:
        print(each)  # noqa: T201 - a program's own words
    print(f"{len(found)} differences in {len(real.answers)} calls")  # noqa: T201 - the same
    return 1 if found else 0


def _real(key: str) -> Replay:
    sdk = stripe.StripeClient(key, max_network_retries=2)
    sdk.v1.products.list({"limit": 1})  # a key that does not fit is told before anything is made
    return replay(sdk)


if __name__ == "__main__":
    sys.exit(main())
