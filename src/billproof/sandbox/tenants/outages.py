"""The answers of failures on purpose, as Stripe would give them.

Sources: Stripe's pages "Error codes" and "Rate limits", and the error classes of its SDK.
"""

from __future__ import annotations

from dataclasses import dataclass

from billproof.sandbox.objects.errors import DOCUMENTATION
from billproof.sandbox.objects.resource import Body
from billproof.sandbox.tenants.faults import Fault

INVALID, OUTAGE = "invalid_request_error", "api_error"


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
DECLINED = Words("card_error", "card_declined", "Your card was declined.")
BY_CODE = {str(each.code): each for each in (LIMITED, LOCKED, IN_USE, DECLINED)}
BY_STATUS = {402: DECLINED, 429: LIMITED}


def body(fault: Fault) -> Body:
    """The error of a status fault."""
    usual = BROKEN if fault.status >= 500 else BY_STATUS.get(fault.status, REFUSED)  # noqa: PLR2004
    code = fault.code or usual.code
    words = BY_CODE.get(code or "", usual if fault.code is None else REFUSED)
    words = BROKEN if fault.status >= 500 else words  # noqa: PLR2004 - HTTP's own border
    link = {"code": code, "doc_url": DOCUMENTATION + code.replace("_", "-")} if code else {}
    return {"error": {**link, "message": words.message, "type": words.type}}


def headers(fault: Fault) -> dict[str, str]:
    """What Stripe's answer says besides: why it is limited, and whether to try again."""
    retry = {True: {"stripe-should-retry": "true"}, False: {"stripe-should-retry": "false"}}
    # A lock is answered with 429 too, and without this header.
    limited = fault.status == 429 and fault.code in {None, "rate_limit"}  # noqa: PLR2004
    reason = {"stripe-rate-limited-reason": "global-rate"} if limited else {}
    return reason | ({} if fault.should_retry is None else retry[fault.should_retry])
