"""How a sandbox is started, and what no sandbox can be started with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from billproof.errors import UsageError


@dataclass(frozen=True)
class SandboxOptions:
    """How a sandbox is started; port 0 takes a free one."""

    host: str = "127.0.0.1"
    port: int = 12111
    advertise: str | None = None
    """The origin under which browsers and containers reach its pages; None is its own."""
    webhook_url: str | None = None
    webhook_secret: str | None = None
    plans: Path | None = None
    """A catalogue in the form of contracts/plans.json, which is the default."""
    state: Path | None = None
    """The file that keeps all accounts over restarts; None is memory."""
    until_eof: bool = False
    """End when standard input closes: nothing is left behind when the parent dies."""


def refuse_nonsense(options: SandboxOptions) -> None:
    """UsageError for an option that could only fail later, in every call."""
    if not options.host:
        raise UsageError("--host is empty.", "Name an address, or 0.0.0.0 for all of them.")
    for name, url in (("advertise", options.advertise), ("webhook-url", options.webhook_url)):
        # Empty is left out: an environment's variable that is not set.
        if url and not _is_web_address(url):
            wish = "Begin with http:// or https:// and a host."
            raise UsageError(f"--{name} is no URL: {url[:100]}.", wish)
    if options.advertise and not _is_origin(options.advertise):
        # Pages link to each other from the root: below a path they would not be found.
        wish = "Write scheme, host and port alone: http://stripe:12111."
        raise UsageError(f"--advertise is more than an origin: {options.advertise[:100]}.", wish)
    if options.webhook_secret and options.webhook_url is None:
        raise UsageError("--webhook-secret signs nothing.", "Say where with --webhook-url.")


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and named and not re.search(r"\s", url)


def _is_origin(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in {"", "/"} and not (parts.query or parts.fragment or "@" in parts.netloc)
