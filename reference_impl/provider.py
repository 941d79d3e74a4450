"""Stripe, as far as this backend needs it: a few calls, and three ways to fail."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import stripe
from stripe.checkout import Session
from stripe.params import InvoiceListParams
from stripe.params.checkout import SessionCreateParamsSubscriptionData

from reference_impl.catalogue import Plan
from reference_impl.settings import Settings

CALL_SECONDS = 4.0
SUCCESS = range(200, 300)
"""A success that cannot be read is a success all the same."""

UNDECIDED = frozenset({401, 403, 409, 429})
"""Not let in, under way elsewhere, or not looked at: the key has not been used up."""


class ProviderError(Exception):
    """Stripe answered, and the answer is no."""


class AnswerLostError(ProviderError):
    """No answer came, or none that can be read: the effect may have happened."""


class GoneError(ProviderError):
    """Stripe does not know what was asked for (any more)."""


class CustomerGoneError(GoneError):
    """Stripe does not know this customer (any more)."""


class Provider:
    """The calls; each raises ProviderError, and none lasts longer than a few seconds."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        # Reading the certificates takes longer than starting all the rest.
        encrypted = settings.stripe_api_base.startswith("https:")
        self._http = stripe.HTTPXClient(timeout=CALL_SECONDS, verify_ssl_certs=encrypted)
        self._api = stripe.StripeClient(
            settings.stripe_secret_key,
            base_addresses={"api": settings.stripe_api_base},
            http_client=self._http,
            max_network_retries=0,
        ).v1

    async def create_customer(self, user_id: int, attempt: int) -> str:
        """A new customer for the user; its id."""
        with _failures():
            customer = await self._api.customers.create_async(
                {"metadata": {"telegram_user_id": str(user_id)}},
                {"idempotency_key": f"customer-{user_id}-{attempt}"},
            )
        return customer.id

    async def owner_of(self, customer_id: str) -> str | None:
        """What the customer's metadata say of its user; CustomerGoneError when it was deleted."""
        with _failures(customer_param="id"):
            customer = await self._api.customers.retrieve_async(customer_id)
        if getattr(customer, "deleted", False):
            raise CustomerGoneError
        metadata = customer.metadata
        return metadata.to_dict().get("telegram_user_id") if metadata else None

    async def create_session(
        self, user_id: int, customer_id: str, plan: Plan, trial_days: int, attempt: int
    ) -> Session:
        """A new Checkout Session; the same arguments again give the same one."""
        owner = {"telegram_user_id": str(user_id)}
        page = f"{self._settings.public_url}/app/billing"
        subscription: SessionCreateParamsSubscriptionData = {"metadata": owner}
        if trial_days:
            subscription["trial_period_days"] = trial_days
        with _failures():
            return await self._api.checkout.sessions.create_async(
                {
                    "mode": "subscription",
                    "customer": customer_id,
                    "client_reference_id": str(user_id),
                    "metadata": owner,
                    "subscription_data": subscription,
                    "line_items": [{"price": plan.price or "", "quantity": 1}],
                    "success_url": f"{page}/return?session_id={{CHECKOUT_SESSION_ID}}",
                    "cancel_url": page,
                },
                {"idempotency_key": f"checkout-{user_id}-{attempt}"},
            )

    async def session(self, session_id: str) -> Session:
        """A Checkout Session as it is now; GoneError when there is none of this id."""
        with _failures():
            return await self._api.checkout.sessions.retrieve_async(session_id)

    async def expire_session(self, session_id: str) -> None:
        """Close an open Checkout Session."""
        with _failures():
            await self._api.checkout.sessions.expire_async(session_id)

    async def subscriptions(self, customer_id: str) -> list[stripe.Subscription]:
        """All subscriptions of a customer, whatever their status."""
        with _failures():
            page = await self._api.subscriptions.list_async(
                {"customer": customer_id, "status": "all", "limit": 100}
            )
            return [one async for one in page.auto_paging_iter()]

    async def create_portal_session(self, customer_id: str) -> str:
        """A new portal session; its URL."""
        with _failures():
            session = await self._api.billing_portal.sessions.create_async(
                {
                    "customer": customer_id,
                    "return_url": f"{self._settings.public_url}/app/billing",
                }
            )
        return session.url

    async def invoices(self, customer_id: str, after: str | None) -> AsyncIterator[stripe.Invoice]:
        """The customer's invoices, newest first, from behind `after` on."""
        wanted: InvoiceListParams = {"customer": customer_id, "limit": 100}
        if after is not None:
            wanted["starting_after"] = after
        with _failures():
            page = await self._api.invoices.list_async(wanted)
            async for invoice in page.auto_paging_iter():
                yield invoice

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.close_async()  # type: ignore[no-untyped-call] # the SDK's own gap


@contextmanager
def _failures(customer_param: str = "customer") -> Iterator[None]:
    """Turn the SDK's errors into ours; nothing of Stripe's text goes on from here.

    `customer_param` is where this call names a customer: what else may be missing is not he.
    """
    try:
        yield
    except stripe.InvalidRequestError as error:
        if error.code == "resource_missing":
            his = error.param == customer_param
            raise (CustomerGoneError if his else GoneError) from error
        raise ProviderError from error
    except stripe.APIConnectionError as error:
        raise AnswerLostError from error
    except stripe.StripeError as error:
        lost = error.http_status in SUCCESS or error.http_status in UNDECIDED
        raise (AnswerLostError if lost else ProviderError) from error
