"""How a request says who calls, and how a shell line says the same without a secret in it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from billproof.initdata import InitData


class Credentials(Protocol):
    """A value for the Authorization header."""

    def header(self, environ: Mapping[str, str], now: float) -> bytes | None:
        """The header's value, or None for no header at all."""

    def shell(self) -> str | None:
        """The value as it stands between double quotes of a shell line; None for no header."""

    @property
    def wrong_on_purpose(self) -> bool:
        """Whether they say themselves that they are not what an operation asks for."""


@dataclass(frozen=True)
class Nobody:
    """No Authorization header, on purpose."""

    wrong_on_purpose: ClassVar[bool] = True

    def header(self, environ: Mapping[str, str], now: float) -> None:
        """None: the header is left out."""

    def shell(self) -> None:
        """None: the header is left out."""


@dataclass(frozen=True)
class Signed:
    """`Authorization: tma <init data>`, signed with the backend's bot token when it is sent."""

    init_data: InitData
    scheme: str = "tma"

    @property
    def wrong_on_purpose(self) -> bool:
        """Whether it is under another scheme; what is wrong inside is no affair of the form."""
        return self.scheme != "tma"

    def header(self, environ: Mapping[str, str], now: float) -> bytes:
        """Scheme and raw init data."""
        raw = self.init_data.sign(environ["TELEGRAM_BOT_TOKEN"], now)
        return f"{self.scheme} {raw}".encode()

    def shell(self) -> str:
        """A command substitution: init data expires, and its token stays in the environment."""
        return f"{self.scheme} $(billproof sign initdata {shlex.join(self.init_data.arguments())})"


@dataclass(frozen=True)
class Bearer:
    """`Authorization: Bearer …` with the value of one variable of the environment."""

    variable: str = "METRICS_TOKEN"
    form: str = "Bearer {}"
    """What surrounds the value; another scheme is wrong on purpose."""

    @property
    def wrong_on_purpose(self) -> bool:
        """Whether the form is not that of the contract."""
        return self.form != Bearer.form

    def header(self, environ: Mapping[str, str], now: float) -> bytes:  # noqa: ARG002 - one shape for all
        """Scheme and token."""
        return self.form.format(environ[self.variable]).encode()

    def shell(self) -> str:
        """The variable's name; the shell knows its value."""
        return self.form.format(f"${{{self.variable}}}")


@dataclass(frozen=True)
class Verbatim:
    """Exactly these bytes as the header's value: wrong on purpose, so no secret."""

    value: bytes = field(repr=False)
    wrong_on_purpose: ClassVar[bool] = True

    def header(self, environ: Mapping[str, str], now: float) -> bytes:  # noqa: ARG002 - one shape for all
        """The bytes."""
        return self.value

    def shell(self) -> str:
        """The bytes, escaped for double quotes."""
        text = self.value.decode("latin-1")
        return "".join(f"\\{letter}" if letter in '"\\$`' else letter for letter in text)
