"""Templates into answers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from starlette.responses import HTMLResponse

from billproof.sandbox.pages.card_help import test_cards
from billproof.sandbox.pages.money import day, days, every, money, short_day

if TYPE_CHECKING:
    from jinja2 import Environment

SEE_OTHER = 303
GOOD = frozenset({"paid", "active", "trialing", "complete", "enabled", "ready"})
NOTABLE = frozenset(
    {"open", "past_due", "unpaid", "incomplete", "paused", "uncollectible", "advancing"}
)
"""Statuses that are in order, and those that ask for somebody's attention."""
HEADERS = {
    "Cache-Control": "no-store",
    # No form-action: browsers apply it to the redirect to the merchant too.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

SCRIPTED = {
    **HEADERS,
    "Content-Security-Policy": (
        HEADERS["Content-Security-Policy"]
        + "; script-src 'self'; connect-src 'self'; form-action 'self'"
    ),
}
"""For pages with a script, which is the sandbox's own."""


@cache
def templates() -> Environment:
    """The templates; the library is imported at the first page, not at start."""
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - see above

    environment = Environment(
        loader=PackageLoader("billproof.sandbox.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(day=day, short_day=short_day)
    environment.globals.update(money=money, every=every, days=days, cards=test_cards)
    environment.globals.update(good=GOOD, notable=NOTABLE)
    return environment


async def page(
    template: str, status: int = 200, headers: Mapping[str, str] = HEADERS, **values: Any
) -> HTMLResponse:
    """A page."""
    environment = await asyncio.to_thread(templates)
    return HTMLResponse(environment.get_template(template).render(values), status, headers)


async def notice(status: int, title: str, text: str, link: tuple[str, str] | None) -> HTMLResponse:
    """A page that only says something, with one way on: its label and address."""
    return await page("notice.html", status, title=title, text=text, link=link)
