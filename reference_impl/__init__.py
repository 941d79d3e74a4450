"""One obedient backend, as small as the contract allows."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from reference_impl.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI

__all__ = ["create_app"]


def create_app(environ: Mapping[str, str] = os.environ) -> FastAPI:
    """A backend with these values; ConfigurationError when one is missing or malformed."""
    settings = Settings.from_environ(environ)
    # The rest takes a second to load; a wrong value is told at once.
    from reference_impl.app import app_of  # noqa: PLC0415

    return app_of(settings)
