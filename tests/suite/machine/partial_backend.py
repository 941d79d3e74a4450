"""The reference, but for its devices: `DEVICES` in the environment says what became of them.

`there` leaves them, `gone` answers 404 in their place, `broken` answers 500. Where `PLACE` is a
prefix of paths it is that part in their stead.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from reference_impl import create_app as whole

PATHS = "/api/v1/devices"
STATUSES = {"gone": 404, "broken": 500}


def create_app(environ: Mapping[str, str]) -> ASGIApp:
    """The app, with an answer of our own before the paths of devices."""
    app: ASGIApp = whole(environ)
    status = STATUSES.get(os.environ["DEVICES"])
    place = os.environ.get("PLACE", PATHS)

    async def partial(scope: Scope, receive: Receive, send: Send) -> None:
        if status is not None and scope["type"] == "http" and scope["path"].startswith(place):
            await Response(status_code=status)(scope, receive, send)
        else:
            await app(scope, receive, send)

    return partial
