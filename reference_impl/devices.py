"""Devices, as many as the effective plan allows."""

from __future__ import annotations

import hashlib
import secrets
import time
from datetime import UTC, datetime

from sqlalchemy import delete, select

from reference_impl.access import read_model
from reference_impl.leases import lease
from reference_impl.problems import Problem
from reference_impl.service import Service, answering_in_time
from reference_impl.store import DeviceRow
from reference_impl.subscriptions import rows_of
from reference_impl.wire.models import (
    Device,
    DeviceList,
    DeviceRegistration,
    KnownDevice,
    NewDevice,
)


async def list_devices(service: Service, user_id: int) -> DeviceList:
    """The caller's devices, oldest first, and how many he may have."""
    rows = await _rows(service, user_id)
    return DeviceList(devices=[_shown(row) for row in rows], limit=await _limit(service, user_id))


async def register_device(
    service: Service, user_id: int, wanted: DeviceRegistration
) -> NewDevice | KnownDevice:
    """A new device with its secret, shown this once; one that is known without it."""
    async with answering_in_time(), lease(service.store, f"devices-{user_id}"):
        rows = await _rows(service, user_id)
        known = next((row for row in rows if row.fingerprint == wanted.fingerprint), None)
        if known is not None:
            return KnownDevice(device=_shown(known))
        if len(rows) >= await _limit(service, user_id):
            raise Problem(409, "device-limit-reached")
        secret = secrets.token_urlsafe(32)
        row = DeviceRow(
            id=_new_id(),
            user_id=user_id,
            fingerprint=wanted.fingerprint,
            name=wanted.name,
            secret_hash=hashlib.sha256(secret.encode()).hexdigest(),
            created_at=datetime.now(UTC).replace(microsecond=0),
        )
        async with service.store.write() as session:
            session.add(row)
    await service.metrics.device_registered()
    return NewDevice(device=_shown(row), secret=secret)


async def revoke_device(service: Service, user_id: int, device_id: str) -> None:
    """Remove a device of the caller's; foreign and unknown ids are answered alike."""
    mine = (DeviceRow.id == device_id) & (DeviceRow.user_id == user_id)
    async with service.store.write() as session:
        removed = await session.scalars(delete(DeviceRow).where(mine).returning(DeviceRow.id))
        was_there = removed.first() is not None
    if not was_there:
        raise Problem(404, "not-found")
    await service.metrics.device_revoked()


async def _rows(service: Service, user_id: int) -> list[DeviceRow]:
    query = select(DeviceRow).where(DeviceRow.user_id == user_id)
    async with service.store.read() as session:
        # Within a second the ids tell: a user's devices are registered one by one.
        rows = await session.scalars(query.order_by(DeviceRow.created_at, DeviceRow.id))
        return [*rows.all()]


async def _limit(service: Service, user_id: int) -> int:
    async with service.store.read() as session:
        rows = await rows_of(session, user_id)
    catalogue = service.settings.catalogue
    plan = catalogue.plan(read_model(rows, catalogue, datetime.now(UTC)).effective_plan)
    return plan.device_limit if plan else 0


def _shown(row: DeviceRow) -> Device:
    return Device(id=row.id, name=row.name, fingerprint=row.fingerprint, created_at=row.created_at)


def _new_id() -> str:
    """An id that sorts behind those that were made before it."""
    return f"dev_{time.time_ns():016x}{secrets.token_hex(8)}"
