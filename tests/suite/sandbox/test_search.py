"""Search: the query language, its limits, its pages."""

from __future__ import annotations

import pytest

from billproof.sandbox.objects.errors import StripeError
from tests.suite.sandbox.local import START, Local


@pytest.fixture
def stripe() -> Local:
    """Three customers, made a second apart."""
    local = Local()
    for name, user in (("Ada Lovelace", "7"), ("Grace O'Hopper", "8"), ("Alan", None)):
        metadata = {"telegram_user_id": user} if user else {}
        local.customer(
            card=None, name=name, email=f"{name[:4].strip()}@Example.com", metadata=metadata
        )
        local.wait(1)
    return local


def _names(stripe: Local, query: str) -> list[str]:
    return [each["name"] for each in stripe.get("customers/search", query=query)["data"]]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("metadata['telegram_user_id']:'7'", ["Ada Lovelace"]),
        ("metadata[\"telegram_user_id\"]:'7'", ["Ada Lovelace"]),
        ("metadata['telegram_user_id']:null", ["Alan"]),
        ("-metadata['telegram_user_id']:null", ["Grace O'Hopper", "Ada Lovelace"]),
        ("-metadata['telegram_user_id']:'7'", ["Alan", "Grace O'Hopper"]),
        ("name:'Grace O\\'Hopper'", ["Grace O'Hopper"]),
        ('name:"grace o\'hopper"', ["Grace O'Hopper"]),
        ("email:'ada@example.com'", ["Ada Lovelace"]),
        ("email~'EXAMPLE'", ["Alan", "Grace O'Hopper", "Ada Lovelace"]),
        (f"created>{START}", ["Alan", "Grace O'Hopper"]),
        (f"created>={START}", ["Alan", "Grace O'Hopper", "Ada Lovelace"]),
        (f"created<{START + 1}", ["Ada Lovelace"]),
        (f"created:{START + 2}", ["Alan"]),
        (f"name~'lan' AND created>{START}", ["Alan"]),
        ("name:'alan' OR metadata['telegram_user_id']:'8'", ["Alan", "Grace O'Hopper"]),
        ("name:'nobody'", []),
    ],
)
def test_a_query_finds_what_it_says(stripe: Local, query: str, names: list[str]) -> None:
    """Newest first; texts are compared without regard to case."""
    assert _names(stripe, query) == names


@pytest.mark.parametrize(
    "query",
    [
        "name",
        "name:Alan",
        "name:'Alan' AND",
        "name:'Alan' email:'x'",
        "name:'a' AND email:'b' OR phone:'c'",
        "shoe:'42'",
        "name~'al'",
        "name>'Al'",
        "created~'123'",
        "created:soon",
        "metadata['x'",
        " AND ".join(["name:'Alan'"] * 11),
    ],
)
def test_what_is_no_query_is_refused(stripe: Local, query: str) -> None:
    """With the parameter's name; a good query beside it is answered."""
    with pytest.raises(StripeError) as caught:
        _names(stripe, query)

    assert (caught.value.status, caught.value.param) == (400, "query")
    assert _names(stripe, "name:'Alan'") == ["Alan"]


def test_results_come_in_pages(stripe: Local) -> None:
    """A token leads on, until there is none."""
    first = stripe.get("customers/search", query="email~'example'", limit=2)

    second = stripe.get(
        "customers/search", query="email~'example'", limit=2, page=first["next_page"]
    )

    assert (first["has_more"], second["has_more"], second["next_page"]) == (True, False, None)
    names = [each["name"] for each in first["data"] + second["data"]]
    assert names == ["Alan", "Grace O'Hopper", "Ada Lovelace"]


def test_every_kind_is_searched_by_its_own_fields(stripe: Local) -> None:
    """Invoices by number and subscription, prices by key, payments by amount."""
    customer = stripe.customer()
    subscription = stripe.subscribe(customer, metadata={"plan": "pro"})
    invoice = stripe.get("invoices")["data"][0]
    queries = {
        "subscriptions": "status:'active' AND metadata['plan']:'pro'",
        "invoices": f"subscription:'{subscription['id']}' AND total>=1900",
        "payment_intents": f"amount:1900 AND customer:'{customer}'",
        "charges": "status:'succeeded'",
        "prices": "active:'true' AND currency:'jpy'",
        "products": "name:'Pro'",
    }

    found = {
        kind: stripe.get(f"{kind}/search", query=query)["data"] for kind, query in queries.items()
    }

    assert {kind: len(each) for kind, each in found.items()} == dict.fromkeys(queries, 1)
    assert found["invoices"][0]["number"] == invoice["number"]


def test_the_deleted_are_not_found(stripe: Local) -> None:
    """Nor are they listed."""
    gone = stripe.get("customers/search", query="name:'Alan'")["data"][0]["id"]

    stripe.call("DELETE", f"customers/{gone}")

    assert _names(stripe, "name:'Alan'") == []
    assert gone not in [each["id"] for each in stripe.get("customers")["data"]]
