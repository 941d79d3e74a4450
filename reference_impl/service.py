"""What the operations share: settings, store, Stripe and counters."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from reference_impl.metrics import Metrics
from reference_impl.problems import provider_unavailable
from reference_impl.provider import Provider, ProviderError
from reference_impl.settings import Settings
from reference_impl.store import Store

ANSWER_SECONDS = 8.0
"""The contract wants an answer within 10 s; the rest is for the way back."""


@dataclass(frozen=True)
class Service:
    """The parts of one running backend."""

    settings: Settings
    store: Store
    provider: Provider
    metrics: Metrics


@asynccontextmanager
async def answering_in_time() -> AsyncIterator[None]:
    """Whatever Stripe does inside, the answer is a problem document, and in time."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            yield
    except (ProviderError, TimeoutError) as failure:
        raise provider_unavailable() from failure
