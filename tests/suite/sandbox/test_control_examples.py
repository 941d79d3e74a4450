"""The examples in the control API's document are true: sent as they stand, answered as they say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import jsonschema
import pytest

from billproof.sandbox.client import Sandbox
from billproof.sandbox.control.document import document
from billproof.sandbox.control.routes import LEVERS
from tests.suite.sandbox.conftest import Receiver

DOCUMENT = document(LEVERS)
CALLS = [
    (path, method, operation)
    for path, there in DOCUMENT["paths"].items()
    for method, operation in there.items()
]
NAMES = [operation["operationId"] for _, _, operation in CALLS]
LONG_AGO = 1_000_000_000
"""What is more is an instant."""


class Story:
    """An account that has what the examples name, and one of everything that is listed."""

    def __init__(self, sandbox: Sandbox, http: httpx.Client, receiver: Receiver) -> None:
        self.sandbox, self.receiver = sandbox, receiver
        self.found: dict[str, str] = {}
        sandbox.set_webhook(receiver.url, "whsec_example", mode="manual")
        self.customer = sandbox.create_customer(
            email="ada@shop.test", metadata={"telegram_user_id": "42"}
        ).id
        self.event = sandbox.events()[0].id
        self.subscription = sandbox.subscribe(self.customer, "price_pro").id
        self.charge, self.endpoint = self._first("charges"), self._first("webhook_endpoints")
        self.session = sandbox.create_session(
            mode="subscription",
            customer=self.customer,
            success_url="https://shop.test/thanks",
            line_items=[{"price": "price_pro", "quantity": 1}],
        ).id
        self.fault = sandbox.fault(kind="dispute", customer=self.customer).id
        sandbox.stripe("POST", "/v1/test_helpers/test_clocks", {"frozen_time": 1_700_000_000})
        http.get(f"/v1/customers/{self.customer}")
        sandbox.deliver(self.event)

    def ids(self) -> dict[str, Callable[[], str]]:
        """How each id of the examples is found here."""
        return {
            "cus_Qk2vVzn4Yg8hT1": lambda: self.customer,
            "sub_1Qk2vXJ8aLr5NwPz3dKf6Ty9": lambda: self.subscription,
            "evt_1Qk2vYJ8aLr5NwPz7mGh4Rb2": lambda: self.event,
            "ch_3Qk2vYJ8aLr5NwPz1cVb8Xe5": lambda: self.charge,
            "we_1Qk2vWJ8aLr5NwPz9sDj2Uq6": lambda: self.endpoint,
            "in_1Qk2vYJ8aLr5NwPz6mGc3Rt7": lambda: self._first("invoices"),
            "cs_test_a1Qk2vZJ8aLr5NwPz": lambda: self.session,
            "seti_1Qk2w0J8aLr5NwPz5hTn7Km3": self._setup,
            "pi_3Qk2w1J8aLr5NwPz8yBc4Fv1": self._payment,
            "du_1Qk2w2J8aLr5NwPz6gWx9Zp4": self._dispute,
            "fault_Qk2w3J8aLr5NwPz": lambda: self.fault,
            "https://shop.test/webhooks": lambda: self.receiver.url,
        }

    def told(self, value: Any) -> Any:
        """An example with the ids of this account."""
        if isinstance(value, dict):
            return {name: self.told(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.told(each) for each in value]
        if value in self.found:
            return self.found[value]
        known = self.ids()
        if isinstance(value, str) and value in known:
            return self.found.setdefault(value, known[value]())
        return value

    def _first(self, noun: str) -> str:
        return str(self.sandbox.stripe("GET", f"/v1/{noun}")["data"][0]["id"])

    def _setup(self) -> str:
        card = "pm_card_authenticationRequired"
        asked = {"customer": self.customer, "payment_method": card, "confirm": True}
        return str(self.sandbox.stripe("POST", "/v1/setup_intents", asked)["id"])

    def _payment(self) -> str:
        card = self.sandbox.stripe(
            "POST",
            "/v1/payment_methods/pm_card_authenticationRequired/attach",
            {"customer": self.customer},
        )["id"]
        self.sandbox.subscribe(self.customer, "price_pro", default_payment_method=card)
        return self._first("payment_intents")

    def _dispute(self) -> str:
        path = f"/_sandbox/charges/{self.charge}/dispute"
        return str(self.sandbox.send("POST", path, json={})["id"])


@pytest.fixture
def story(sandbox: Sandbox, http: httpx.Client, receiver: Receiver) -> Story:
    """What the examples happen to."""
    return Story(sandbox, http, receiver)


def is_like(example: Any, found: Any) -> bool:
    """Whether what was found is what an example shows; it may show less.

    Instants, durations and ids differ from one run to the next; a text that ends in `…` goes on.
    """
    if isinstance(example, dict):
        return isinstance(found, dict) and all(
            name in found and is_like(each, found[name]) for name, each in example.items()
        )
    if isinstance(example, list):
        return len(found) >= len(example) and all(map(is_like, example, found))
    if isinstance(example, float) or (isinstance(example, int) and example > LONG_AGO):
        return isinstance(found, int | float)
    if isinstance(example, str) and example.endswith("…"):
        return isinstance(found, str) and found.startswith(example[:-1])
    if isinstance(example, str) and "Qk2" in example:
        return isinstance(found, str) and found.startswith(example.partition("Qk2")[0])
    return bool(example == found)


@pytest.mark.parametrize(("path", "method", "operation"), CALLS, ids=NAMES)
def test_an_example_is_answered_as_it_says(
    path: str, method: str, operation: dict[str, Any], story: Story, http: httpx.Client
) -> None:
    """With the account's own ids in place of those that are written there."""
    parameters = operation.get("parameters", [])
    places = {each["name"]: each["example"] for each in parameters if each["in"] == "path"}
    query = {each["name"]: each["example"] for each in parameters if each["in"] == "query"}
    body = story.told(_of(operation.get("requestBody")))
    for name, value in story.told(places).items():
        path = path.replace(f"{{{name}}}", value)

    answer = http.request(method, path, json=body, params=story.told(query))

    assert answer.status_code == 200, answer.text
    shown = _of(operation["responses"]["200"])
    assert is_like(story.told(shown), answer.json()), (shown, answer.json())


