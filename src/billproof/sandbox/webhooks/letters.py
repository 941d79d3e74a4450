"""How an event is written and signed on its way to one endpoint."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from billproof.sandbox.objects.events import Event
from billproof.sandbox.objects.resource import Body
from billproof.sandbox.webhooks.endpoints import Endpoint
from billproof.signature import digest

PATHS = {
    "checkout.session": "checkout/sessions",
    "invoiceitem": "invoiceitems",
    "test_helpers.test_clock": "test_helpers/test_clocks",
}
"""Where objects are retrieved whose path is not simply their kind's plural."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """The usual one is what Stripe sends; the rest is for tests that want another."""

    version: str | None = None
    """The API version it is written in; None is the endpoint's own."""
    created: int | None = None
    """Another instant at which it says that it happened."""
    thin: bool = False
    """Whether it only names the object (`v2.core.event`), which is then to be fetched."""
    secret: str | None = None
    """What it is signed with, instead of the endpoint's secrets."""
    age_seconds: int = 0
    """How long ago it was signed."""

    @property
    def is_forged(self) -> bool:
        """Whether Stripe would not send it; in another version it might."""
        return self != Letter(version=self.version)

    def text(self, event: Event, endpoint: Endpoint) -> bytes:
        """The exact body."""
        if self.created is not None:
            event = replace(event, created=self.created)
        if self.thin:
            return json.dumps(thin(event), ensure_ascii=False).encode()
        return event.text_for(self.version or endpoint.api_version).encode()

    def headers(self, endpoint: Endpoint, text: bytes, now: float) -> dict[str, str]:
        """The headers, with a signature over the body."""
        instant = int(now) - self.age_seconds
        secrets = [self.secret] if self.secret else endpoint.secrets(now)
        digests = (f"v1={digest(each, instant, text)}" for each in secrets)
        return {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": ",".join([f"t={instant}", *digests]),
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }


USUAL = Letter()


def thin(event: Event) -> Body:
    """The notification of Stripe's second generation: no object, only where it is."""
    about = event.data["object"]
    kind = str(about["object"])
    path = PATHS.get(kind, f"{kind.replace('.', '/')}s")
    identifier = about.get("id")  # a coming invoice has none
    related = {"id": identifier, "type": kind, "url": f"/v1/{path}/{identifier}"}
    at = datetime.fromtimestamp(event.created, UTC)
    return {
        "id": event.id,
        "object": "v2.core.event",
        "type": f"v1.{event.type}",
        "livemode": event.livemode,
        "created": f"{at:%Y-%m-%dT%H:%M:%S}.000Z",
        "context": None,
        "related_object": related if identifier else None,
        "reason": None,
    }
