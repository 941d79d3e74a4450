"""The caller's Idempotency-Key: bound to him and to the body it came with first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete

from reference_impl.problems import Problem
from reference_impl.store import IdempotencyRow, Store

KEPT = timedelta(hours=48)
MAX_CHARACTERS = 255


async def remember_key(store: Store, user_id: int, header: str | None, body: str) -> None:
    """Bind the key to `body`; a key that was used with another body is refused.

    `header` is bare, as Stripe and most clients send it, or a quoted structured-field string.
    """
    if header is None:
        return
    key = header[1:-1] if len(header) > 1 and header[0] == header[-1] == '"' else header
    if not 0 < len(key) <= MAX_CHARACTERS:
        raise Problem(422, "validation-failed")
    now = datetime.now(UTC)
    async with store.write() as session:
        await session.execute(delete(IdempotencyRow).where(IdempotencyRow.used_at < now - KEPT))
        used = await session.get(IdempotencyRow, (user_id, key))
        if used is not None and used.body != body:
            raise Problem(422, "idempotency-key-reused")
        if used is None:
            session.add(IdempotencyRow(user_id=user_id, key=key, body=body, used_at=now))
