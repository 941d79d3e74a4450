"""Portal sessions: one customer's way in, for everything or for one thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from billproof.sandbox.billing import configurations
from billproof.sandbox.billing.configurations import Configuration
from billproof.sandbox.billing.subscription import OVER, Subscription
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.customers import living
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.identifiers import long_id
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.resource import Body, Resource, nulls


@dataclass(kw_only=True, slots=True)
class PortalSession(Resource):
    """A way into the portal for one customer."""

    kind: ClassVar[str] = "billing_portal.session"
    customer: str
    configuration: str
    origin: str
    return_url: str | None
    locale: str | None
    flow: Any = None
    is_done: bool = False
    """Whether the one thing that it is for has been done."""

    @property
    def owner(self) -> str:
        """Whose it is."""
        return self.customer

    @property
    def url(self) -> str:
        """Where the portal is."""
        return f"{self.origin}/p/session/{self.id}"

    def body(self) -> Body:
        """The session."""
        head = self.head()
        del head["metadata"]
        return {
            **head,
            **nulls("customer_account on_behalf_of"),
            "configuration": self.configuration,
            "customer": self.customer,
            "flow": self.flow,
            "locale": self.locale,
            "return_url": self.return_url,
            "url": self.url,
        }


def create(account: Account, params: Params) -> PortalSession:
    """A new portal session."""
    customer = living(account, params.required("customer"))
    usual = configurations.default(account)
    wanted = params.text("configuration")
    if wanted is not None:
        usual = account.referred(Configuration, wanted, "configuration")
        if not usual.active:
            reason = f"The configuration {wanted} is not active."
            raise StripeError(Refusal.STATE, param="configuration", reason=reason)
    session = account.add(
        PortalSession(
            id=long_id("bps_"),
            created=account.now(customer.id),
            livemode=account.livemode,
            customer=customer.id,
            configuration=usual.id,
            origin=account.origin,
            return_url=params.text("return_url") or usual.default_return_url,
            locale=params.text("locale"),
            flow=_flow(account, customer.id, usual, params.child("flow_data")),
        )
    )
    account.emit("billing_portal.session.created", session)
    return session


def _flow(
    account: Account, customer: str, configuration: Configuration, asked: Params
) -> Body | None:
    """The one thing that a session is for, when it is for one."""
    kind = asked.text("type")
    if kind is None:
        return None
    _require_offered(configuration, kind)
    done = asked.json("after_completion") or {"type": "portal_homepage"}
    flow: Body = {
        **nulls("subscription_cancel subscription_update subscription_update_confirm"),
        "after_completion": {**nulls("hosted_confirmation redirect"), **done},
        "type": kind,
    }
    if kind.startswith("subscription_"):
        _require_running(account, customer, asked.child(kind))
        flow[kind] = {**FLOWS.get(kind, {}), **(asked.json(kind) or {})}
    return flow


def _require_offered(configuration: Configuration, kind: str) -> None:
    feature = kind.removesuffix("_confirm")
    if not configuration.offers(feature):
        words = feature.replace("_", " ")
        reason = f"The {words} feature in the portal configuration is disabled."
        raise StripeError(Refusal.STATE, param="flow_data[type]", reason=reason)


def _require_running(account: Account, customer: str, about: Params) -> None:
    named, param = about.required("subscription"), about.named("subscription")
    found = account.referred(Subscription, named, param)
    if found.customer != customer:
        raise StripeError(Refusal.NO_SUCH, param=param, kind="subscription", id=named)
    if found.status in OVER:
        reason = f"The subscription {named} has ended, and cannot be changed in the portal."
        raise StripeError(Refusal.STATE, param=param, reason=reason)


FLOWS: dict[str, Body] = {
    "subscription_cancel": {"retention": None},
    "subscription_update_confirm": {"discounts": None, "items": []},
}
"""What Stripe shows of a kind besides what was asked."""
