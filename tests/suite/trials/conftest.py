"""A backend that is nothing but its answers, for what fixtures make of them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import chain, repeat
from pathlib import Path

import httpx
import pytest

from billproof.run.plan import RunPlan, TargetPlan
from billproof.targets.protocol import Backend
from billproof.trials import Caller, journal
from fixtures.api import Api

ENVIRON = {"METRICS_TOKEN": "token-of-the-scraper", "TELEGRAM_BOT_TOKEN": "1:token-of-the-bot"}


@pytest.fixture
def answering(tmp_path: Path) -> Callable[..., AbstractContextManager[Api]]:
    """A backend that says one body after the other, and the last for ever or what comes `then`.

    `told` are the headers of its answers.
    """

    @contextmanager
    def backend(
        *bodies: str,
        capabilities: tuple[str, ...] | None = None,
        told: dict[str, str] | None = None,
        then: Iterator[str] | None = None,
        settle_seconds: float = 0,
    ) -> Generator[Api]:
        left: Iterator[str] = chain(bodies, then or repeat(bodies[-1]))
        edge = httpx.MockTransport(lambda _: httpx.Response(200, text=next(left), headers=told))
        plan = RunPlan(
            run_id=1,
            seed=1,
            target=TargetPlan(kind="url"),
            environ=ENVIRON,
            sandbox_url="http://127.0.0.1:9",
            capabilities=capabilities,
            settle_seconds=settle_seconds,
            out=tmp_path,
            scratch=tmp_path,
        )
        journal.begin()
        with httpx.Client(transport=edge) as http:
            yield Api(Caller(Backend("http://127.0.0.1:1", ENVIRON), http, tmp_path), plan)

    return backend
