"""The typed client of one account in a running sandbox: its levers, and Stripe calls for trials.

sandbox = Sandbox("http://127.0.0.1:12111", "sk_test_1")
sandbox.pay(session_id)
sandbox.amend(subscription_id, status="past_due")
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any, Literal

from billproof.errors import CannotTest
from billproof.sandbox import models
from billproof.sandbox.models import (
    Attempt,
    Call,
    CheckoutSession,
    Clock,
    Customer,
    Dispute,
    Event,
    Fault,
    Invoice,
    Subscription,
    Withheld,
)
from billproof.sandbox.stripe_calls import Model, StripeCalls
from billproof.sandbox.wire import SandboxRefused

__all__ = [
    "Attempt",
    "Call",
    "CheckoutSession",
    "Clock",
    "Customer",
    "Dispute",
    "Event",
    "Fault",
    "Invoice",
    "Sandbox",
    "SandboxRefused",
    "Subscription",
]

Mode = Literal["auto", "manual"]
ROUNDS_OF_WAITING = 600
"""Half a minute, for what takes a tick of the sandbox."""


class Sandbox(StripeCalls):
    """One account, by its secret key. Thread-safe; close it, or use it in a `with`.

    Its own calls are neither logged nor struck by faults: they are the trial's, not the backend's.
    """

    @property
    def env(self) -> dict[str, str]:
        """What a program under test needs in its environment to use this account."""
        return {"STRIPE_API_BASE": self.url, "STRIPE_SECRET_KEY": self.secret_key}

    # The levers

    def health(self) -> str:
        """The version of the sandbox that answers; CannotTest when none does."""
        answer = self.send("GET", "/_sandbox/health")
        if answer.get("sandbox") != "billproof":
            raise CannotTest("no-sandbox", f"What answers at {self.url} is no billproof sandbox.")
        return str(answer["version"])

    def pay(self, session: str, card: str = "4242424242424242", **buyer: str) -> CheckoutSession:
        """Pay a session as its page does; `buyer` may give `email`, `name` and `authentication`.

        The last says how a bank is answered that asks: `complete`, as by default, or `fail`.
        """
        path = f"/_sandbox/checkout/sessions/{session}/pay"
        answer = self.send("POST", path, json={"card": card, **buyer})
        return CheckoutSession.model_validate(answer)

    def authenticate(self, intent: str, outcome: Literal["complete", "fail"] = "complete") -> None:
        """Answer the bank's question about a payment or setup intent that waits for it."""
        place = "setup_intents" if intent.startswith("seti_") else "payment_intents"
        path = f"/_sandbox/{place}/{intent}/authenticate"
        self.send("POST", path, json={"outcome": outcome})

    def dispute(self, charge: str, reason: str = "fraudulent") -> Dispute:
        """Have the payer's bank take a charge back."""
        answer = self.send("POST", f"/_sandbox/charges/{charge}/dispute", json={"reason": reason})
        return Dispute.model_validate(answer)

    def settle_dispute(self, dispute: str, outcome: Literal["won", "lost"]) -> Dispute:
        """Have the bank decide: the merchant has `won`, or `lost`."""
        answer = self.send("POST", f"/_sandbox/disputes/{dispute}/settle", json={"status": outcome})
        return Dispute.model_validate(answer)

    def run_ahead(self, customer: str, seconds: int) -> None:
        """Have a customer live that far ahead of real time: his periods end sooner."""
        self.send("PUT", f"/_sandbox/customers/{customer}/clock", json={"offset": seconds})

    def advance(self, clock: str, to: int) -> None:
        """Advance a test clock to an instant, and wait until it is there."""
        path = f"/v1/test_helpers/test_clocks/{clock}"
        self.stripe("POST", f"{path}/advance", {"frozen_time": to})
        pause = threading.Event()
        for _ in range(ROUNDS_OF_WAITING):
            status = self.stripe("GET", path)["status"]
            if status == "ready":
                return
            if status == "internal_failure":
                reason = f"The test clock {clock} failed; the sandbox's output says why."
                raise CannotTest("clock-failed", reason)
            pause.wait(0.05)
        raise CannotTest("clock-stuck", f"The test clock {clock} does not become ready.")

    def settle_by(
        self,
        retry_days: list[int] | None = None,
        after_retries: Literal["cancel", "unpaid", "past_due"] | None = None,
        finalization_delay: int | None = None,
        upcoming_days: int | None = None,
    ) -> None:
        """Set when failed payments are tried again, and what follows the last attempt."""
        wished = {
            "retry_days": retry_days,
            "after_retries": after_retries,
            "finalization_delay": finalization_delay,
            "upcoming_days": upcoming_days,
        }
        given = {name: value for name, value in wished.items() if value is not None}
        self.send("PUT", "/_sandbox/settings", json=given)

    def settings(self) -> models.Settings:
        """When failed payments are tried again, and what follows the last attempt."""
        return models.Settings.model_validate(self.send("GET", "/_sandbox/settings"))

    def clocks(self) -> list[Clock]:
        """The test clocks, oldest first."""
        return self._list("clocks", Clock)

    def amend(self, subscription: str, **truth: Any) -> Subscription:
        """Set members of a subscription (`current_period_end` too) and emit the event."""
        answer = self.send("POST", f"/_sandbox/subscriptions/{subscription}", json=truth)
        return Subscription.model_validate(answer)

    def disguise(
        self, invoice: str, *, status: str | None = None, withhold: Sequence[Withheld] = ()
    ) -> Invoice:
        """Have an invoice show a status that Stripe has not yet, or null for what is withheld.

        What happens to it goes on as before; its next event shows it so.
        """
        words = {} if status is None else {"status": status}
        body = {**words, "withhold": list(withhold)}
        return Invoice.model_validate(self.send("POST", f"/_sandbox/invoices/{invoice}", json=body))

    def customers(self, user: str | int | None = None) -> list[Customer]:
        """The customers, oldest first; of one user, when it is named."""
        return self._list("customers", Customer, user=user)

    def sessions(self, user: str | int | None = None) -> list[CheckoutSession]:
        """The checkout sessions, oldest first."""
        return self._list("sessions", CheckoutSession, user=user)

    def subscriptions(self, user: str | int | None = None) -> list[Subscription]:
        """The subscriptions, oldest first, whatever their status."""
        return self._list("subscriptions", Subscription, user=user)

    def events(self, user: str | int | None = None, customer: str | None = None) -> list[Event]:
        """The events, oldest first."""
        return self._list("events", Event, user=user, customer=customer)

    def calls(self, user: str | int | None = None) -> list[Call]:
        """The calls of others that reached the API, oldest first."""
        return self._list("calls", Call, user=user)

    def fault(  # noqa: PLR0913 - the words of a fault
        self,
        on: Literal["all", "writes", "create"] = "all",
        *,
        effect: Literal["status", "hang", "reset", "lost", "late", "rate_limit"] = "status",
        kind: str | None = None,
        user: str | int | None = None,
        customer: str | None = None,
        status: int = 500,
        code: str | None = None,
        should_retry: bool | None = None,
        times: int | None = None,
        after: int = 0,
        seconds: float | None = None,
    ) -> Fault:
        """Have others' calls fail on purpose until `clear_fault`, or for `times` hits.

        `kind` is an `object` as Stripe names it: `customer`, `checkout.session`, …. The first
        `after` calls that it means still pass. `should_retry` is a header of Stripe's; `seconds`
        is how late an answer comes.
        """
        words = {"on": on, "kind": kind, "effect": effect, "status": status, "code": code}
        named = {"user": None if user is None else str(user), "customer": customer}
        count = {"should_retry": should_retry, "times": times, "after": after}
        late = {} if seconds is None else {"seconds": seconds}
        answer = self.send("POST", "/_sandbox/faults", json=words | named | count | late)
        return Fault.model_validate(answer)

    def faults(self, customer: str | None = None) -> list[Fault]:
        """All faults, or one customer's, with their hits so far."""
        return self._list("faults", Fault, customer=customer)

    def clear_faults(self, customer: str | None = None) -> None:
        """End all faults of the account, or those that are one customer's."""
        params = [] if customer is None else [("customer", customer)]
        self.send("DELETE", "/_sandbox/faults", params=params)

    def lag_search(self, seconds: int) -> None:
        """Have search find things only so long after they were made."""
        self.send("PUT", "/_sandbox/search", json={"lag": seconds})

    def find_fault(self, fault: str) -> Fault:
        """A fault with its hits so far."""
        return Fault.model_validate(self.send("GET", f"/_sandbox/faults/{fault}"))

    def clear_fault(self, fault: str) -> Fault:
        """End a fault; calls that it holds stay held until their clients leave."""
        return Fault.model_validate(self.send("DELETE", f"/_sandbox/faults/{fault}"))

    def set_webhook(
        self,
        url: str,
        secret: str,
        mode: Mode = "auto",
        back_off: list[float] | None = None,
        patience: float | None = None,
    ) -> None:
        """Where the account's events go, whether by themselves, and when they come again.

        `back_off` are the seconds from each failed attempt to the next; `patience` is for how
        many seconds an answer is waited for.
        """
        how = {"mode": mode, "back_off": back_off, "patience": patience}
        body = {"url": url, "secret": secret, **how}
        self.send("PUT", "/_sandbox/webhooks", json=body)

    def webhooks(self) -> models.Webhooks:
        """How events leave, and how many deliveries are under way."""
        return models.Webhooks.model_validate(self.send("GET", "/_sandbox/webhooks"))

    def set_delivery(self, customer: str, mode: Mode) -> None:
        """Have one customer's events leave otherwise than the account's."""
        self.send("PUT", f"/_sandbox/customers/{customer}/delivery", json={"mode": mode})

    def deliver(self, event: str, **how: Any) -> Attempt:
        """Deliver an event now, once more if need be; the last attempt.

        `how`: `times`, `parallel`, `retries` (what is refused comes again by itself),
        `form="thin"`, `api_version`, `created`, `secret`, `age` (seconds ago that it was
        signed), `endpoint` (whatever it wants).
        """
        answer = self.send("POST", "/_sandbox/deliveries", json={"event": event, **how})
        return Attempt.model_validate(answer)

    def release(self, events: list[str], **how: Any) -> list[Attempt]:
        """Deliver events in that order, or at once with `parallel`; every attempt."""
        answer = self.send("POST", "/_sandbox/deliveries", json={"events": events, **how})
        return [Attempt.model_validate(each) for each in answer["data"]]

    def deliver_later(self, event: str, seconds: float, **how: Any) -> None:
        """Deliver an event after a while; the call is answered at once."""
        body = {"event": event, "delay": seconds, **how}
        self.send("POST", "/_sandbox/deliveries", json=body)

    def held(self, user: str | int | None = None, customer: str | None = None) -> list[Event]:
        """The events that an endpoint has still to take, and that will not come by themselves."""
        return self._list("deliveries/held", Event, user=user, customer=customer)

    def drop(self, event: str) -> None:
        """Never deliver an event by itself."""
        self.send("POST", f"/_sandbox/events/{event}/drop")

    def roll_secret(self, endpoint: str, overlap: int = 86_400) -> str:
        """A new signing secret; the old one signs beside it for `overlap` seconds."""
        path = f"/_sandbox/webhook_endpoints/{endpoint}/roll_secret"
        return str(self.send("POST", path, json={"overlap": overlap})["secret"])

    def attempts(self, event: str | None = None, customer: str | None = None) -> list[Attempt]:
        """Every delivery so far, oldest first."""
        return self._list("deliveries", Attempt, event=event, customer=customer)

    def _list(self, noun: str, model: type[Model], **wanted: str | int | None) -> list[Model]:
        params = [(name, str(value)) for name, value in wanted.items() if value is not None]
        answer = self.send("GET", f"/_sandbox/{noun}", params=params)
        return [model.model_validate(each) for each in answer["data"]]
