"""The process: one socket, one event loop, all accounts in memory."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
import uvloop
from starlette.applications import Starlette

from billproof.errors import UsageError
from billproof.sandbox.api.connections import serving
from billproof.sandbox.api.door import Api
from billproof.sandbox.control.routes import control_routes
from billproof.sandbox.front import Front, no_route, own_hosts
from billproof.sandbox.objects.catalogue import Plan, read_plans
from billproof.sandbox.objects.errors import StripeError
from billproof.sandbox.options import SandboxOptions, refuse_nonsense
from billproof.sandbox.pages.routes import page_routes
from billproof.sandbox.tenants.tenants import Tenants
from billproof.sandbox.tenants.ticking import tick
from billproof.sandbox.webhooks.delivery import Courier
from billproof.suite import suite_root

if TYPE_CHECKING:
    from billproof.sandbox.state.keeper import Keeper

TICK_SECONDS = 0.2
KEPT_ALIVE_SECONDS = 75
COLLECTED_AFTER = (20_000, 20, 100)
"""The thresholds of Python's garbage collector; by itself it has (700, 10, 10)."""


def serve(options: SandboxOptions) -> None:
    """Run until a signal or the end of standard input; UsageError when it cannot start."""
    refuse_nonsense(options)
    plans = read_plans(options.plans or suite_root() / "contracts" / "plans.json")
    listener = _listen(options)
    port = listener.getsockname()[1]
    host = f"[{options.host}]" if ":" in options.host else options.host
    own = f"http://{host}:{port}"
    app = build_app(options, plans, options.advertise or own)
    config = uvicorn.Config(
        app,
        http=serving(app.answer),
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=1,
        # Longer than clients keep an idle connection: who calls as it is closed hears a reset.
        timeout_keep_alive=KEPT_ALIVE_SECONDS,
    )
    # Thousands of objects stay for good; to look through them all for cycles again and again
    # would take a fifth of the time.
    gc.freeze()
    gc.set_threshold(*COLLECTED_AFTER)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_run(uvicorn.Server(config), listener, own, options))


def build_app(options: SandboxOptions, plans: tuple[Plan, ...], origin: str) -> Front:
    """The application; `origin` is where its pages are linked."""
    courier = Courier()
    keeper = _keeper(options.state) if options.state else None
    tenants = Tenants(
        origin=origin.rstrip("/"),
        plans=plans,
        clock=time.time,
        courier=courier,
        webhook_url=options.webhook_url,
        webhook_secret=options.webhook_secret,
        keeper=keeper,
    )
    tenants.restore()

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        tenants.resume()
        ticking = asyncio.ensure_future(_tick(tenants))
        yield
        ticking.cancel()
        await courier.close()
        if keeper is not None:
            _save_all(tenants)
            keeper.close()

    # The control API answers for all that is left below its prefix: the start page comes first.
    routes = [*page_routes(tenants), *control_routes(tenants)]
    rest = Starlette(
        lifespan=lifespan, routes=routes, exception_handlers={404: no_route, 405: no_route}
    )
    return Front(Api(tenants, time.time), rest, own_hosts(options.host, origin))


def _listen(options: SandboxOptions) -> socket.socket:
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    # asyncio turns Nagle's delay off only where the protocol is named: 40 ms on every answer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((options.host, options.port))
        listener.listen(2048)
        return listener
    except (OSError, OverflowError) as error:
        listener.close()
        raise UsageError(
            f"The sandbox cannot listen on {options.host}:{options.port}: {error}.",
            "Name another port with --port, or 0 for a free one.",
        ) from error


async def _run(
    server: uvicorn.Server, listener: socket.socket, own: str, options: SandboxOptions
) -> None:
    serving = asyncio.ensure_future(server.serve(sockets=[listener]))
    while not (server.started or serving.done()):  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.005)
    if server.started:
        print(f"Sandbox ready at {own}", flush=True)  # noqa: T201 - callers wait for this line
        if options.advertise:
            print(f"Its pages are linked at {options.advertise}", flush=True)  # noqa: T201 - a program
    if options.until_eof:
        # A daemon, not the loop's executor: that one would be waited for at the end.
        threading.Thread(target=_end_at_eof, args=[server], daemon=True).start()
    await serving


def _end_at_eof(server: uvicorn.Server) -> None:
    # By the descriptor: a thread that waits in the buffer keeps its lock, and Python then aborts.
    while os.read(sys.stdin.fileno(), 4096):
        pass
    server.should_exit = True


async def _tick(tenants: Tenants) -> None:
    """What falls due by itself happens without anybody asking."""
    while True:
        await asyncio.sleep(TICK_SECONDS)
        await tick(tenants)
        _save_all(tenants)


def _save_all(tenants: Tenants) -> None:
    for tenant in tenants:
        # A full disk is told to whoever calls next; until then memory has it.
        with contextlib.suppress(StripeError):
            tenant.save()


def _keeper(path: Path) -> Keeper:
    # Who keeps nothing does not wait for what reads and writes it.
    from billproof.sandbox.state.keeper import Keeper  # noqa: PLC0415 - see above

    return Keeper(path)
