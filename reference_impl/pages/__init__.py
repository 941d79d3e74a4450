"""The Mini App's pages: plain files, sent under a policy that runs nothing else."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

HERE = Path(__file__).parent

TELEGRAM = "https://telegram.org/js/telegram-web-app.js"
POLICY = "; ".join(
    [
        "default-src 'none'",
        f"script-src 'self' {TELEGRAM}",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        # Telegram's web clients show Mini Apps in a frame.
        "frame-ancestors 'self' https://web.telegram.org https://*.telegram.org",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    # Kept, and asked for anew by its ETag: a deployment shows at once.
    "Cache-Control": "no-cache",
}
# Not the machine's table of types: some say text/plain for scripts, which browsers refuse.
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class Assets(StaticFiles):
    """Scripts, styles and the icon, under the pages' own headers."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Whole files only: a range may be ignored (RFC 9110, 14.2).

        The library answers one that is wrong in plain text, where a problem document belongs.
        """
        headers = [header for header in scope["headers"] if header[0] != b"range"]
        await super().__call__({**scope, "headers": headers}, receive, send)

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """The file, or 304 for a browser that has it."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        media_type = MEDIA_TYPES.get(Path(full_path).suffix)
        if media_type and "content-type" in response.headers:
            response.headers["Content-Type"] = f"{media_type}; charset=utf-8"
        response.headers.update(HEADERS)
        return response


def page(name: str) -> Response:
    """One of the HTML files of this folder."""
    return HTMLResponse(_read(name), headers=HEADERS)


def add_assets(app: FastAPI) -> None:
    """Serve scripts and styles under /app/assets/."""
    app.mount("/app/assets", Assets(directory=HERE / "assets"))


@cache
def _read(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")
