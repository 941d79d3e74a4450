"""The few calls to Stripe, and the three ways in which they end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import httpx

CALL_SECONDS = 2.5
VERSION = "2025-03-31.basil"
UNDECIDED = frozenset({401, 403, 409, 429})
"""Statuses that do not use up an Idempotency-Key: whoever was not let in was not heard."""


class StripeError(Exception):
    """Stripe said no."""


class Gone(StripeError):  # noqa: N818 - what is left of it
    """Stripe does not know it, or has deleted it."""


class NoAnswer(StripeError):  # noqa: N818 - it may have happened or not
    """Nobody knows whether Stripe did it."""


class Stripe:
    """Each call is bounded; each raises StripeError."""

    def __init__(self, origin: str, key: str) -> None:
        self._http = httpx.Client(
            base_url=f"{origin}/v1",
            auth=(key, ""),
            headers={"Stripe-Version": VERSION},
            timeout=CALL_SECONDS,
            verify=origin.startswith("https:"),
            trust_env=False,
        )

    def close(self) -> None:
        """Let the connections go."""
        self._http.close()

    def post(self, path: str, form: Mapping[str, str], key: str | None = None) -> dict[str, Any]:
        """Make or change something; with a key it is done once, however often it is asked."""
        headers = {"Idempotency-Key": key} if key else {}
        return self._sent("POST", path, data=form, headers=headers)

    def get(self, path: str, **query: str) -> dict[str, Any]:
        """Look at something; Gone when it is deleted, too."""
        found = self._sent("GET", path, params=query)
        if found.get("deleted"):
            raise Gone
        return found

    def subscriptions(self, customer: str) -> Iterator[dict[str, Any]]:
        """All that the customer ever had."""
        query = {"customer": customer, "status": "all", "limit": "100"}
        while True:
            page = self.get("/subscriptions", **query)
            yield from page["data"]
            if not page["has_more"]:
                return
            query["starting_after"] = page["data"][-1]["id"]

    def _sent(self, method: str, path: str, **what: Any) -> dict[str, Any]:
        try:
            response = self._http.request(method, path, **what)
            answer = response.json()
        except (httpx.HTTPError, ValueError):
            raise NoAnswer from None
        if response.is_success:
            return dict(answer)
        if response.status_code in UNDECIDED:
            raise NoAnswer
        code = answer.get("error", {}).get("code") if isinstance(answer, dict) else None
        raise Gone if code == "resource_missing" else StripeError
