"""What Stripe refuses, and in which words: one closed table.

A refusal that is not in this table does not exist. Source of the rows: the error
reference of Stripe's API, and the error classes of its official SDK.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, NamedTuple

DOCUMENTATION = "https://stripe.com/docs/error-codes/"
DASHBOARD = "https://dashboard.stripe.com/"


class Row(NamedTuple):
    """One refusal: its HTTP status, error type, code and the template of its message."""

    status: int
    type: str
    code: str | None
    message: str


INVALID = "invalid_request_error"
KEY_REUSED = (
    "Keys for idempotent requests can only be used with the same parameters they were first used "
    "with. Try using a key other than '{key}' if you meant to execute a different request."
)
KEY_IN_USE = (
    "There is currently another in-progress request using this Idempotent Key (that probably means "
    "you submitted twice, and the other request is still going through): {key}. Please try again "
    "later."
)
VERSION = (
    "Invalid Stripe API version: {version}. Send one that Stripe has released, such as {newest}, "
    "or leave the header out."
)
EMPTY = (
    "You passed an empty string for '{param}'. We assume empty values are an attempt to unset a "
    "parameter; however '{param}' cannot be unset. You should remove '{param}' from your request "
    "or supply a non-empty value."
)
NO_KEY = (
    "You did not provide an API key. You need to provide your API key in the Authorization header, "
    "using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
)
PUBLISHABLE_KEY = (
    "This API call cannot be made with a publishable API key. Please use a secret API key. You can "
    "find a list of your API keys at https://dashboard.stripe.com/account/apikeys."
)
NO_ROUTE = (
    "Unrecognized request URL ({method}: {path}). Please see https://stripe.com/docs or we can "
    "help at https://support.stripe.com/."
)
REPLACED = (
    "Unrecognized request URL ({method}: {path}). Use {instead} instead, which replaced it in "
    "the API version {since}."
)
NOT_A_FORM = (
    "The API reads bodies as forms. Send Content-Type: application/x-www-form-urlencoded, with "
    "nested values as name[member]=value."
)
LATE_INSTANT = (
    "Invalid timestamp: {value}; the billproof sandbox knows no instant after {latest}, in 2106."
)
NOT_EXPANDABLE = "This property cannot be expanded ({path})."
NOT_OF_THE_LIST = f"{NOT_EXPANDABLE} You may want to try expanding 'data.{{path}}' instead."
TOO_DEEP = "You cannot expand more than 4 levels of a property. Property: {path}"
FUNDS = "Your card has insufficient funds."
PROCESSING = "An error occurred while processing your card. Try again in a little bit."
AUTHENTICATION = "Your card was declined. This transaction requires authentication."
NOT_AUTHENTICATED = (
    "We are unable to authenticate your payment method. Please choose a different payment method "
    "and try again."
)
ASKS_FOR_ACTION = (
    "This payment requires additional user action before it can be completed successfully. Payment "
    "can be completed using the PaymentIntent associated with the {kind}. For more details see: "
    "https://stripe.com/docs/billing/subscriptions/overview#requires-action"
)
NOT_ATTACHED = (
    "The customer does not have a payment method with the ID {id}. The payment method must be "
    "attached to the customer."
)
NO_CARD_YET = (
    "You cannot confirm this {kind} because it's missing a payment method. You can either update "
    "the {kind} with a payment method and then confirm it again, or confirm it again directly with "
    "a payment method or ConfirmationToken."
)
NO_CARD = (
    "This customer has no attached payment source or default payment method. Please consider "
    "adding a default payment method."
)


class Refusal(Enum):
    """Each refusal by name."""

    NO_KEY = Row(401, INVALID, None, NO_KEY)
    BAD_KEY = Row(401, INVALID, None, "Invalid API Key provided: {key}")
    PUBLISHABLE_KEY = Row(401, INVALID, "secret_key_required", PUBLISHABLE_KEY)
    NO_ROUTE = Row(404, INVALID, None, NO_ROUTE)
    REPLACED = Row(404, INVALID, None, REPLACED)
    NO_LEVER = Row(
        404,
        INVALID,
        None,
        "No lever here ({method}: {path}). All of them are in /_sandbox/openapi.json.",
    )
    FOREIGN_HOST = Row(
        421,
        INVALID,
        None,
        "The host {host} is not served here. Start the sandbox with --advertise "
        "http://that-host:port to be reached under it.",
    )
    NO_METHOD = Row(405, INVALID, None, "{method} is not for this path; it knows {known}.")
    NOT_FOUND = Row(404, INVALID, "resource_missing", "No such {kind}: '{id}'")
    NO_SUCH = Row(400, INVALID, "resource_missing", "No such {kind}: '{id}'")
    UNKNOWN = Row(400, INVALID, "parameter_unknown", "Received unknown parameter: {param}")
    UNKNOWN_MANY = Row(400, INVALID, "parameter_unknown", "Received unknown parameters: {names}")
    EXISTS = Row(400, INVALID, "resource_already_exists", "{kind} already exists.")
    MISSING = Row(400, INVALID, "parameter_missing", "Missing required param: {param}.")
    EMPTY = Row(400, INVALID, "parameter_invalid_empty", EMPTY)
    INTEGER = Row(400, INVALID, "parameter_invalid_integer", "Invalid integer: {value}")
    POSITIVE = Row(400, INVALID, "parameter_invalid_integer", "Invalid positive integer")
    BOOLEAN = Row(400, INVALID, None, "Invalid boolean: {value}")
    DECIMAL = Row(400, INVALID, None, "Invalid decimal: {value}")
    STRING = Row(400, INVALID, None, "Invalid string: {value}")
    ARRAY = Row(400, INVALID, None, "Invalid array")
    OBJECT = Row(400, INVALID, None, "Invalid object")
    CHOICE = Row(400, INVALID, None, "Invalid {param}: must be one of {choices}")
    TOO_LONG = Row(
        400, INVALID, None, "Invalid string: {value}; must be at most {limit} characters"
    )
    INSTANT = Row(400, INVALID, None, LATE_INSTANT)
    AMOUNT = Row(400, INVALID, "amount_too_large", "Amount must be no more than {most}")
    URL = Row(400, INVALID, "url_invalid", "Not a valid URL")
    EMAIL = Row(400, INVALID, "email_invalid", "Invalid email address: {value}")
    EXCLUSIVE = Row(400, INVALID, None, "You may only specify one of these parameters: {names}.")
    NOT_EXPANDABLE = Row(400, INVALID, None, NOT_EXPANDABLE)
    NOT_OF_THE_LIST = Row(400, INVALID, None, NOT_OF_THE_LIST)
    TOO_DEEP = Row(400, INVALID, "property_expansion_max_depth", TOO_DEEP)
    NOT_A_FORM = Row(400, INVALID, None, NOT_A_FORM)
    TOO_LARGE = Row(413, INVALID, None, "The body is larger than {limit} bytes.")
    MALFORMED = Row(400, INVALID, None, "Invalid request: {reason}")
    STATE = Row(400, INVALID, None, "{reason}")
    INTENT_STATE = Row(400, INVALID, "payment_intent_unexpected_state", "{reason}")
    INTENT_CARD = Row(
        400, INVALID, "payment_intent_unexpected_state", NO_CARD_YET.format(kind="PaymentIntent")
    )
    SETUP_CARD = Row(
        400, INVALID, "setup_intent_unexpected_state", NO_CARD_YET.format(kind="SetupIntent")
    )
    SETUP_STATE = Row(400, INVALID, "setup_intent_unexpected_state", "{reason}")
    REFUNDED = Row(
        400, INVALID, "charge_already_refunded", "Charge {id} has already been refunded."
    )
    NO_UPCOMING = Row(
        404, INVALID, "invoice_upcoming_none", "No upcoming invoices for customer: {id}"
    )
    NOT_ATTACHED = Row(400, INVALID, "resource_missing", NOT_ATTACHED)
    NO_PAYMENT_METHOD = Row(400, INVALID, "resource_missing", NO_CARD)
    VERSION = Row(400, INVALID, None, VERSION)
    KEY_REUSED = Row(400, "idempotency_error", None, KEY_REUSED)
    KEY_IN_USE = Row(409, "idempotency_error", "idempotency_key_in_use", KEY_IN_USE)
    RATE_LIMIT = Row(429, INVALID, "rate_limit", "Request rate limit exceeded.")
    DECLINED = Row(402, "card_error", "card_declined", "Your card was declined.")
    FUNDS = Row(402, "card_error", "card_declined", FUNDS)
    CARD_NUMBER = Row(402, "card_error", "incorrect_number", "Your card number is incorrect.")
    EXPIRED_CARD = Row(402, "card_error", "expired_card", "Your card has expired.")
    EXPIRY_MONTH = Row(
        402, "card_error", "invalid_expiry_month", "Your card's expiration month is invalid."
    )
    EXPIRY_YEAR = Row(
        402, "card_error", "invalid_expiry_year", "Your card's expiration year is invalid."
    )
    INCORRECT_CVC = Row(
        402, "card_error", "incorrect_cvc", "Your card's security code is incorrect."
    )
    PROCESSING = Row(402, "card_error", "processing_error", PROCESSING)
    AUTHENTICATION = Row(402, "card_error", "authentication_required", AUTHENTICATION)
    INVOICE_ACTION = Row(
        402, "card_error", "invoice_payment_intent_requires_action", ASKS_FOR_ACTION
    )
    SUBSCRIPTION_ACTION = Row(
        402, "card_error", "subscription_payment_intent_requires_action", ASKS_FOR_ACTION
    )
    NOT_AUTHENTICATED = Row(
        402, "card_error", "payment_intent_authentication_failure", NOT_AUTHENTICATED
    )
    SETUP_NOT_AUTHENTICATED = Row(
        402, "card_error", "setup_intent_authentication_failure", NOT_AUTHENTICATED.message
    )
    NOT_SAVED = Row(
        500,
        "api_error",
        None,
        "The sandbox could not write its state file ({reason}). Make room and call again: what "
        "this call did is kept in memory until then.",
    )
    OUTAGE = Row(500, "api_error", None, "An unknown error occurred.")


BEGUN = frozenset(
    {
        Refusal.NO_SUCH,
        Refusal.EXISTS,
        Refusal.STATE,
        Refusal.INTENT_STATE,
        Refusal.INTENT_CARD,
        Refusal.SETUP_STATE,
        Refusal.SETUP_CARD,
        Refusal.REFUNDED,
        Refusal.NO_PAYMENT_METHOD,
        Refusal.NOT_ATTACHED,
        Refusal.AMOUNT,
    }
)
"""Refusals with 400 that are no matter of the parameters' form."""


