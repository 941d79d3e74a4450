"""Webhook endpoints: where events go, and the secret they are signed with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlsplit

from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.identifiers import endpoint_secret, long_id
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.resource import Body, Resource, deleted

LONGEST_URL = 5000


@dataclass(kw_only=True, slots=True)
class Endpoint(Resource):
    """One endpoint; its secret is shown once, when it is made."""

    kind: ClassVar[str] = "webhook_endpoint"
    url: str
    secret: str
    """What signs its events; two, with a comma between, while one is replaced by hand."""
    previous: str | None = None
    """The secret from before, which signs as well until `previous_until`."""
    previous_until: float = 0.0
    types: tuple[str, ...] = ("*",)
    description: str | None = None
    api_version: str | None = None
    disabled: bool = False
    """Whether events pass it by, for now."""
    given: bool = False
    """Whether the control API or the command line gave it, rather than a call."""

    def wants(self, kind: str) -> bool:
        """Whether events of this type go here."""
        return not self.disabled and ("*" in self.types or kind in self.types)

    def secrets(self, now: float) -> list[str]:
        """What signs at that instant: the secret, and the one from before for a while."""
        before = self.previous if now < self.previous_until else None
        held = ",".join([self.secret, before] if before else [self.secret])
        return [each.strip() for each in held.split(",")]

    def roll(self, now: float, seconds: float) -> str:
        """A new secret; the old one signs beside it for `seconds`."""
        self.previous, self.previous_until = self.secret, now + seconds
        self.secret = endpoint_secret()
        return self.secret

    def body(self) -> Body:
        """The endpoint without its secret."""
        return {
            **self.head(),
            "api_version": self.api_version,
            "application": None,
            "description": self.description,
            "enabled_events": list(self.types),
            "status": "disabled" if self.disabled else "enabled",
            "url": self.url,
        }


def create(account: Account, params: Params) -> Body:
    """A new endpoint, with its secret."""
    url = address(params.required("url"))
    endpoint = Endpoint(
        id=long_id("we_"),
        created=account.now(None),
        livemode=account.livemode,
        url=url,
        secret=endpoint_secret(),
        types=tuple(params.texts("enabled_events")),
        description=params.text("description"),
        api_version=params.text("api_version"),
        metadata=params.metadata(),
    )
    return {**account.add(endpoint).body(), "secret": endpoint.secret}


def update(account: Account, params: Params, identifier: str) -> Endpoint:
    """Change where events go, which of them, and whether any do; the secret stays."""
    endpoint = account.get(Endpoint, identifier)
    endpoint.url = address(params.text("url") or endpoint.url)
    if "enabled_events" in params:
        endpoint.types = tuple(params.texts("enabled_events"))
    if "description" in params:
        endpoint.description = params.text("description")
    if "disabled" in params:
        endpoint.disabled = params.flag("disabled") is True
    endpoint.metadata = params.metadata(endpoint.metadata)
    return endpoint


def address(url: str) -> str:
    """A URL that can be called; StripeError for any other."""
    if not isaddress(url):
        raise StripeError(Refusal.URL, param="url")
    return url


def isaddress(url: str) -> bool:
    """Whether it is an absolute URL of HTTP, without anything that no URL has."""
    try:
        parts = urlsplit(url)
        fits = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        return False
    return bool(fits) and url.isprintable() and " " not in url and len(url) <= LONGEST_URL


def delete(account: Account, _params: Params, identifier: str) -> Body:
    """Remove an endpoint."""
    endpoint = account.get(Endpoint, identifier)
    # Who still has it, to try once more, sees that it is over.
    endpoint.disabled = True
    account.remove(endpoint)
    return deleted(endpoint.kind, identifier)
