"""Billing periods: when one that begins now ends."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime, timedelta

DAY = 86_400
MONTHS = {"month": 1, "year": 12}
DAYS = {"day": 1, "week": 7}


def period_end(start: int, interval: str, count: int) -> int:
    """The end of a period, in UTC; a month that is too short ends on its last day."""
    begun = datetime.fromtimestamp(start, UTC)
    if interval in DAYS:
        return int((begun + timedelta(days=DAYS[interval] * count)).timestamp())
    months = begun.month - 1 + MONTHS[interval] * count
    year, month = begun.year + months // 12, months % 12 + 1
    day = min(begun.day, calendar.monthrange(year, month)[1])
    return int(begun.replace(year=year, month=month, day=day).timestamp())
