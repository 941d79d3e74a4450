"""The API's door: who calls, what is asked, which fault strikes, what is remembered."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from billproof.sandbox.api import operations, schema
from billproof.sandbox.api.answers import Answer, encoded, failed, refused, response
from billproof.sandbox.api.connections import drop
from billproof.sandbox.api.form import decode
from billproof.sandbox.api.keys import secret_key
from billproof.sandbox.api.operations import Operation
from billproof.sandbox.objects import versions
from billproof.sandbox.objects.account import Mark
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.idempotency import Remembered
from billproof.sandbox.objects.identifiers import short_id
from billproof.sandbox.objects.params import Params
from billproof.sandbox.tenants import calls
from billproof.sandbox.tenants.calls import Call
from billproof.sandbox.tenants.faults import Effect, Fault
from billproof.sandbox.tenants.telling import tell
from billproof.sandbox.tenants.tenants import Tenant, Tenants

LONGEST_HANG_SECONDS = 60.0
LARGEST_BODY = 1 << 20
BODILESS = frozenset({"GET", "HEAD"})
LEVER = "sandbox-lever"
"""The header of calls that are the suite's own: neither logged nor struck by faults."""


@dataclass(kw_only=True)
class Asked:
    """A call on its way through the door."""

    request: Request
    tenant: Tenant
    call: Call
    operation: Operation | None
    ids: tuple[str, ...]
    raw: dict[str, Any]

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

    async def __call__(self, request: Request) -> Response:
        """One call."""
        request_id = short_id("req_")
        try:
            tenant = self._tenants.of(secret_key(request))
        except StripeError as error:
            return response(refused(error, request_id, "test"), request, request_id)
        try:
            body = await _body(request)
        except ClientDisconnect:
            return Response(status_code=400)
        except StripeError as error:
            return response(refused(error, request_id, tenant.account.mode), request, request_id)
        call = self._log(request, tenant, request_id)
        try:
            answer = await self._serve(request, tenant, call, body)
        except StripeError as error:
            answer = refused(error, request_id, tenant.account.mode)
        except Exception as error:  # noqa: BLE001 - our defect is one call's 500
            tell(f"{call.method} {call.path}", error)
            answer = refused(StripeError(Refusal.OUTAGE), request_id, tenant.account.mode)
        if answer is None:
            return Response(status_code=400)  # to nobody: the connection is gone
        answer = _kept(tenant, answer, request_id)
        call.status = answer.status
        return response(answer, request, request_id)

    def _log(self, request: Request, tenant: Tenant, request_id: str) -> Call:
        call = Call(
            id=request_id,
            at=self._clock(),
            method=request.method,
            path=request.url.path,
            params={},
            idempotency_key=request.headers.get("idempotency-key") or None,
        )
        if LEVER not in request.headers:
            tenant.calls.append(call)
        return call

    async def _serve(
        self, request: Request, tenant: Tenant, call: Call, body: bytes
    ) -> Answer | None:
        raw = decode(_form(request, body))
        found = operations.find(call.method, call.path)
        operation, ids = found or (None, ())
        call.params = raw
        call.users = calls.users_of(tenant.account, raw, ids)
        call.customers = calls.customers_of(tenant.account, raw, ids)
        asked = Asked(
            request=request, tenant=tenant, call=call, operation=operation, ids=ids, raw=raw
        )
        fault = _strike(asked)
        if fault is not None and fault.effect in {Effect.HANG, Effect.RESET}:
            await _swallow(asked, fault)
            return None
        answer = _replayed(asked) or self._fresh(asked, fault)
        if fault is not None and fault.effect is Effect.LOST:
            await drop(_client(request))
            return None
        return answer

    def _fresh(self, asked: Asked, fault: Fault | None) -> Answer:
        if fault is not None and fault.effect is Effect.STATUS:
            answer = failed(fault)
        else:
            answer = _performed(asked)
        if asked.key and answer.kept:
            asked.tenant.keys.answers[asked.key] = Remembered(
                asked.fingerprint, answer.status, answer.text, asked.call.id
            )
        return answer


def _kept(tenant: Tenant, answer: Answer, request_id: str) -> Answer:
    """The answer once what it tells is safe; the state file's failure when that is impossible."""
    try:
        tenant.save()
    except StripeError as error:
        return refused(error, request_id, tenant.account.mode)
    return answer


async def _body(request: Request) -> bytes:
    """What was sent; StripeError when it is too much, or no form."""
    if request.method in BODILESS:
        return b""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST_BODY:
            raise StripeError(Refusal.TOO_LARGE, limit=str(LARGEST_BODY))
        parts.append(part)
    if size and request.headers.get("content-type", "").startswith("application/json"):
        raise StripeError(Refusal.NOT_A_FORM)
    return b"".join(parts)


def _form(request: Request, body: bytes) -> str:
    query = request.url.query
    if request.method == "GET":
        return query
    return "&".join(part for part in (query, body.decode(errors="replace")) if part)


def _client(request: Request) -> tuple[str, int]:
    return (request.client.host, request.client.port) if request.client else ("", 0)


def _strike(asked: Asked) -> Fault | None:
    if LEVER in asked.request.headers:
        return None
    kind = asked.operation.kind if asked.operation else ""
    creates = asked.operation is not None and asked.operation.creates
    return asked.tenant.faults.strike(asked.call, kind, creates=creates)


async def _swallow(asked: Asked, fault: Fault) -> None:
    """Hold a call until its client leaves, or drop it at once; its key is in use meanwhile."""
    busy = asked.tenant.keys.busy
    if fault.effect is Effect.HANG:
        if asked.key:
            busy.add(asked.key)
        try:
            await asyncio.wait_for(_departure(asked.request), LONGEST_HANG_SECONDS)
        except TimeoutError:
            pass
        finally:
            busy.discard(asked.key or "")
    await drop(_client(asked.request))


async def _departure(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _replayed(asked: Asked) -> Answer | None:
    if not asked.key:
        return None
    found = asked.tenant.keys.recall(asked.key, asked.fingerprint)
    if found is None:
        return None
    asked.call.replayed = True
    headers = {"Idempotent-Replayed": "true", "Original-Request": found.request}
    return Answer(status=found.status, text=found.text, kept=False, headers=headers)


def _performed(asked: Asked) -> Answer:
    """Do what is asked; what its parameters' check refuses is not remembered."""
    call, account = asked.call, asked.tenant.account
    if asked.operation is None:
        raise StripeError(Refusal.NO_ROUTE, method=call.method, path=call.path)
    params = Params(schema.checked(asked.operation.call, asked.raw))
    account.mark = Mark(call.id, asked.key)
    try:
        body = asked.operation.run(account, params, asked.ids)
    except StripeError as error:
        return refused(error, call.id, account.mode)
    finally:
        account.mark = Mark()
    version = asked.request.headers.get("stripe-version")
    return Answer(status=200, text=encoded(versions.shown(body, version)))
