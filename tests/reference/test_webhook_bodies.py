"""What comes to the webhook's door: what is an event, and who has signed it."""

from __future__ import annotations

import json

import pytest
import respx

from billproof.signature import StripeSignature
from tests.reference.backend import Backend, Event, problem
from tests.reference.deliveries import DELIVERED, UPDATED, outcome
from tests.reference.shapes import subscribe


@pytest.mark.parametrize(
    "data",
    [None, [], {}, {"object": None}, {"object": {"customer": 7}}, {"object": {"customer": {}}}],
    ids=str,
)
async def test_an_event_that_lacks_what_is_usual_is_ignored(backend: Backend, data: object) -> None:
    """It is well signed, so it is Stripe's; there is nobody to read."""
    told = {"id": "evt_1", "type": UPDATED, "livemode": False, "data": data}

    assert await outcome(backend, json.dumps(told).encode()) == "ignored"


MALFORMED = {
    "nothing": b"",
    "no JSON": b"{",
    "no text": b"\xff\xfe\xfd",
    "a list": b"[]",
    "null": b"null",
    "many brackets": b"[" * 200_000,
    "a number of many digits": b'{"id": %s}' % (b"9" * 5000),
    "no number": b'{"id": "evt_1", "type": "invoice.paid", "amount": NaN}',
    "no UTF-8": '{"id": "evt_1", "type": "invoice.paid"}'.encode("utf-16"),
    "no id": b'{"type": "invoice.paid"}',
    "id is a number": b'{"id": 1, "type": "invoice.paid"}',
    "id is empty": b'{"id": "", "type": "invoice.paid"}',
    "id is no text": b'{"id": "evt_\\ud800", "type": "invoice.paid"}',
    "no type": b'{"id": "evt_1"}',
    "type is null": b'{"id": "evt_1", "type": null}',
}


@pytest.mark.parametrize("customer", ["cus_\ud800", "cus_é"])
async def test_a_customer_whom_stripe_cannot_have_is_nobodys(
    backend: Backend, customer: str
) -> None:
    """An unknown one is answered 2xx (WHK-010), and Stripe is asked for none of that name."""
    event = {"id": "evt_1", "type": UPDATED, "data": {"object": {"customer": customer}}}

    assert await outcome(backend, json.dumps(event).encode()) == "ignored"


async def test_a_number_may_be_long(backend: Backend) -> None:
    """JSON sets it no bound, as Python's own whole numbers have one."""
    body = b'{"id": "evt_1", "type": "invoice.paid", "amount": %s}' % (b"9" * 5000)

    assert await outcome(backend, body) == "ignored"


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
async def test_what_is_no_event_is_malformed(backend: Backend, body: bytes) -> None:
    """400 though it is well signed; it counts as rejected, and under no type."""
    assert problem(await backend.deliver(body)) == (400, "malformed-event")
    assert await backend.counted(DELIVERED, type="unknown", outcome="rejected") == 1


async def test_a_bad_signature_changes_nothing(backend: Backend, stripe: respx.MockRouter) -> None:
    """Nobody is asked and nothing is read; well signed, the same event is taken."""
    unsigned = await backend.http.post(
        "/api/v1/billing/webhooks/stripe", content=Event("evt_1").body()
    )
    wrong = await backend.deliver(Event("evt_1"), StripeSignature(values=("wrong",)))
    malformed = await backend.deliver(b"{", StripeSignature(values=("wrong",)))

    refused = [problem(answer) for answer in (unsigned, wrong, malformed)]
    assert refused == [(400, "invalid-signature")] * 3
    assert not stripe.calls
    assert await backend.counted(DELIVERED, type="unknown", outcome="rejected") == 3
    await subscribe(backend, stripe)
    assert await outcome(backend, Event("evt_1")) == "processed"


async def test_a_type_called_unknown_is_one_of_the_others(backend: Backend) -> None:
    """Whoever signs well is no reject, whatever his event is called."""
    assert await outcome(backend, Event("evt_1", "unknown")) == "ignored"
    assert await backend.counted(DELIVERED, type="other", outcome="ignored") == 1
    assert await backend.counted(DELIVERED, type="unknown", outcome="ignored") == 0


@pytest.mark.parametrize(
    "body",
    [
        b' {"id":"evt_1","type":"price.created"}\n',
        b'{\n  "id": "evt_1",\r\n  "type": "price.created"\n}\r\n',
        b'{"type": "price.created", "id": "evt_\\u0031", "text": "\\u00e9\xc3\xa9"}',
    ],
    ids=["blanks around", "lines", "escapes"],
)
async def test_the_bytes_are_signed_as_they_are(backend: Backend, body: bytes) -> None:
    """Whatever would be written anew, or cut away, belongs to what Stripe signed."""
    assert await outcome(backend, body) == "ignored"
    assert await outcome(backend, b'{"id": "evt_1", "type": "price.created"}') == "duplicate"


async def test_the_signature_is_the_only_credential(backend: Backend) -> None:
    """Nothing that a proxy adds is taken for another, or is missed."""
    more = {"Authorization": "Bearer of-a-proxy", "Cookie": "session=1", "X-Forwarded-For": "::1"}

    taken = await backend.deliver(Event(type="price.created"), more=more)

    assert taken.json() == {"outcome": "ignored"}
