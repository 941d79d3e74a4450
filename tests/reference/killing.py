"""`python -m tests.reference.killing URL`: kill the backend between any two of its steps.

URL is of a migrated and empty database; each time it is emptied again. A step is a statement or a
commit on it, or a call to Stripe. For every number of steps a copy of the process takes the event
and is killed after that many; another then gets the same event again. A line of JSON tells what
that one has answered, and what it knows.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import warnings
from collections.abc import Callable, Mapping

import httpx
import respx
from sqlalchemy import delete, event
from sqlalchemy.engine import Engine

from reference_impl import leases
from reference_impl.store import Base, Store
from tests.reference.backend import ADA, Backend, Event, environ_at, started
from tests.reference.shapes import CUSTOMERS, SUBSCRIPTIONS
from tests.reference.stripe_answers import Subscription, customer, page

MOST_STEPS = 200


class Steps:
    """Counts them, and kills this process after so many."""

    def __init__(self, most: int) -> None:
        self.left = most

    def take(self, *_: object, **__: object) -> None:
        """One more."""
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= 1


def watch(steps: Steps) -> None:
    """Count whatever leaves the process, just before it does."""
    for moment in ("begin", "before_cursor_execute", "commit"):
        event.listen(Engine, moment, steps.take)


async def deliver(environ: Mapping[str, str], steps: Steps | None = None) -> dict[str, object]:
    """Deliver the event to a backend on this database; its answer, and what is known then."""
    with respx.mock(base_url=environ["STRIPE_API_BASE"], assert_all_called=False) as stripe:
        answers = {
            f"{CUSTOMERS}/cus_ada": customer("cus_ada", ADA),
            SUBSCRIPTIONS: page(Subscription(status="past_due")),
        }
        async with started(environ) as backend:
            for path, answer in answers.items():
                stripe.get(path).mock(side_effect=_answering(steps, answer))
            if steps:
                watch(steps)
            return await _delivered(backend)


def _answering(
    steps: Steps | None, answer: httpx.Response
) -> Callable[[httpx.Request], httpx.Response]:
    def called(_: httpx.Request) -> httpx.Response:
        if steps:
            steps.take()
        return answer

    return called


async def _delivered(backend: Backend) -> dict[str, object]:
    answer = await backend.deliver(Event())
    known = (await backend.subscription())["status"]
    return {"status": answer.status_code, "outcome": answer.json()["outcome"], "known": known}


def in_a_process_of_its_own(work: Callable[[], object]) -> int:
    """Do it in a copy of this process; its wait status."""
    if child := os.fork():
        return os.waitpid(child, 0)[1]
    work()
    sys.stdout.flush()
    os._exit(0)


def main(url: str) -> None:
    """One line for each number of steps, until the event is taken without a kill."""
    warnings.simplefilter("ignore")
    environ = environ_at(url)
    for most in range(MOST_STEPS):
        ended = in_a_process_of_its_own(lambda: asyncio.run(deliver(environ, Steps(most))))  # noqa: B023 - done before the next
        in_a_process_of_its_own(lambda: asyncio.run(_tell(most, environ)))  # noqa: B023 - the same
        if ended == 0:
            break


async def _tell(most: int, environ: Mapping[str, str]) -> None:
    told = {"steps": most, **await deliver(environ)}
    print(json.dumps(told))  # noqa: T201 - its answer
    await _empty(Store(environ["DATABASE_URL"]))


async def _empty(store: Store) -> None:
    async with store.write() as session:
        for table in reversed(Base.metadata.sorted_tables):
            await session.execute(delete(table))
    await store.close()


if __name__ == "__main__":
    # What the dead have held is free soon: how long they may hold it is another test's affair.
    leases.LEASE_MILLISECONDS = 50
    main(sys.argv[1])
