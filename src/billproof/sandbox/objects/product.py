"""A product: what is sold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.resource import Body, Resource, nulls

ECHOED = "package_dimensions shippable statement_descriptor tax_code unit_label url"


@dataclass(kw_only=True, slots=True)
class Product(Resource):
    """What is sold."""

    kind: ClassVar[str] = "product"
    name: str
    active: bool = True
    description: str | None = None
    default_price: str | None = None
    updated: int
    said: dict[str, Any] = field(default_factory=dict)
    """What nothing here depends on, as it was given."""

    def body(self) -> Body:
        """The product."""
        return {
            **self.head(),
            **nulls(ECHOED),
            "active": self.active,
            "default_price": self.default_price,
            "description": self.description,
            "images": [],
            "marketing_features": [],
            "name": self.name,
            "type": "service",
            "updated": self.updated,
            **self.said,
        }


def product_name(account: Account, product: str) -> str:
    """What a product is called; its id when it is no more."""
    found = account.find(Product, product)
    return found.name if found else product
