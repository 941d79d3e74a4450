"""Billing periods: where they end, counted from the anchor of the subscription."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime, timedelta
from itertools import count as counting

DAY = 86_400
MONTHS = {"month": 1, "year": 12}
DAYS = {"day": 1, "week": 7}


def period_end(start: int, interval: str, count: int) -> int:
    """`count` intervals after `start`, in UTC, or before it when `count` is negative.

    A month that is too short ends on its last day.
    """
    begun = datetime.fromtimestamp(start, UTC)
    if interval in DAYS:
        return int((begun + timedelta(days=DAYS[interval] * count)).timestamp())
    months = begun.month - 1 + MONTHS[interval] * count
    year, month = begun.year + months // 12, months % 12 + 1
    day = min(begun.day, calendar.monthrange(year, month)[1])
    return int(begun.replace(year=year, month=month, day=day).timestamp())


def next_end(anchor: int, after: int, interval: str, count: int) -> int:
    """The first end after `after`, in whole periods from `anchor`.

    Counting from the anchor keeps the 31st: January 31, February 28, March 31.
    """
    if anchor > after:
        return anchor
    shortest = DAY * {"day": 1, "week": 7, "month": 28, "year": 365}[interval] * count
    longest = shortest if interval in DAYS else shortest * 31 // 28 + DAY
    first = max(1, (after - anchor) // longest)
    ends = (period_end(anchor, interval, count * number) for number in counting(first))
    return next(end for end in ends if end > after)
