"""The list of test cards below a card form."""

from __future__ import annotations

from dataclasses import dataclass

from billproof.sandbox.objects.cards import CARDS, Card


@dataclass(frozen=True)
class CardHint:
    """A number as it is printed on a card, and what happens with it."""

    number: str
    says: str


def test_cards() -> list[CardHint]:
    """All that the sandbox knows."""
    return [CardHint(grouped(card.number), _words(card)) for card in CARDS]


def _words(card: Card) -> str:
    return card.says if card.brand == "visa" else f"{card.says} ({card.brand.capitalize()})"


def grouped(number: str) -> str:
    """Digits in groups of four; of fifteen digits 4-6-5, as American Express prints them."""
    if len(number) == 15:  # noqa: PLR2004 - see above
        return f"{number[:4]} {number[4:10]} {number[10:]}"
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))
