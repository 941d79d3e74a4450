"""Amounts and instants as people read them."""

from __future__ import annotations

from datetime import UTC, datetime

SYMBOLS = {"eur": "€", "usd": "$", "gbp": "£", "jpy": "¥"}
WITHOUT_DECIMALS = "bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf".split()  # noqa: SIM905
THREE_DECIMALS = ("bhd", "jod", "kwd", "omr", "tnd")


def money(amount: int, currency: str) -> str:
    """An amount in a currency's smallest unit, with as many decimals as the currency has."""
    digits = 0 if currency in WITHOUT_DECIMALS else 3 if currency in THREE_DECIMALS else 2
    sign = "-" if amount < 0 else ""
    whole, part = divmod(abs(amount), 10**digits)
    text = f"{whole:,}" + (f".{part:0{digits}d}" if digits else "")
    return sign + SYMBOLS.get(currency, f"{currency.upper()} ") + text


def every(interval: str | None, count: int) -> str:
    """`per month`, `every 3 months`; nothing for what is paid once."""
    if interval is None:
        return ""
    return f"per {interval}" if count == 1 else f"every {count} {interval}s"


def short_day(instant: int) -> str:
    """The date in UTC where there is little room: `23 Dec 2026`."""
    at = datetime.fromtimestamp(instant, UTC)
    return f"{at.day} {at:%b %Y}"


def day(instant: int) -> str:
    """The date in UTC: `23 December 2026`."""
    at = datetime.fromtimestamp(instant, UTC)
    return f"{at.day} {at:%B %Y}"


def days(count: int) -> str:
    """`1 day`, `14 days`."""
    return f"{count} day" if count == 1 else f"{count} days"
