"""Form encoding, amounts and card numbers: the pure parts."""

from __future__ import annotations

from typing import Any

import pytest

from billproof.sandbox.api.form import decode
from billproof.sandbox.objects.errors import StripeError
from billproof.sandbox.objects.resource import previous
from billproof.sandbox.pages.card_form import luhn
from billproof.sandbox.pages.money import every, money


@pytest.mark.parametrize(
    ("text", "nested"),
    [
        ("a=1&b=", {"a": "1", "b": ""}),
        ("a[b][c]=1&a[b][d]=2", {"a": {"b": {"c": "1", "d": "2"}}}),
        ("a[]=1&a[]=2", {"a": {"0": "1", "1": "2"}}),
        ("a[0][b]=1&a[1][b]=2", {"a": {"0": {"b": "1"}, "1": {"b": "2"}}}),
        ("a[][b]=1&a[][c]=2&a[][b]=3", {"a": {"0": {"b": "1", "c": "2"}, "1": {"b": "3"}}}),
        ("a%5Bb%5D=%C3%BC+x", {"a": {"b": "ü x"}}),
        ("a[b=1", {"a[b": "1"}),
        ("a=1&a=2", {"a": "2"}),
    ],
)
def test_brackets_nest(text: str, nested: dict[str, Any]) -> None:
    """Names in brackets are members, numbers and empty brackets are elements."""
    assert decode(text) == nested


@pytest.mark.parametrize("text", ["a=1&a[b]=2", "a[b]=1&a=2", "a[b]=1&a[b][c]=2"])
def test_a_text_is_no_object_too(text: str) -> None:
    """The same name cannot be both."""
    with pytest.raises(StripeError, match="Invalid object"):
        decode(text)


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (0, "eur", "€0.00"),
        (5, "eur", "€0.05"),
        (123456, "eur", "€1,234.56"),
        (-1900, "usd", "-$19.00"),
        (4500, "jpy", "¥4,500"),
        (1234, "kwd", "KWD 1.234"),
        (900, "chf", "CHF 9.00"),
    ],
)
def test_amounts_are_shown_in_their_currency(amount: int, currency: str, shown: str) -> None:
    """The smallest unit is a hundredth, a thousandth or the whole."""
    assert money(amount, currency) == shown


def test_intervals_are_words() -> None:
    """One is `per`, more are `every`."""
    assert [every("month", 1), every("month", 3), every(None, 1)] == [
        "per month",
        "every 3 months",
        "",
    ]


@pytest.mark.parametrize(
    ("digits", "fits"),
    [("4242424242424242", True), ("4242424242424241", False), ("79927398713", True)],
)
def test_the_last_digit_checks_the_others(digits: str, *, fits: bool) -> None:
    """Luhn's sum, on its textbook number too."""
    assert luhn(digits) is fits


def test_previous_attributes_hold_what_changed_only() -> None:
    """Nested members too; a member that is new was null before."""
    before = {"a": 1, "b": {"x": 1, "y": 2}, "c": [1]}
    after = {"a": 1, "b": {"x": 1, "y": 3}, "c": [1, 2], "d": 4}

    assert previous(before, after) == {"b": {"y": 2}, "c": [1], "d": None}
