"""Events: what happened, with the object as it was at that moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from billproof.sandbox.objects.resource import Body, Resource
from billproof.sandbox.objects.snapshot import Pack, Snapshot, as_json
from billproof.sandbox.objects.versions import current, pinned

API_VERSION = "2026-10-28.endive"


@dataclass(kw_only=True, slots=True)
class Event(Resource):
    """One event; its text is fixed when it happens and is the same in every delivery."""

    kind: ClassVar[str] = "event"
    type: str
    pack: Pack = field(compare=False, repr=False)
    """In it, at `packed`, lie `object` and, for an update, `previous_attributes`."""
    packed: int = field(compare=False, repr=False)
    customer: str | None
    named: tuple[str, ...]
    """The users that the object or its customer named at that moment."""
    request: str | None
    idempotency_key: str | None
    receivers: int = 0
    """To how many endpoints it was to go."""
    waiting: frozenset[str] = frozenset()
    """The endpoints that have not taken it yet."""

    @property
    def kept(self) -> Body:
        """What is in it, and what only older versions show besides; read anew at each look."""
        return dict(Snapshot(self.pack, self.packed).read())

    @property
    def data(self) -> Body:
        """What is in it, read anew at each look."""
        return current(self.kept)

    def body(self) -> Body:
        """The snapshot envelope."""
        return {
            "id": self.id,
            "object": "event",
            "api_version": API_VERSION,
            "created": self.created,
            "data": self.data,
            "livemode": self.livemode,
            "pending_webhooks": len(self.waiting),
            "request": {"id": self.request, "idempotency_key": self.idempotency_key},
            "type": self.type,
        }

    def _sent(self) -> Body:
        """The envelope as it was when it happened: with all its endpoints still waiting."""
        return {**self.body(), "pending_webhooks": self.receivers}

    @property
    def text(self) -> str:
        """What is delivered in the current API version; indented by two, as Stripe sends it."""
        return as_json(self._sent(), indented=True).decode()

    def text_for(self, version: str | None) -> str:
        """What is delivered to an endpoint that pins a version."""
        if version is None or version == API_VERSION:
            return self.text
        data = pinned(self.kept, version)
        sent = {**self._sent(), "api_version": version, "data": data}
        return as_json(sent, indented=True).decode()

    @property
    def owner(self) -> str | None:
        """The customer it is about."""
        return self.customer

    @property
    def users(self) -> frozenset[str]:
        """The users it is about."""
        return frozenset(self.named)
