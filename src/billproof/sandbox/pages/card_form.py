"""The card form: what was typed, and what is wrong with it in Stripe's words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from billproof.sandbox.billing.checkout import Buyer
from billproof.sandbox.objects.customers import EMAIL

EXPIRATION = re.compile(r"(\d{1,2})\s*/?\s*(\d{2}|\d{4})\Z", re.ASCII)
CVC = re.compile(r"\d{3,4}\Z", re.ASCII)
SHORTEST_NUMBER, LONGEST_NUMBER = 13, 19
MONTHS = 12
LONGEST_YEARS = 50
REQUIRED = "Required"
"""What Stripe's page says of a field that was left empty."""


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
    def sent(
        cls, body: bytes, now: int, known_email: str | None, *, asks_card: bool = True
    ) -> CardForm:
        """The form that a browser sent, checked; it asks for an address where none is known."""
        said = dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
        form = cls(
            email=said.get("email", "").strip() if known_email is None else known_email,
            number=said.get("number", "").strip(),
            expiration=said.get("expiration", "").strip(),
            cvc=said.get("cvc", "").strip(),
            name=said.get("name", "").strip(),
        )
        wrong = form.wrong(now, asks_email=known_email is None)
        kept = wrong if asks_card else {name: wrong[name] for name in wrong if name == "email"}
        return replace(form, errors=kept)

    @classmethod
    def of(cls, buyer: Buyer) -> CardForm:
        """What a buyer had typed before his bank asked him; his code is not kept."""
        month, year = buyer.expires
        return cls(
            email=buyer.email or "",
            number=buyer.card,
            expiration=f"{month:02} / {year % 100:02}",
            name=buyer.name or "",
        )

    def wrong(self, now: int, *, asks_email: bool) -> dict[str, str]:
        """The message for each field that cannot be right, in the order of the form."""
        found = {
            "email": _wrong_email(self.email) if asks_email else "",
            "number": _wrong_number("".join(self.number.split())),
            "expiration": _wrong_expiration(self.expiration, now),
            "cvc": "" if CVC.match(self.cvc) else "Your card's security code is incomplete.",
            "name": "",
        }
        asked = {name for name in found if asks_email or name != "email"}
        found |= {name: REQUIRED for name in asked if not getattr(self, name)}
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


def _wrong_email(text: str) -> str:
    if EMAIL.match(text):
        return ""
    name, at, domain = text.partition("@")
    return f"Your email is {'invalid' if name and at and domain else 'incomplete'}."


def _wrong_number(digits: str) -> str:
    if digits.isdecimal() and len(digits) < SHORTEST_NUMBER:
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
    return _wrong_date(int(match[1]), _year(match[2]), datetime.fromtimestamp(now, UTC))


def _wrong_date(month: int, year: int, today: datetime) -> str:
    if year < today.year:
        return "Your card's expiration year is in the past."
    if year > today.year + LONGEST_YEARS:
        return "Your card's expiration year is invalid."
    is_past = (year, month) < (today.year, today.month)
    return "Your card's expiration date is in the past." if is_past else ""


def _year(digits: str) -> int:
    return int(digits) + (2000 if len(digits) == 2 else 0)  # noqa: PLR2004 - two digits
