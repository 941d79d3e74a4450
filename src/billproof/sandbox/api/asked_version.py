"""The API version that a call asks for, among those that Stripe has released."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

from billproof.sandbox.api import schema
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.events import API_VERSION

FORM = re.compile(r"\d{4}-\d{2}-\d{2}(\.[a-z]+)?\Z", re.ASCII)
PREVIEWS = (".preview", ".beta")
LONGEST_SHOWN = 100


@lru_cache(maxsize=256)
def asked_version(header: str) -> str | None:
    """The version in that header; None when it was not sent, StripeError when it is none.

    Newer ones than ours are taken: the client's SDK may be. What follows a `;` are beta features.
    """
    version = header.partition(";")[0].strip()
    if not version:
        return None
    is_new = version > API_VERSION or version.endswith(PREVIEWS)
    if version not in _released() and not (is_new and FORM.match(version)):
        shown = repr(version[:LONGEST_SHOWN])
        raise StripeError(Refusal.VERSION, version=shown, newest=API_VERSION)
    return version


@cache
def _released() -> frozenset[str]:
    """All that a webhook endpoint can be pinned to."""
    choices: Any = schema.trees()["webhook_endpoint.create"]["api_version"]
    return frozenset({*choices.removeprefix("=").split(","), API_VERSION})
