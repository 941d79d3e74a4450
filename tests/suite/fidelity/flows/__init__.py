"""What a backend does with Stripe, through the official SDK, one flow for each noun.

A flow yields what each of its calls answered. Those in `PLAIN` need nothing but Stripe and
run on the real one too; those in `LEVERED` move the sandbox by its levers.
"""

from __future__ import annotations

from collections.abc import Callable

import stripe

from billproof.sandbox.client import Sandbox
from tests.suite.fidelity.flows import billing, levered, selling, subscribing
from tests.suite.fidelity.flows.steps import Steps

PLAIN: tuple[Callable[[stripe.StripeClient], Steps], ...] = (
    selling.catalogue,
    selling.buyer,
    selling.shopper,
    selling.listener,
    subscribing.subscriber,
    subscribing.trial,
    subscribing.items,
    subscribing.month,
    billing.debtor,
    billing.drafts,
    billing.payments,
    billing.cards,
)
LEVERED: tuple[Callable[[stripe.StripeClient, Sandbox], Steps], ...] = (
    levered.paid_checkout,
    levered.portal,
    levered.heard,
    levered.late_payer,
    levered.quarrel,
)
