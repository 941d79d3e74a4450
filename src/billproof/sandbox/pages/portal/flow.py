"""The one thing that a deep link is for, and where it leads when that is done."""

from __future__ import annotations

from dataclasses import dataclass

from billproof.sandbox.billing.portal import PortalSession


@dataclass(frozen=True, slots=True)
class Wanted:
    """What `subscription_update_confirm` asks to be confirmed; None is as it is."""

    price: str | None
    quantity: int | None


@dataclass(frozen=True, slots=True)
class Flow:
    """A session's `flow`."""

    path: str
    """Below the session's address."""
    feature: str
    subscription: str | None
    wanted: Wanted | None
    after: str
    redirect: str | None
    message: str | None

    @classmethod
    def of(cls, session: PortalSession) -> Flow | None:
        """The flow of a session that has one."""
        said = session.flow
        if said is None:
            return None
        kind, after = said["type"], said["after_completion"]
        about = said.get(kind) or {}
        subscription = about.get("subscription")
        items = about.get("items") or []
        return cls(
            path=f"/subscriptions/{subscription}{PATHS[kind]}" if subscription else PATHS[kind],
            feature=kind.removesuffix("_confirm"),
            subscription=subscription,
            wanted=Wanted(items[0].get("price"), items[0].get("quantity")) if items else None,
            after=after["type"],
            redirect=(after["redirect"] or {}).get("return_url"),
            message=(after["hosted_confirmation"] or {}).get("custom_message"),
        )

    @property
    def closes(self) -> bool:
        """Whether nothing else is shown once it is done."""
        return self.after != "portal_homepage"


PATHS = {
    "customer_update": "/customer",
    "payment_method_update": "/payment-method",
    "subscription_cancel": "/cancel",
    "subscription_pause": "/pause",
    "subscription_update": "/update",
    "subscription_update_confirm": "/confirm",
}
"""Where each begins, below the session or below its subscription."""
