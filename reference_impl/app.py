"""The ASGI application, made from an environment."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI

from reference_impl.binding import bind
from reference_impl.endpoints import handlers
from reference_impl.headers import NoStore
from reference_impl.logs import Logged
from reference_impl.metrics import Metrics
from reference_impl.migrate import migrate
from reference_impl.pages import add_assets
from reference_impl.problems import render_problems
from reference_impl.provider import Provider
from reference_impl.service import Service
from reference_impl.settings import Settings
from reference_impl.store import Store


def app_of(settings: Settings) -> FastAPI:
    """A backend with these settings, and a metrics registry of its own."""
    store = Store(settings.database_url)
    service = Service(
        settings=settings,
        store=store,
        provider=Provider(settings),
        metrics=Metrics(store, [plan.key for plan in settings.catalogue.paid]),
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as closing:
            # The last one first: what is counted is written before the database is let go.
            closing.push_async_callback(service.store.close)
            closing.push_async_callback(service.metrics.close)
            closing.push_async_callback(service.provider.close)
            await migrate(service.store)
            yield

    # No documents of its own: openapi.yaml is the contract, and unknown paths stay unknown.
    app = FastAPI(lifespan=lifespan, openapi_url=None, redirect_slashes=False)
    render_problems(app)
    bind(app, settings, handlers(service))
    add_assets(app)
    app.add_middleware(NoStore)
    app.add_middleware(Logged)
    return app
