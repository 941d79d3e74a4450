"""The caller's Idempotency-Key: bound to him and to the body it came with first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete

from reference_impl.problems import Problem
from reference_impl.store import IdempotencyRow, Store, insert

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
        mine = {"user_id": user_id, "key": key, "body": body, "used_at": now}
        binding = insert(session, IdempotencyRow).values(mine).on_conflict_do_nothing()
        await session.execute(binding)
        used = await session.get_one(IdempotencyRow, (user_id, key))
        if used.body != body:
            raise Problem(422, "idempotency-key-reused")
