"""The answers of failures on purpose, as Stripe would give them.

Sources: Stripe's pages "Error codes" and "Rate limits", and the error classes of its SDK.
"""

from __future__ import annotations

from dataclasses import dataclass

from billproof.sandbox.objects.errors import DOCUMENTATION, FUNDS, Refusal
from billproof.sandbox.objects.resource import Body
from billproof.sandbox.tenants.faults import BROKEN_FROM, Fault

INVALID, OUTAGE, CARD = "invalid_request_error", "api_error", "card_error"


@dataclass(frozen=True, slots=True)
class Words:
    """How Stripe words a status."""

    type: str
    code: str | None
    message: str


BROKEN = Words(OUTAGE, None, "An unknown error occurred.")
REFUSED = Words(INVALID, None, "An unknown error occurred.")
LIMITED = Words(INVALID, "rate_limit", "Request rate limit exceeded.")
LOCKED = Words(
    INVALID,
    "lock_timeout",
    "This object cannot be accessed right now because another API request or Stripe process is "
    "currently accessing it.",
)
IN_USE = Words(
    "idempotency_error",
    "idempotency_key_in_use",
    "There is currently another in-progress request using this Idempotent Key.",
)
DECLINED = Words(CARD, "card_declined", "Your card was declined.")
ON_CARDS = (
    Refusal.CARD_NUMBER,
    Refusal.EXPIRED_CARD,
    Refusal.INCORRECT_CVC,
    Refusal.PROCESSING,
    Refusal.AUTHENTICATION,
)
DECLINES = {str(each.value.code): Words(*each.value[1:]) for each in ON_CARDS} | {
    "card_declined": DECLINED,
    "insufficient_funds": Words(CARD, "insufficient_funds", FUNDS),
}
BY_CODE = {str(each.code): each for each in (LIMITED, LOCKED, IN_USE)}
BY_STATUS = {409: IN_USE, 429: LIMITED}
FAILED = 402


def body(fault: Fault) -> Body:
    """The error of a status fault."""
    words = _words(fault)
    code = fault.code or words.code
    link = {"code": code, "doc_url": DOCUMENTATION + code.replace("_", "-")} if code else {}
    reason = {"decline_code": _decline(code)} if code in DECLINES and words.type == CARD else {}
    return {"error": {**link, **reason, "message": words.message, "type": words.type}}


def _words(fault: Fault) -> Words:
    if fault.status >= BROKEN_FROM:
        return BROKEN
    if fault.status == FAILED:
        return DECLINES.get(fault.code or "", DECLINED)
    if fault.code is not None:
        return BY_CODE.get(fault.code, REFUSED)
    return BY_STATUS.get(fault.status, REFUSED)


def _decline(code: str) -> str:
    """Why the bank said no: most codes of a card are a reason, but for the one of them all."""
    return "generic_decline" if code == DECLINED.code else code


def headers(fault: Fault) -> dict[str, str]:
    """What Stripe's answer says besides: why it is limited, and whether to try again."""
    retry = {True: {"stripe-should-retry": "true"}, False: {"stripe-should-retry": "false"}}
    # A lock is answered with 429 too, and without this header.
    limited = fault.status == 429 and fault.code in {None, "rate_limit"}  # noqa: PLR2004
    reason = {"stripe-rate-limited-reason": "global-rate"} if limited else {}
    return reason | ({} if fault.should_retry is None else retry[fault.should_retry])
