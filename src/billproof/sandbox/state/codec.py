"""Objects as JSON and back, by the types of their fields.

What belongs to itself (a price, a card on file, an item of a subscription) stands in others
as its id, so that everybody who had it has the same one again.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import cattrs
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from billproof.sandbox.billing.checkout_session import Session
from billproof.sandbox.billing.configurations import Configuration
from billproof.sandbox.billing.portal import PortalSession
from billproof.sandbox.billing.subscription import Item, Subscription
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.cards import BY_NUMBER, Card, Decline
from billproof.sandbox.objects.charges import Charge, Dispute, Refund
from billproof.sandbox.objects.customers import Customer
from billproof.sandbox.objects.events import Event
from billproof.sandbox.objects.invoice import Invoice, InvoicePayment
from billproof.sandbox.objects.invoice_lines import InvoiceItem
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.payment_intents import PaymentIntent
from billproof.sandbox.objects.payment_methods import PaymentMethod
from billproof.sandbox.objects.price import Price
from billproof.sandbox.objects.product import Product
from billproof.sandbox.objects.resource import Resource
from billproof.sandbox.objects.setup_intents import SetupIntent
from billproof.sandbox.objects.snapshot import Pack
from billproof.sandbox.objects.test_clock import TestClock
from billproof.sandbox.webhooks.endpoints import Endpoint

KINDS: dict[str, type[Resource]] = {
    each.kind: each
    for each in (
        Charge,
        Configuration,
        Customer,
        Dispute,
        Endpoint,
        Event,
        Invoice,
        InvoiceItem,
        InvoicePayment,
        Item,
        PaymentIntent,
        PaymentMethod,
        PortalSession,
        Price,
        Product,
        Refund,
        Session,
        SetupIntent,
        Subscription,
        TestClock,
    )
}
"""Every kind that an account keeps."""
SHARED: tuple[type[Resource], ...] = (Price, PaymentMethod, Item)
"""Kinds that stand in objects of others."""


class Codec:
    """One for all accounts: to learn the kinds takes longer than many calls (see `codec`)."""

    def __init__(self) -> None:
        self._converter = cattrs.Converter()
        self._account: Account
        """Whose object is being read."""
        self._write: dict[str, Callable[[Any], Any]] = {}
        self._read: dict[str, Callable[[Any, Any], Any]] = {}
        self._teach_values()
        for kind in SHARED:
            self._teach_reference(kind)
        for name, kind in KINDS.items():
            self._write[name] = make_dict_unstructure_fn(kind, self._converter)
            self._read[name] = make_dict_structure_fn(kind, self._converter)
        self._teach_events()

    def _teach_values(self) -> None:
        known = self._converter
        known.register_unstructure_hook(Card, lambda card: card.number)
        known.register_structure_hook(Card, lambda number, _: BY_NUMBER[number])
        known.register_unstructure_hook(Decline, lambda decline: decline.name)
        known.register_structure_hook(Decline, lambda name, _: Decline[name])
        known.register_structure_hook(Pack, lambda pack, _: pack)
        known.register_unstructure_hook(Params, lambda params: params.written())
        known.register_structure_hook(Params, lambda written, _: Params(*written))

    def _teach_events(self) -> None:
        """What is packed in memory is written out, and packed again when it is read."""
        kind, omitted = Event.kind, override(omit=True)
        write = make_dict_unstructure_fn(Event, self._converter, pack=omitted, packed=omitted)
        read = self._read[kind]

        def repacked(value: dict[str, Any], known: Any) -> Any:
            pack, packed = self._account.album.keep(value.pop("snapshot"))
            return read({**value, "pack": pack, "packed": packed}, known)

        self._write[kind] = lambda event: {**write(event), "snapshot": event.kept}
        self._read[kind] = repacked

    def _teach_reference(self, kind: type[Resource]) -> None:
        self._converter.register_unstructure_hook(kind, lambda resource: resource.id)
        self._converter.register_structure_hook(
            kind, lambda identifier, _: self._account.get(kind, identifier)
        )

    def written(self, resource: Resource) -> str:
        """An object as a text."""
        return json.dumps(self._write[resource.kind](resource), ensure_ascii=False, default=sorted)

    def read(self, account: Account, kind: str, text: str) -> Resource:
        """The object of a text; ids in it are looked up, so that shared kinds come first."""
        self._account = account
        found: Resource = self._read[kind](json.loads(text), KINDS[kind])
        return found


@cache
def codec() -> Codec:
    """The one that every account uses."""
    return Codec()