@pytest.mark.parametrize("operation", [each for _, _, each in CALLS], ids=NAMES)
def test_an_example_fits_its_schema(operation: dict[str, Any]) -> None:
    """What is sent, and what is answered, and what each parameter says."""
    parts = [operation["responses"]["200"]]
    parts += [operation["requestBody"]] if "requestBody" in operation else []

    for part in parts:
        schema = part["content"]["application/json"]["schema"]
        jsonschema.validate(_of(part), {**schema, "components": DOCUMENT["components"]})
    for each in operation.get("parameters", []):
        jsonschema.validate(each["example"], each["schema"])


@pytest.mark.parametrize(
    ("example", "same", "other"),
    [
        ({"a": 1}, {"a": 1, "b": 3}, {"b": 3}),
        ({"a": 1900}, {"a": 1900}, {"a": 1901}),
        (1_795_490_893, 1_800_000_000, None),
        ([{"a": "x"}], [{"a": "x"}, {}], []),
        ("cus_Qk2vVzn4Yg8hT1", "cus_1", "sub_1"),
        ("{begins…", "{begins so}", "begins"),
        (None, None, 0),
    ],
)
def test_an_untrue_example_is_seen(example: Any, same: Any, other: Any) -> None:
    """Or the tests before this one would prove nothing."""
    assert is_like(example, same)

    assert not is_like(example, other)


def _of(part: dict[str, Any] | None) -> Any:
    return part["content"]["application/json"]["example"] if part else None
