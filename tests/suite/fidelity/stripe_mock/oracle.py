"""Whether a request is well formed: as the sandbox said, and as a running stripe-mock says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import httpx

from billproof.sandbox.api.operations import find
from billproof.sandbox.objects.errors import Refusal
from tests.suite.fidelity.exchanges import Exchange
from tests.suite.fidelity.tolerated import RequestRow

FORM = "application/x-www-form-urlencoded"
REFUSALS_OF_FORM = (
    Refusal.UNKNOWN,
    Refusal.UNKNOWN_MANY,
    Refusal.MISSING,
    Refusal.INTEGER,
    Refusal.BOOLEAN,
    Refusal.DECIMAL,
    Refusal.STRING,
    Refusal.ARRAY,
    Refusal.OBJECT,
    Refusal.CHOICE,
    Refusal.MALFORMED,
    Refusal.NO_KEY,
    Refusal.BAD_KEY,
    Refusal.PUBLISHABLE_KEY,
)
"""What a schema can refuse. The rest is state, which stripe-mock has none of, or a length,
which it does not count."""


def _pattern(refusal: Refusal) -> str:
    return re.sub(r"\\\{\w+\\\}", ".*", re.escape(refusal.value.message)) + r"\Z"


TOO_LONG = re.compile(_pattern(Refusal.TOO_LONG), re.DOTALL)
REFUSES_FORM = re.compile("|".join(_pattern(each) for each in REFUSALS_OF_FORM), re.DOTALL)


@dataclass(frozen=True)
class Judgement:
    """Whether a request was found well formed, and the words of a refusal."""

    accepted: bool
    says: str = ""


@dataclass(frozen=True)
class Disagreement:
    """A call that one of the two accepts and the other one refuses."""

    call: str
    accepted_by: str
    says: str

    def fits(self, row: RequestRow) -> bool:
        """Whether a row is about it."""
        same = (row.call, row.accepted_by) == (self.call, self.accepted_by)
        return same and row.says in self.says


def name(exchange: Exchange) -> str | None:
    """The call as the sandbox's table names it; None for one that it does not have."""
    found = find(exchange.method, exchange.path)
    return found[0].call if found else None


def is_judged(exchange: Exchange) -> bool:
    """Whether the form mattered: no fault struck, no key was busy, and there is such a call."""
    struck = exchange.status >= 500 or exchange.status in {409, 429}
    return not struck and name(exchange) is not None


def sandbox_judgement(exchange: Exchange) -> Judgement:
    """What the sandbox made of a request's form."""
    error: dict[str, Any] = exchange.answer.get("error", {}) if exchange.status != 200 else {}
    says = str(error.get("message", ""))
    return Judgement(not REFUSES_FORM.match(says) or bool(TOO_LONG.match(says)), says)


def disagreement(exchange: Exchange, mock: httpx.Client) -> Disagreement | None:
    """How stripe-mock contradicts what the sandbox answered."""
    ours, theirs = sandbox_judgement(exchange), _asked(exchange, mock)
    if ours.accepted == theirs.accepted:
        return None
    accepted_by, says = ("sandbox", theirs.says) if ours.accepted else ("stripe-mock", ours.says)
    return Disagreement(str(name(exchange)), accepted_by, says)


def _asked(exchange: Exchange, mock: httpx.Client) -> Judgement:
    # Clients leave out the type of a body that is not there; Stripe takes that, stripe-mock not.
    kind = exchange.type or FORM
    headers = [
        (b"Content-Type", kind.encode("latin-1")),
        (b"Authorization", exchange.key.encode("latin-1")),
    ]
    query = f"?{exchange.query}" if exchange.query else ""
    content = exchange.form.encode("latin-1")
    answer = mock.request(exchange.method, exchange.path + query, content=content, headers=headers)
    return Judgement(answer.is_success, "" if answer.is_success else answer.text)
