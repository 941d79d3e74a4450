"""Portal configurations: what customers may do there, and the calls on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.identifiers import long_id
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.price import Price
from billproof.sandbox.objects.product import Product
from billproof.sandbox.objects.resource import Body, Resource, nulls

REASONS = ("too_expensive", "missing_features", "unused", "other")


@dataclass(kw_only=True, slots=True)
class Configuration(Resource):
    """What the portal offers; the account's own one is the default."""

    kind: ClassVar[str] = "billing_portal.configuration"
    features: dict[str, Any]
    updated: int
    is_default: bool = False
    active: bool = True
    name: str | None = None
    default_return_url: str | None = None
    business_profile: dict[str, Any] = field(default_factory=dict)

    def body(self) -> Body:
        """The configuration."""
        return {
            **self.head(),
            "active": self.active,
            "application": None,
            "business_profile": {
                **nulls("headline privacy_policy_url terms_of_service_url"),
                **self.business_profile,
            },
            "default_return_url": self.default_return_url,
            "features": self.features,
            "is_default": self.is_default,
            "login_page": {"enabled": False, "url": None},
            "name": self.name,
            "updated": self.updated,
        }

    def offers(self, feature: str) -> bool:
        """Whether customers may do that."""
        return bool(self.features[feature]["enabled"])

    @property
    def prices(self) -> list[str]:
        """The prices between which customers may change."""
        products = self.features["subscription_update"].get("products") or []
        return [price for product in products for price in product["prices"]]


def _complete(given: dict[str, Any]) -> dict[str, Any]:
    """The features that a call gives, with Stripe's defaults for what it leaves out."""
    usual: dict[str, dict[str, Any]] = {
        "customer_update": {"allowed_updates": [], "enabled": False},
        "invoice_history": {"enabled": False},
        "payment_method_update": {"enabled": False, "payment_method_configuration": None},
        "subscription_cancel": {
            "cancellation_reason": {"enabled": False, "options": list(REASONS)},
            "enabled": False,
            "mode": "at_period_end",
            "proration_behavior": "none",
        },
        "subscription_pause": {
            "duration": {"interval_options": [], "type": "indefinite"},
            "enabled": False,
        },
        "subscription_update": {
            "billing_cycle_anchor": None,
            "default_allowed_updates": [],
            "enabled": False,
            "products": None,
            "proration_behavior": "none",
            "schedule_at_period_end": {"conditions": []},
            "trial_update_behavior": "end_trial",
        },
    }
    return {name: _joined(each, given.get(name) or {}) for name, each in usual.items()}


def _joined(feature: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """A feature with what a call gives of it."""
    whole = {**feature, **given}
    for name, usual in feature.items():
        if isinstance(usual, dict) and isinstance(given.get(name), dict):
            whole[name] = {**usual, **given[name]}
    if given.get("products"):
        whole["products"] = [_offered(each) for each in given["products"]]
    return whole


def _offered(product: dict[str, Any]) -> dict[str, Any]:
    quantity = {"enabled": False, "maximum": None, "minimum": 1}
    return {**product, "adjustable_quantity": quantity | product.get("adjustable_quantity", {})}


def default(account: Account) -> Configuration:
    """The account's own, made at its first use: everything but pausing, for all its prices."""
    for found in account.all(Configuration):
        if found.is_default:
            return found
    products: dict[str, list[str]] = {}
    for price in account.all(Price):
        if price.interval and price.active:
            products.setdefault(price.product, []).append(price.id)
    offered = [{"prices": prices, "product": product} for product, prices in products.items()]
    enabled = {"enabled": True}
    features = {
        "invoice_history": enabled,
        "payment_method_update": enabled,
        "subscription_cancel": enabled,
        "subscription_update": {
            **enabled,
            "default_allowed_updates": ["price"],
            "products": offered,
            "proration_behavior": "create_prorations",
        },
    }
    return _new(account, features, is_default=True)


def _new(account: Account, features: dict[str, Any], *, is_default: bool) -> Configuration:
    now = account.now(None)
    return account.add(
        Configuration(
            id=long_id("bpc_"),
            created=now,
            livemode=account.livemode,
            features=_complete(features),
            updated=now,
            is_default=is_default,
        )
    )


def create(account: Account, params: Params) -> Configuration:
    """A configuration beside the default one."""
    features = _complete(params.json("features") or {})
    _check(account, features)
    found = _new(account, features, is_default=False)
    _apply(found, params)
    account.emit("billing_portal.configuration.created", found)
    return found


def update(account: Account, params: Params, identifier: str) -> Configuration:
    """Change what it offers; each feature that is named is changed in what is given of it."""
    default(account)
    found = account.get(Configuration, identifier)
    if found.is_default and params.flag("active") is False:
        reason = "You cannot deactivate the default configuration."
        raise StripeError(Refusal.STATE, param="active", reason=reason)
    given = params.json("features") or {}
    features = {**found.features, **{n: _joined(found.features[n], given[n]) for n in given}}
    _check(account, features)
    before = found.body()
    found.features = features
    _apply(found, params)
    found.updated = account.now(None)
    account.emit("billing_portal.configuration.updated", found, before)
    return found


def _apply(found: Configuration, params: Params) -> None:
    found.metadata = params.metadata(found.metadata)
    found.business_profile = {**found.business_profile, **(params.json("business_profile") or {})}
    for name in ("name", "default_return_url"):
        if name in params:
            setattr(found, name, params.text(name))
    active = params.flag("active")
    found.active = found.active if active is None else active


def _check(account: Account, features: dict[str, Any]) -> None:
    """Refuse products and prices that are not there, or not each other's."""
    updating, param = features["subscription_update"], "features[subscription_update][products]"
    products = updating.get("products") or []
    if updating["enabled"] and not products:
        reason = "Name the products between which customers may change."
        raise StripeError(Refusal.STATE, param=param, reason=reason)
    for index, offered in enumerate(products):
        product = account.referred(Product, offered["product"], f"{param}[{index}][product]")
        for each in offered["prices"]:
            price = account.referred(Price, each, f"{param}[{index}][prices]")
            if price.product != product.id:
                reason = f"The price {each} is not of the product {product.id}."
                raise StripeError(Refusal.STATE, param=f"{param}[{index}][prices]", reason=reason)