class StripeError(Exception):
    """A call that is refused; `details` fill the row's message, `extra` joins the error's body."""

    def __init__(
        self,
        refusal: Refusal,
        *,
        param: str | None = None,
        extra: dict[str, Any] | None = None,
        **details: str,
    ) -> None:
        self.refusal = refusal
        self.row: Row = refusal.value
        self.param = param
        self.extra = extra or {}
        self.message = self.row.message.format_map({"param": param or "", **details})
        super().__init__(self.message)

    @property
    def begun(self) -> bool:
        """Whether the call had begun, so that its idempotency key is bound to the refusal."""
        return self.status != 400 or self.refusal in BEGUN  # noqa: PLR2004 - HTTP's own

    @property
    def status(self) -> int:
        """The HTTP status of the answer."""
        return self.row.status

    def body(self, request_id: str, mode: str) -> dict[str, Any]:
        """The answer's body; `mode` is `test` or `live`."""
        code = {"code": self.row.code} if self.row.code else {}
        link = {"doc_url": DOCUMENTATION + self.row.code.replace("_", "-")} if self.row.code else {}
        param = {"param": self.param} if self.param else {}
        log = f"{DASHBOARD}{mode}/logs/{request_id}"
        error = {**code, **link, "message": self.message, **param, "request_log_url": log}
        return {"error": {**error, "type": self.row.type, **self.extra}}

    def kept(self, mode: str) -> dict[str, Any]:
        """What an object says of it as its last error: all but what belongs to the call."""
        told: dict[str, Any] = self.body("", mode)["error"]
        return {name: told[name] for name in told if name != "request_log_url"}
