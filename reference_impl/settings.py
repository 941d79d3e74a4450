"""The environment, read once and checked whole before anything listens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from reference_impl.catalogue import Catalogue, CatalogueError

LAST_PORT = 65_535
PORT_DIGITS = 5


class ConfigurationError(Exception):
    """A variable is missing, blank or malformed; names it, never its value."""

    def __init__(self, variable: str, reason: str) -> None:
        super().__init__(f"{variable} {reason}")


@dataclass(frozen=True)
class Settings:
    """What the backend runs with; see contracts/environment.yaml."""

    host: str
    port: int
    public_url: str
    database_url: str
    stripe_api_base: str
    stripe_secret_key: str
    webhook_secrets: tuple[str, ...]
    bot_token: str
    metrics_token: str
    catalogue: Catalogue

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """All variables, checked; ConfigurationError for the first that is wrong."""
        return cls(
            host=environ.get("HOST", "").strip() or "127.0.0.1",
            port=_port(environ),
            public_url=_origin(environ, "PUBLIC_URL"),
            database_url=_database(environ),
            stripe_api_base=_origin(environ, "STRIPE_API_BASE"),
            stripe_secret_key=_text(environ, "STRIPE_SECRET_KEY"),
            webhook_secrets=_list(environ, "STRIPE_WEBHOOK_SECRET"),
            bot_token=_text(environ, "TELEGRAM_BOT_TOKEN"),
            metrics_token=_text(environ, "METRICS_TOKEN"),
            catalogue=_catalogue(environ),
        )

    @property
    def livemode(self) -> bool:
        """The mode that the key's prefix says."""
        return self.stripe_secret_key.startswith(("sk_live_", "rk_live_"))


def _text(environ: Mapping[str, str], name: str) -> str:
    if not (value := environ.get(name, "").strip()):
        raise ConfigurationError(name, "is missing or blank")
    return value


def _list(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in _text(environ, name).split(","))
    if not all(parts):
        raise ConfigurationError(name, "has a blank entry")
    return parts


def _port(environ: Mapping[str, str]) -> int:
    value = _text(environ, "PORT")
    digits = value.isascii() and value.isdigit() and len(value) <= PORT_DIGITS
    if not (digits and int(value) <= LAST_PORT):
        raise ConfigurationError("PORT", "is no TCP port")
    return int(value)


def _origin(environ: Mapping[str, str], name: str) -> str:
    value = _text(environ, name).removesuffix("/")
    try:
        parts = urlsplit(value)
        # Reading the port raises when it is none.
        whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        # A host with a blank in it, of which the library thinks nothing.
        whole = whole and len(value.split()) == 1
    except ValueError:
        whole = False
    if not whole or value != f"{parts.scheme}://{parts.netloc}":
        raise ConfigurationError(name, "is no http(s) origin without a path")
    return value


def _database(environ: Mapping[str, str]) -> str:
    value = _text(environ, "DATABASE_URL")
    try:
        # Reading the port raises when it is none.
        parts, _ = urlsplit(value), urlsplit(value).port
    except ValueError:
        raise ConfigurationError("DATABASE_URL", "is no URL") from None
    is_server = parts.scheme in {"postgres", "postgresql"}
    named = parts.path.startswith("/") and parts.path != "/"
    if not named or not (is_server or parts.scheme == "sqlite"):
        form = "is neither sqlite:/absolute/path nor postgres://host/database"
        raise ConfigurationError("DATABASE_URL", form)
    if is_server and find_spec("psycopg") is None:
        raise ConfigurationError("DATABASE_URL", "needs psycopg, which is not installed")
    return value


def _catalogue(environ: Mapping[str, str]) -> Catalogue:
    try:
        return Catalogue.read(Path(_text(environ, "BILLING_PLANS")))
    except CatalogueError as problem:
        raise ConfigurationError("BILLING_PLANS", str(problem)) from problem
