"""Idempotency keys as Stripe keeps them: the first answer, success or failure, is replayed."""

from __future__ import annotations

from dataclasses import dataclass, field

from billproof.sandbox.objects.errors import Refusal, StripeError

LONGEST_KEY = 255


@dataclass(frozen=True, slots=True)
class Remembered:
    """The answer that a key is bound to."""

    fingerprint: str
    status: int
    text: bytes
    request: str


@dataclass(slots=True)
class IdempotencyKeys:
    """The keys of one account. Kept as long as the sandbox runs (at Stripe: 24 h)."""

    answers: dict[str, Remembered] = field(default_factory=dict)
    busy: set[str] = field(default_factory=set)

    def recall(self, key: str, fingerprint: str) -> Remembered | None:
        """The answer to replay; StripeError when the key is in use, or was used otherwise."""
        if len(key) > LONGEST_KEY:
            reason = "Idempotency keys can be at most 255 characters."
            raise StripeError(Refusal.STATE, reason=reason)
        found = self.answers.get(key)
        if found is not None and found.fingerprint != fingerprint:
            raise StripeError(Refusal.KEY_REUSED, key=key)
        self.refuse_if_busy(key)
        return found

    def refuse_if_busy(self, key: str) -> None:
        """StripeError (409) while another call under that key is not answered."""
        if key in self.busy:
            raise StripeError(Refusal.KEY_IN_USE, key=key)
