"""The overview: all that a customer has, and a way to each thing that he may change."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from billproof.sandbox.billing.features import Feature
from billproof.sandbox.billing.subscription import OVER, Subscription
from billproof.sandbox.pages.portal import abilities, cards
from billproof.sandbox.pages.portal.details import Fact, facts
from billproof.sandbox.pages.portal.history import History
from billproof.sandbox.pages.portal.rows import CardRow, SubscriptionRow
from billproof.sandbox.pages.portal.visit import Visit, Way
from billproof.sandbox.pages.rendering import page


@dataclass(frozen=True, slots=True)
class Running:
    """A subscription that is not over, with what may be done."""

    row: SubscriptionRow
    links: tuple[Way, ...]
    posts: tuple[Way, ...]

    @classmethod
    def of(cls, visit: Visit, subscription: Subscription) -> Running:
        """The buttons are those whose doors are open."""
        links = (
            (abilities.may_update, "Update plan", "/update"),
            (abilities.may_pause, "Pause subscription", "/pause"),
            (abilities.may_cancel, "Cancel subscription", "/cancel"),
        )
        posts = (
            (abilities.may_resume, "Resume subscription", "/unpause"),
            (abilities.may_keep, "Don't cancel subscription", "/resume"),
        )
        found = [
            tuple(
                Way(label, visit.of(subscription, path))
                for may, label, path in buttons
                if may(visit, subscription)
            )
            for buttons in (links, posts)
        ]
        return cls(SubscriptionRow.of(visit.account, subscription), *found)


@dataclass(frozen=True, slots=True)
class Overview:
    """All of it; None of what the configuration hides."""

    headline: str | None
    email: str | None
    running: tuple[Running, ...]
    over: tuple[SubscriptionRow, ...]
    cards: tuple[CardRow, ...] | None
    facts: tuple[Fact, ...] | None
    invoices: History | None
    legal: tuple[Way, ...]

    @classmethod
    def of(cls, visit: Visit) -> Overview:
        """What a customer has; the newest first."""
        mine = visit.account.of(visit.customer.id, Subscription)[::-1]
        said = visit.configuration.business_profile
        labels = (("Terms", "terms_of_service_url"), ("Privacy", "privacy_policy_url"))
        return cls(
            headline=said.get("headline"),
            email=visit.customer.email,
            running=tuple(Running.of(visit, each) for each in mine if each.status not in OVER),
            over=tuple(SubscriptionRow.of(visit.account, s) for s in mine if s.status in OVER),
            cards=cards.rows(visit) if visit.offers(Feature.CARD) else None,
            facts=facts(visit) if visit.offers(Feature.CUSTOMER) else None,
            invoices=History.of(visit) if visit.offers(Feature.INVOICES) else None,
            legal=tuple(Way(label, said[name]) for label, name in labels if said.get(name)),
        )


async def show(visit: Visit) -> Response:
    """The page."""
    return await page("portal/overview.html", visit=visit, overview=Overview.of(visit))
