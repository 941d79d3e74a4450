"""The API's door: who calls, what is asked, which fault strikes, what is remembered."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from billproof.sandbox.api import operations, schema
from billproof.sandbox.api.answers import Answer, failed, performed, refused
from billproof.sandbox.api.asked_version import asked_version
from billproof.sandbox.api.form import decode
from billproof.sandbox.api.incoming import Incoming
from billproof.sandbox.api.keys import secret_key
from billproof.sandbox.api.operations import Operation
from billproof.sandbox.api.silence import Silence, drop
from billproof.sandbox.objects.account import Mark
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.idempotency import Remembered
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.snapshot import to_keep
from billproof.sandbox.tenants.calls import Call, about
from billproof.sandbox.tenants.defects import tell
from billproof.sandbox.tenants.faults import Effect, Fault
from billproof.sandbox.tenants.tenants import Tenant, Tenants

LONGEST_HANG_SECONDS = 60.0
LEVER = b"sandbox-lever"
"""The header of calls that are the suite's own: neither logged nor struck by faults."""
NOBODY = Mark()


@dataclass(kw_only=True, slots=True)
class Asked:
    """A call on its way through the door."""

    incoming: Incoming
    tenant: Tenant
    call: Call
    operation: Operation | None
    ids: tuple[str, ...]
    raw: dict[str, Any]
    version: str | None
    """The API version that it asks for; None is the current one."""

    @property
    def key(self) -> str | None:
        """Its idempotency key; only POST has one."""
        return self.call.idempotency_key if self.call.method == "POST" else None

    @property
    def fingerprint(self) -> str:
        """What must be the same when a key comes again."""
        said = json.dumps([self.call.path, self.raw], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()


class Api:
    """Answers `/v1/…`. Nothing between reading a call and answering it awaits."""

    def __init__(self, tenants: Tenants, clock: Callable[[], float]) -> None:
        self._tenants = tenants
        self._clock = clock

    def serve(self, incoming: Incoming) -> Answer | Silence:
        """What one call is answered, or what is done instead of answering it."""
        try:
            return self._serve(incoming)
        except Exception as error:  # noqa: BLE001 - our defect is one call's 500
            tell(f"{incoming.method} {incoming.path}", error)
            return refused(StripeError(Refusal.OUTAGE), incoming.id, "test")

    def _serve(self, incoming: Incoming) -> Answer | Silence:
        mode = "test"
        try:
            tenant = self._tenants.of(secret_key(incoming.header(b"authorization")))
            mode = tenant.account.mode
            form = incoming.form()
        except StripeError as error:
            return refused(error, incoming.id, mode)
        call = self._log(incoming, tenant)
        try:
            answer = self._answer(incoming, tenant, call, form)
        except StripeError as error:
            answer = refused(error, incoming.id, mode)
        if isinstance(answer, Answer):
            answer = _kept(tenant, answer, incoming.id)
            call.note(answer.status, answer.text)
        return answer

    def _log(self, incoming: Incoming, tenant: Tenant) -> Call:
        call = Call(
            id=incoming.id,
            at=self._clock(),
            method=incoming.method,
            path=incoming.path,
            idempotency_key=incoming.header(b"idempotency-key") or None,
        )
        if LEVER not in incoming.headers:
            tenant.calls.append(call)
        return call

    def _answer(
        self, incoming: Incoming, tenant: Tenant, call: Call, form: str
    ) -> Answer | Silence:
        version = asked_version(incoming.header(b"stripe-version"))
        raw = decode(form)
        operation, ids = operations.find(call.method, call.path) or (None, ())
        if operation is not None and not ids:
            # Thousands of calls share these texts; those that came with each are let go.
            call.method, call.path = operation.method, operation.path
        if raw:
            call.keep(raw)
        call.users, call.customers = about(tenant.account, raw, ids)
        asked = Asked(
            incoming=incoming,
            tenant=tenant,
            call=call,
            operation=operation,
            ids=ids,
            raw=raw,
            version=version,
        )
        stored = _replayed(asked)
        fault = _strike(asked)
        if fault is not None and fault.effect in {Effect.HANG, Effect.RESET}:
            return _swallow(asked, fault)
        answer = self._fresh(asked, fault) if stored is None else _again(asked, stored, fault)
        if fault is not None and fault.effect is Effect.LOST:
            return drop(incoming.client)
        if fault is not None and fault.effect is Effect.LATE:
            answer.delay_seconds = fault.seconds
        return answer

    def _fresh(self, asked: Asked, fault: Fault | None) -> Answer:
        if fault is not None and fault.effect is Effect.STATUS:
            answer = failed(fault)
        else:
            answer = _performed(asked)
        if asked.key and answer.kept:
            asked.tenant.keys.answers[asked.key] = Remembered(
                asked.fingerprint, answer.status, to_keep(answer.text), asked.call.id
            )
        return answer


def _again(asked: Asked, stored: Answer, fault: Fault | None) -> Answer:
    """What is answered a second time, unless Stripe does not even look."""
    if fault is None or fault.effect is not Effect.STATUS:
        return stored
    asked.call.replayed = False
    return failed(fault)


def _kept(tenant: Tenant, answer: Answer, request_id: str) -> Answer:
    """The answer once what it tells is safe; the state file's failure when that is impossible."""
    try:
        tenant.save()
    except StripeError as error:
        return refused(error, request_id, tenant.account.mode)
    return answer


def _strike(asked: Asked) -> Fault | None:
    if LEVER in asked.incoming.headers:
        return None
    kind = asked.operation.kind if asked.operation else ""
    creates = asked.operation is not None and asked.operation.creates
    return asked.tenant.faults.strike(asked.call, kind, creates=creates)


def _swallow(asked: Asked, fault: Fault) -> Silence:
    """Hold a call until its client leaves, or drop it at once; its key is in use meanwhile."""
    if fault.effect is Effect.RESET:
        return drop(asked.incoming.client)
    if asked.key:
        asked.tenant.keys.busy.add(asked.key)
    return _hold(asked)


async def _hold(asked: Asked) -> None:
    try:
        await asyncio.wait_for(asked.incoming.departure(), LONGEST_HANG_SECONDS)
    except TimeoutError:
        pass
    finally:
        asked.tenant.keys.busy.discard(asked.key or "")
    await drop(asked.incoming.client)


def _replayed(asked: Asked) -> Answer | None:
    if not asked.key:
        return None
    found = asked.tenant.keys.recall(asked.key, asked.fingerprint)
    if found is None:
        return None
    asked.call.replayed = True
    headers = {"idempotent-replayed": "true", "original-request": found.request}
    return Answer(status=found.status, text=found.text, kept=False, headers=headers)


def _performed(asked: Asked) -> Answer:
    """Do what is asked; what its parameters' check refuses is not remembered."""
    call, account = asked.call, asked.tenant.account
    if asked.operation is None:
        raise operations.no_route(call.method, call.path)
    params = Params(schema.checked(asked.operation.call, asked.raw))
    account.mark = Mark(call.id, asked.key, asked.version)
    try:
        body = asked.operation.run(account, params, asked.ids)
    except StripeError as error:
        return refused(error, call.id, account.mode)
    finally:
        account.mark = NOBODY
    return performed(body)
