"""The parameters of one call, checked and typed, with what a noun asks of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.resource import NO_METADATA

MOST_KEYS = 50
"""Of metadata, on one object."""


class Params:
    """Typed, nested, read-only; every getter answers None or empty for what was not sent."""

    def __init__(self, values: Mapping[str, Any], path: str = "") -> None:
        self._values = values
        self.path = path

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Params) and self.written() == other.written()

    def __hash__(self) -> int:
        return hash(self.path)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def named(self, name: str) -> str:
        """The full name of a member, as errors give it: `subscription_data[trial_end]`."""
        return f"{self.path}[{name}]" if self.path else name

    def text(self, name: str) -> str | None:
        """A text; None when it was not sent, or sent empty to unset it."""
        value = self._values.get(name)
        return value if isinstance(value, str) and value else None

    def integer(self, name: str) -> int | None:
        """An integer; None when it was not sent, or sent as a word or empty."""
        value = self._values.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def flag(self, name: str) -> bool | None:
        """A boolean; None when it was not sent."""
        value = self._values.get(name)
        return value if isinstance(value, bool) else None

    def number(self, name: str) -> float | None:
        """A decimal; None when it was not sent."""
        value = self._values.get(name)
        return float(value) if isinstance(value, int | float) else None

    def child(self, name: str) -> Params:
        """A nested object; an empty one when it was not sent."""
        value = self._values.get(name)
        return Params(value if isinstance(value, dict) else {}, self.named(name))

    def children(self, name: str) -> list[Params]:
        """An array of objects."""
        value = self._values.get(name)
        each = value if isinstance(value, list) else []
        return [Params(one, f"{self.named(name)}[{index}]") for index, one in enumerate(each)]

    def texts(self, name: str) -> list[str]:
        """An array of texts."""
        value = self._values.get(name)
        return [str(one) for one in value] if isinstance(value, list) else []

    def clears(self, name: str) -> bool:
        """Whether it was sent empty, to unset it."""
        return self._values.get(name) == ""

    def json(self, name: str) -> Any:
        """What was sent, for objects that only echo it."""
        return self._values.get(name) or None

    def raw(self, name: str) -> Any:
        """What was sent, to be passed on."""
        return self._values[name]

    def metadata(self, current: Mapping[str, str] = NO_METADATA) -> Mapping[str, str]:
        """Metadata after the call: keys merge, an empty value deletes its key, `''` all."""
        if self.clears("metadata"):
            return NO_METADATA
        sent: Mapping[str, str] | None = self._values.get("metadata")
        if not sent:
            return current
        merged = {key: text for key, text in {**current, **sent}.items() if text != ""}
        if len(merged) > MOST_KEYS:
            reason = f"You can have at most {MOST_KEYS} metadata keys."
            raise StripeError(Refusal.STATE, param=self.named("metadata"), reason=reason)
        return merged

    def only_one_of(self, *names: str) -> None:
        """Refuse parameters that contradict each other."""
        sent = [name for name in names if name in self._values and self._values[name] != ""]
        if len(sent) > 1:
            raise StripeError(Refusal.EXCLUSIVE, param=self.named(sent[-1]), names=", ".join(sent))

    def required(self, name: str) -> str:
        """A text that this call cannot do without although its schema lets it."""
        value = self.text(name)
        if value is None:
            raise StripeError(Refusal.MISSING, param=self.named(name))
        return value

    def written(self) -> tuple[Mapping[str, Any], str]:
        """What it was made of."""
        return self._values, self.path

    def names(self) -> set[str]:
        """What was sent."""
        return set(self._values)
