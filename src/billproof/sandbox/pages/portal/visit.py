"""A visit to the portal: whose it is, what may be done there, and where it goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlsplit

from starlette.responses import RedirectResponse, Response

from billproof.sandbox.billing.configurations import Configuration
from billproof.sandbox.billing.features import Feature
from billproof.sandbox.billing.portal import PortalSession
from billproof.sandbox.billing.subscription import Subscription
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.customers import Customer
from billproof.sandbox.pages.portal.flow import Flow
from billproof.sandbox.pages.rendering import SEE_OTHER


class Done(Enum):
    """What has been done, as the next page says it."""

    UPDATED = "Your plan has been updated."
    CARD = "Your payment method has been updated."
    DEFAULT = "Your default payment method has been changed."
    DELETED = "Your payment method has been deleted."
    ENDING = "Your subscription will be canceled."
    CANCELED = "Your subscription has been canceled."
    KEPT = "Your subscription will not be canceled."
    PAUSED = "Your subscription has been paused."
    RESUMED = "Your subscription has been resumed."
    DETAILS = "Your information has been updated."


@dataclass(frozen=True, slots=True)
class Way:
    """A link back: its words and its address."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request: its session, and all that was sent."""

    account: Account
    session: PortalSession
    configuration: Configuration
    customer: Customer
    about: Subscription | None
    """What the address names."""
    said: Mapping[str, str]
    body: bytes
    posted: bool

    @property
    def subscription(self) -> Subscription:
        """The same, at addresses that name one."""
        if self.about is None:
            raise LookupError("This address names no subscription.")
        return self.about

    @property
    def now(self) -> int:
        """The customer's own time."""
        return self.account.now(self.customer.id)

    @property
    def flow(self) -> Flow | None:
        """The one thing that this visit is for, as long as it is not done."""
        return None if self.session.is_done else Flow.of(self.session)

    def offers(self, feature: Feature) -> bool:
        """Whether the session's configuration has a feature."""
        return self.configuration.offers(feature.value)

    def at(self, path: str = "") -> str:
        """An address of this session."""
        return f"/p/session/{self.session.id}{path}"

    def of(self, subscription: Subscription, path: str) -> str:
        """An address about a subscription."""
        return self.at(f"/subscriptions/{subscription.id}{path}")

    @property
    def back(self) -> Way | None:
        """To the overview; from a flow, which has none, to the merchant."""
        return self.home if self.flow else Way("Back", self.at())

    @property
    def home(self) -> Way | None:
        """To the merchant, when he has said where that is."""
        url = self.session.return_url
        return Way(f"Return to {urlsplit(url).hostname or 'the shop'}", url) if url else None

    def finished(self, done: Done) -> Response:
        """Where it goes on once something has been done."""
        flow = self.flow
        self.session.is_done |= flow is not None
        if flow is not None and flow.redirect:
            return RedirectResponse(flow.redirect, SEE_OTHER)
        return RedirectResponse(self.at(f"?done={done.name.lower()}"), SEE_OTHER)

    @property
    def news(self) -> str | None:
        """What has just been done, for the page that follows."""
        done = self.said.get("done", "").upper()
        return Done[done].value if done in Done.__members__ else None
