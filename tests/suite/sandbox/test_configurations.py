"""Portal configurations: what they offer must be there, and a refused one leaves nothing."""

from __future__ import annotations

from typing import Any

import pytest

from billproof.sandbox.objects.errors import StripeError
from tests.suite.sandbox.local import Local

CALL = "billing_portal/configurations"


@pytest.fixture
def local() -> Local:
    """An account on a clock of its own."""
    return Local()


def _offering(product: str, *prices: str) -> dict[str, Any]:
    products = [{"product": product, "prices": list(prices)}]
    updating = {"enabled": True, "default_allowed_updates": ["price"], "products": products}
    return {"subscription_update": updating}


@pytest.mark.parametrize(
    ("product", "price", "param"),
    [
        ("prod_nobody", "price_pro", "[0][product]"),
        ("prod_pro", "price_nobody", "[0][prices]"),
        ("prod_pro", "price_max", "[0][prices]"),
    ],
)
def test_what_is_not_there_is_not_offered(
    local: Local, product: str, price: str, param: str
) -> None:
    """Neither by a new configuration nor by a changed one, which stays as it was."""
    made = local.post(CALL, features=_offering("prod_pro", "price_pro"))

    for path in (CALL, f"{CALL}/{made['id']}"):
        with pytest.raises(StripeError) as caught:
            local.post(path, features=_offering(product, price))
        assert caught.value.param == f"features[subscription_update][products]{param}"

    assert [each["id"] for each in local.get(CALL, is_default=False)["data"]] == [made["id"]]
    assert local.get(f"{CALL}/{made['id']}")["features"] == made["features"]
