"""Cursors: opaque, signed, and bound to their user."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from reference_impl.cursors import InvalidCursor, read_cursor, write_cursor
from tests.reference.backend import ADA, BOB

SECRET = "secret-of-these-tests"
NOW = datetime(2026, 11, 23, 14, 30, 5, tzinfo=UTC)
NAMES = pytest.mark.parametrize("name", ["in_1", "in_22", "in_333"])
"""Of three lengths: base64 pads them differently."""


def is_good(cursor: str, user: int = ADA, secret: str = SECRET, at: datetime = NOW) -> bool:
    """Whether the cursor is taken."""
    try:
        read_cursor(cursor, user, secret, at)
    except InvalidCursor:
        return False
    return True


@NAMES
def test_a_cursor_leads_where_it_was_made_for(name: str) -> None:
    """And says so to its user alone, under the same secret."""
    cursor = write_cursor(name, ADA, SECRET, NOW)

    assert read_cursor(cursor, ADA, SECRET, NOW) == name
    assert not is_good(cursor, user=BOB)
    assert not is_good(cursor, secret=f"{SECRET}!")
    assert name not in cursor


@NAMES
def test_no_character_of_a_cursor_can_be_changed(name: str) -> None:
    """Nor cut, nor added: bits that base64 does not read are looked at too."""
    cursor = write_cursor(name, ADA, SECRET, NOW)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/="
    changed = {
        f"{cursor[:place]}{letter}{cursor[place + 1 :]}"
        for place in range(len(cursor))
        for letter in alphabet
    }

    taken = [one for one in changed if is_good(one)]

    assert taken == [cursor]
    assert not any(is_good(cursor[:place]) for place in range(len(cursor)))
    assert not any(is_good(cursor + letter) for letter in alphabet)


@pytest.mark.parametrize("cursor", ["", "in_1", "é", "=", "AAAA", "A" * 512, "\ud800"])
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    """With the one error that it has for everything."""
    assert not is_good(cursor)
    assert is_good(write_cursor("in_1", ADA, SECRET, NOW))


def test_a_cursor_is_good_for_a_day() -> None:
    """The contract wants an hour."""
    cursor = write_cursor("in_1", ADA, SECRET, NOW)

    assert is_good(cursor, at=NOW + timedelta(hours=24))
    assert not is_good(cursor, at=NOW + timedelta(hours=24, seconds=1))
