"""Tables of what comes and goes: calls, events with their deliveries, endpoints, faults."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from billproof.sandbox.objects.events import Event
from billproof.sandbox.pages.start.billing_tables import status
from billproof.sandbox.pages.start.source import Source, Things
from billproof.sandbox.pages.start.table import (
    Cell,
    Detail,
    Hint,
    Row,
    Tone,
    as_json,
    moment,
)
from billproof.sandbox.tenants.calls import Call
from billproof.sandbox.tenants.faults import Fault
from billproof.sandbox.tenants.tenants import Tenant
from billproof.sandbox.webhooks.attempts import Attempt
from billproof.sandbox.webhooks.endpoints import Endpoint

WRONG = 400
KEPT_OF_ANSWER = 300


class TrafficTables:
    """Those of one account; `curl` begins a line that calls it."""

    def __init__(self, tenant: Tenant, curl: str) -> None:
        self._tenant = tenant
        self._curl = curl
        self._attempts: dict[str, list[Attempt]] = defaultdict(list)
        for attempt in tenant.deliveries.attempts:
            self._attempts[attempt.event].append(attempt)

    def sources(self) -> tuple[list[Source], list[Source]]:
        """What happens, and the levers on it; each in the order of the page."""
        account, curl = self._tenant.account, self._curl
        faults = list(self._tenant.faults)
        hook = f"{curl}/v1/webhook_endpoints -d url=http://127.0.0.1:8000/webhook"
        spoil = """ -d '{"on": "writes", "status": 503, "times": 1}'"""
        happens = [
            Source("events", "Events", ("Type", "Delivery", "Customer", "Time (UTC)"),
                   Things.held(account, Event), self._event,
                   Hint("Nothing has happened yet. Each change of an object is an event.")),
            Source("calls", "Calls", ("Call", "Status", "Idempotency key", "Time (UTC)"),
                   Things.of(self._tenant.calls), _call,
                   Hint("Nobody has called yet.", f"{curl}/v1/customers")),
        ]  # fmt: skip
        levers = [
            Source("endpoints", "Webhook endpoints", ("URL", "Status", "Events", "Last answer"),
                   Things.held(account, Endpoint), self._endpoint,
                   Hint("Events go nowhere yet.", f"{hook} -d 'enabled_events[]=*'")),
            Source("faults", "Faults", ("Effect", "Status", "On", "Hits"),
                   Things.of(faults), _fault,
                   Hint("Nothing fails on purpose.", f"{curl}/_sandbox/faults{spoil}")),
        ]  # fmt: skip
        return happens, levers

    def _event(self, thing: Event) -> Row:
        tries = self._attempts.get(thing.id, [])
        cells = (
            Cell(thing.type, "strong"),
            _delivery(tries) if tries else self._unsent(thing),
            Cell(thing.customer or "", "mono"),
            Cell(moment(thing.created), "soft"),
        )
        told = (_tries(tries),) if tries else ()
        return Row(thing.id, cells, lambda: (*told, as_json(thing.id, thing.body())))

    def _unsent(self, thing: Event) -> Cell:
        deliveries = self._tenant.deliveries
        if not thing.receivers:
            return Cell("No endpoint", "soft", badge=True)
        if thing.id in deliveries.dropped:
            return Cell("Dropped", "bad", badge=True)
        held = deliveries.holds(thing.id, thing.customer)
        return Cell("Held" if held else "Waiting", "note", badge=True)

    def _endpoint(self, thing: Endpoint) -> Row:
        last = next(
            (a for a in reversed(self._tenant.deliveries.attempts) if a.url == thing.url), None
        )
        cells = (
            Cell(thing.url, "strong"),
            status("disabled" if thing.disabled else "enabled"),
            Cell("All" if "*" in thing.types else ", ".join(thing.types)),
            _answer(last) if last else Cell("None yet", "soft"),
        )
        return Row(thing.id, cells, lambda: (as_json(thing.id, thing.body()),))


def _delivery(tries: list[Attempt]) -> Cell:
    if tries[-1].taken:
        word = "Delivered" if len(tries) == 1 else f"Delivered, {len(tries)} tries"
        return Cell(word, "good", badge=True)
    word = "1 try" if len(tries) == 1 else f"{len(tries)} tries"
    return Cell(f"{word}: {tries[-1].status or 'no answer'}", "bad", badge=True)


def _answer(attempt: Attempt) -> Cell:
    return Cell(str(attempt.status or "No answer"), "good" if attempt.taken else "bad", badge=True)


def _tries(attempts: list[Attempt]) -> Detail:
    """Each attempt in a line, the first one first."""
    columns = ("Try", "Time (UTC)", "To", "Status", "Answer")
    return Detail("Deliveries", columns=columns, rows=tuple(map(_try, attempts)))


def _try(attempt: Attempt) -> tuple[Cell, ...]:
    said = attempt.error or attempt.answer[:KEPT_OF_ANSWER] or "no body"
    number, took = str(attempt.number), f"{attempt.seconds:.2f} s"
    return (
        Cell(number),
        Cell(f"{moment(attempt.at)}, {took}"),
        Cell(attempt.url),
        _answer(attempt),
        Cell(said, "mono"),
    )


def _call(call: Call) -> Row:
    replayed = " (replayed)" if call.replayed else ""
    cells = (
        Cell(f"{call.method} {call.path}", "strong"),
        Cell(f"{call.status or 'No answer'}{replayed}", _tone(call), badge=True),
        Cell(call.idempotency_key or "", "mono"),
        Cell(moment(call.at), "soft"),
    )
    return Row(call.id, cells, lambda: tuple(_said(call)))


def _said(call: Call) -> Iterator[Detail]:
    yield as_json(f"{call.id}, parameters", call.params)
    if call.error is not None:
        yield as_json("Refused", call.error)


def _tone(call: Call) -> Tone:
    if call.status is None or call.status >= WRONG:
        return "bad"
    return "note" if call.replayed else "good"


def _fault(fault: Fault) -> Row:
    spent = fault.times is not None and fault.hits >= fault.times
    many = f"{fault.hits} of {fault.times}" if fault.times is not None else str(fault.hits)
    effect = f"{fault.effect} {fault.status}" if fault.effect == "status" else str(fault.effect)
    cells = (
        Cell(effect.capitalize(), "strong"),
        Cell("Spent" if spent else "Armed", "soft" if spent else "note", badge=True),
        Cell(" ".join(filter(None, [fault.on, fault.kind, fault.user]))),
        Cell(many),
    )
    return Row(fault.id, cells, lambda: (as_json(fault.id, fault.body()),))
