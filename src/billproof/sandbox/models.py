"""What the sandbox's client answers: the members trials look at; all others are there too."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Withheld = Literal["number", "hosted_invoice_url", "invoice_pdf"]
"""What an invoice may show as null."""


class Shown(BaseModel):
    """An object of the sandbox. Members without a name here keep Stripe's, as attributes."""

    model_config = ConfigDict(extra="allow", frozen=True)

    id: str


class Customer(Shown):
    """A customer; of a deleted one only its id is left."""

    email: str | None = None
    metadata: dict[str, str] = {}
    deleted: bool = False


class CheckoutSession(Shown):
    """A checkout session."""

    status: str
    payment_status: str
    url: str | None
    customer: str | None
    subscription: str | None
    invoice: str | None
    client_reference_id: str | None
    metadata: dict[str, str]
    expires_at: int
    success_url: str
    cancel_url: str | None


class PriceShown(Shown):
    """A price."""

    currency: str
    unit_amount: int
    product: str


class Item(Shown):
    """An item of a subscription, with the period that is paid for."""

    price: PriceShown
    quantity: int
    current_period_start: int
    current_period_end: int


class Items(BaseModel):
    """The items of a subscription."""

    model_config = ConfigDict(extra="allow", frozen=True)

    data: list[Item]


class Subscription(Shown):
    """A subscription; instants are whole seconds."""

    customer: str
    status: str
    metadata: dict[str, str]
    items: Items
    cancel_at: int | None
    cancel_at_period_end: bool
    canceled_at: int | None
    ended_at: int | None
    trial_start: int | None
    trial_end: int | None
    pause_collection: dict[str, Any] | None
    latest_invoice: str | None

    @property
    def current_period_end(self) -> int:
        """The end of the first item's period."""
        return self.items.data[0].current_period_end


class Invoice(Shown):
    """An invoice; its amounts are in the smallest unit of its currency."""

    created: int
    status: str
    number: str | None
    currency: str
    amount_due: int
    amount_paid: int
    attempt_count: int
    due_date: int | None
    hosted_invoice_url: str | None
    invoice_pdf: str | None


class Clock(Shown):
    """A test clock."""

    frozen_time: int
    status: str
    name: str | None


class Dispute(Shown):
    """A payment that its payer's bank has taken back."""

    charge: str
    amount: int
    currency: str
    reason: str
    status: str


class Event(Shown):
    """An event; `body` is the exact text that is delivered."""

    type: str
    created: int
    customer: str | None
    body: str


class Call(Shown):
    """One call that reached the API; `status` is None when it was never answered."""

    at: float
    method: str
    path: str
    params: dict[str, Any]
    status: int | None
    error: dict[str, Any] | None
    """Why it was refused, in Stripe's form."""
    idempotency_key: str | None
    replayed: bool
    user: str | None


class Fault(Shown):
    """A failure on purpose, with how often it has struck."""

    on: Literal["all", "writes", "create"]
    kind: str | None
    user: str | None
    effect: Literal["status", "hang", "reset", "lost", "late"]
    status: int
    code: str | None
    should_retry: bool | None
    times: int | None
    after: int
    customer: str | None
    hits: int
    seconds: float


class Attempt(Shown):
    """One delivery; `status` is None when no answer came, then `error` says why."""

    event: str
    type: str
    customer: str | None
    endpoint: str
    url: str
    number: int
    at: float
    seconds: float
    status: int | None
    answer: str
    error: str | None
    taken: bool


class Webhooks(BaseModel):
    """How an account's events leave, and how many deliveries are under way."""

    model_config = ConfigDict(extra="allow", frozen=True)

    mode: Literal["auto", "manual"]
    urls: list[str]
    back_off: list[float]
    patience: float
    under_way: int


class Settings(BaseModel):
    """When failed payments are tried again, and what follows the last attempt."""

    model_config = ConfigDict(extra="allow", frozen=True)

    retry_days: list[int]
    after_retries: Literal["cancel", "unpaid", "past_due"]
    finalization_delay: int
