"""The card form: what was typed, and what is wrong with it in Stripe's words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from billproof.sandbox.objects.customers import EMAIL

EXPIRATION = re.compile(r"(\d{1,2})\s*/?\s*(\d{2}|\d{4})\Z", re.ASCII)
CVC = re.compile(r"\d{3,4}\Z", re.ASCII)
SHORTEST_NUMBER, LONGEST_NUMBER = 13, 19
MONTHS = 12


@dataclass(frozen=True)
class CardForm:
    """The fields of the form as texts, and a message for each that is wrong."""

    email: str = ""
    number: str = ""
    expiration: str = ""
    cvc: str = ""
    name: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def sent(cls, body: bytes, now: int, known_email: str | None) -> CardForm:
        """The form that a browser sent, checked; it asks for an address where none is known."""
        said = dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
        form = cls(
            email=said.get("email", "").strip() if known_email is None else known_email,
            number=said.get("number", "").strip(),
            expiration=said.get("expiration", "").strip(),
            cvc=said.get("cvc", "").strip(),
            name=said.get("name", "").strip(),
        )
        return replace(form, errors=form.wrong(now, asks_email=known_email is None))

    def wrong(self, now: int, *, asks_email: bool) -> dict[str, str]:
        """The message for each field that cannot be right, in the order of the form."""
        fits = not asks_email or EMAIL.match(self.email)
        found = {
            "email": "" if fits else "Your email is invalid.",
            "number": _wrong_number("".join(self.number.split())),
            "expiration": _wrong_expiration(self.expiration, now),
            "cvc": "" if CVC.match(self.cvc) else "Your card's security code is incomplete.",
            "name": "" if self.name else "Enter the name on the card.",
        }
        return {name: message for name, message in found.items() if message}

    @property
    def expires(self) -> tuple[int, int]:
        """Month and year, of a form without errors."""
        match = EXPIRATION.match(self.expiration)
        return (int(match[1]), _year(match[2])) if match else (0, 0)

    def declined(self, message: str) -> CardForm:
        """The same form, with what the bank said; number and code have to be typed again."""
        return CardForm(
            email=self.email,
            expiration=self.expiration,
            name=self.name,
            errors={"number": message},
        )


def _wrong_number(digits: str) -> str:
    if not digits or (digits.isdecimal() and len(digits) < SHORTEST_NUMBER):
        return "Your card number is incomplete."
    fits = digits.isascii() and digits.isdecimal() and len(digits) <= LONGEST_NUMBER
    return "" if fits and luhn(digits) else "Your card number is invalid."


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812)."""
    doubled = [int(each) * 2 for each in digits[-2::-2]]
    total = sum(map(int, digits[::-2])) + sum(each // 10 + each % 10 for each in doubled)
    return total % 10 == 0


def _wrong_expiration(text: str, now: int) -> str:
    match = EXPIRATION.match(text)
    if match is None or not 1 <= int(match[1]) <= MONTHS:
        return "Your card's expiration date is incomplete."
    today = datetime.fromtimestamp(now, UTC)
    if (_year(match[2]), int(match[1])) < (today.year, today.month):
        return "Your card's expiration date is in the past."
    return ""


def _year(digits: str) -> int:
    return int(digits) + (2000 if len(digits) == 2 else 0)  # noqa: PLR2004 - two digits
