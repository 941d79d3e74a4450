"""Portal sessions, and the one configuration they have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.customers import living
from billproof.sandbox.objects.identifiers import long_id
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.resource import Body, Resource, nulls


@dataclass(kw_only=True)
class Configuration(Resource):
    """What the portal offers; every account has one, and it is the default."""

    kind: ClassVar[str] = "billing_portal.configuration"

    def body(self) -> Body:
        """The configuration."""
        reasons = ["too_expensive", "missing_features", "unused", "other"]
        cancel = {
            "cancellation_reason": {"enabled": False, "options": reasons},
            "enabled": True,
            "mode": "at_period_end",
            "proration_behavior": "none",
        }
        update: Body = {
            "billing_cycle_anchor": None,
            "default_allowed_updates": [],
            "enabled": False,
            "proration_behavior": "none",
            "schedule_at_period_end": {"conditions": []},
            "trial_update_behavior": "end_trial",
        }
        return {
            **self.head(),
            **nulls("application default_return_url name"),
            "active": True,
            "business_profile": nulls("headline privacy_policy_url terms_of_service_url"),
            "features": {
                "customer_update": {"allowed_updates": [], "enabled": False},
                "invoice_history": {"enabled": True},
                "payment_method_update": {
                    "enabled": False,
                    "payment_method_configuration": None,
                },
                "subscription_cancel": cancel,
                "subscription_pause": {
                    "duration": {"interval_options": [], "type": "indefinite"},
                    "enabled": False,
                },
                "subscription_update": update,
            },
            "is_default": True,
            "login_page": {"enabled": False, "url": None},
            "updated": self.created,
        }


@dataclass(kw_only=True)
class PortalSession(Resource):
    """A way into the portal for one customer."""

    kind: ClassVar[str] = "billing_portal.session"
    customer: str
    configuration: str
    origin: str
    return_url: str | None
    locale: str | None
    flow: Any = None

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


def configuration(account: Account) -> Configuration:
    """The account's configuration, made at its first use."""
    for found in account.all(Configuration):
        return found
    return account.add(
        Configuration(id=long_id("bpc_"), created=account.now(), livemode=account.livemode)
    )


def create(account: Account, params: Params) -> PortalSession:
    """A new portal session."""
    customer = living(account, params.required("customer"))
    default = configuration(account)
    wanted = params.text("configuration")
    if wanted is not None:
        account.referred(Configuration, wanted, "configuration")
    session = account.add(
        PortalSession(
            id=long_id("bps_"),
            created=account.now(),
            livemode=account.livemode,
            customer=customer.id,
            configuration=default.id,
            origin=account.origin,
            return_url=params.text("return_url"),
            locale=params.text("locale"),
        )
    )
    account.emit("billing_portal.session.created", session)
    return session
