"""The Mini App's pages: plain files, sent under a policy that runs nothing else."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles

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
    ]
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}


def page(name: str) -> Response:
    """One of the HTML files of this folder."""
    return HTMLResponse(_read(name), headers=HEADERS)


def add_assets(app: FastAPI) -> None:
    """Serve scripts and styles under /app/assets/."""
    app.mount("/app/assets", StaticFiles(directory=HERE / "assets"))


@cache
def _read(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")
