"""Setup intents: saving a card for charges in its owner's absence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from billproof.sandbox.objects.payment_intents import CARD_OPTIONS
from billproof.sandbox.objects.resource import Body, Resource, nulls


@dataclass(kw_only=True, slots=True)
class SetupIntent(Resource):
    """A card on its way to being saved."""

    kind: ClassVar[str] = "setup_intent"
    customer: str | None
    secret: str
    status: str = "requires_payment_method"
    payment_method: str | None = None
    usage: str = "off_session"
    last_error: Any = None
    next_url: str | None = None
    return_url: str | None = None
    cancellation_reason: str | None = None
    description: str | None = None
    form: str | None = None
    """The portal's form that its card came with; such a card becomes the one that is charged."""

    def body(self) -> Body:
        """The intent."""
        plain = "customer status payment_method usage cancellation_reason description"
        return {
            **self.head(),
            **NULLS,
            **{each: getattr(self, each) for each in plain.split()},
            "client_secret": self.secret,
            "last_setup_error": self.last_error,
            "next_action": self._next_action(),
            "payment_method_options": {
                "card": {
                    **{name: CARD_OPTIONS[name] for name in ("mandate_options", "network")},
                    "request_three_d_secure": "automatic",
                }
            },
            "payment_method_types": ["card"],
        }

    def _next_action(self) -> Body | None:
        if self.status != "requires_action":
            return None
        to = {"return_url": self.return_url, "url": self.next_url}
        return {"redirect_to_url": to, "type": "redirect_to_url"}

    @property
    def owner(self) -> str | None:
        """Whose card it is."""
        return self.customer


NULLS = nulls(
    "application automatic_payment_methods customer_account excluded_payment_method_types "
    "flow_directions latest_attempt mandate on_behalf_of payment_method_configuration_details "
    "single_use_mandate"
)
