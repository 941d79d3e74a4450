"""No secret leaves a run: not in reports, not on the terminal."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SECRETS = (
    "STRIPE_SECRET_KEY",
    "STRIPE_WEBHOOK_SECRET",
    "TELEGRAM_BOT_TOKEN",
    "METRICS_TOKEN",
)
"""The variables of contracts/environment.yaml whose values are never shown."""

TELLING_CHARACTERS = 8
"""Of a value: shorter ones, which nobody should have, stand in any text by chance."""

_INIT_DATA = re.compile(r"(?i)^tma .*", re.DOTALL)
_SIGNATURE = re.compile(r"(v\d=)[0-9a-f]{16,}")


def _named(value: str, name: str, found: re.Match[str]) -> str:
    """What stands in the place of a secret that was found."""
    return f"<{name}>" if found.group() == value else f"<{name} in other letter case>"


class Redactor:
    """Replaces the values of secret variables by their names, wherever they occur."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """`environ` holds the values that the backend runs with."""
        pairs = [(part, name) for name in SECRETS for part in environ.get(name, "").split(",")]
        # The longest first: one secret may begin with another.
        self._pairs = sorted(((p, n) for p, n in pairs if p), key=lambda pair: -len(pair[0]))

    def text(self, text: str) -> str:
        """`text` with each secret replaced by its variable's name in angle brackets.

        In other letter case, too: what was sent in vain tells as much, and is no longer the value.
        """
        for value, name in self._pairs:
            text = re.sub(re.escape(value), partial(_named, value, name), text, flags=re.IGNORECASE)
        return text

    def headers(self, headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """The headers, with credentials and signatures taken out."""
        return [(name, self._header(name, value)) for name, value in headers]

    def _header(self, name: str, value: str) -> str:
        if name.lower() == "authorization":
            value = _INIT_DATA.sub(lambda m: m.group()[:4] + "<init data>", value)
        if name.lower() == "stripe-signature":
            value = _SIGNATURE.sub(r"\1<signature>", value)
        return self.text(value)
