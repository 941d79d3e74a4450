"""Levers on failures: calls that fail on purpose, and a search that lags."""

from __future__ import annotations

from starlette.requests import Request

from billproof.sandbox.api.operations import OPERATIONS
from billproof.sandbox.control.levers import FLAG, TEXT, Lever, choice, number
from billproof.sandbox.objects.customers import Customer
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.identifiers import short_id
from billproof.sandbox.objects.resource import Body
from billproof.sandbox.tenants.faults import Effect, Fault, On
from billproof.sandbox.tenants.tenants import Tenant

LONGEST_LAG = 3600
RATE_LIMITED = 429
KINDS = sorted({operation.kind for operation in OPERATIONS})
"""Every kind of object that a call can be about: a fault on any other would never strike."""

EFFECTS = (
    "`status` answers with an error, `rate_limit` with a 429, `hang` not before the client leaves "
    "(60 s at most), `reset` drops the connection: all of them without effect. `lost` has its "
    "effect, and drops the connection instead of an answer; `late` has it at once, too, and what "
    "it is answered, as of then, comes `seconds` later."
)
USER = (
    "Only calls that name him, or what is his, by `client_reference_id` or by `telegram_user_id` "
    "in metadata."
)


async def _add(_request: Request, tenant: Tenant, sent: Body) -> Body:
    limited = sent.get("effect") == "rate_limit"
    status = RATE_LIMITED if limited else sent.get("status", 500)
    usual_code = "rate_limit" if status == RATE_LIMITED else None
    fault = Fault(
        id=short_id("fault_"),
        on=On(sent.get("on", On.ALL)),
        kind=sent.get("kind"),
        user=sent.get("user"),
        customer=sent.get("customer"),
        effect=Effect.STATUS if limited else Effect(sent.get("effect", Effect.STATUS)),
        status=status,
        code=sent.get("code", usual_code),
        should_retry=sent.get("should_retry"),
        times=sent.get("times"),
        after=sent.get("after", 0),
        seconds=sent.get("seconds", 1.0) if sent.get("effect") == Effect.LATE else 0.0,
    )
    if fault.customer is not None:
        tenant.account.referred(Customer, fault.customer, "customer")
    tenant.faults.add(fault)
    return fault.body()


async def _all(request: Request, tenant: Tenant, _sent: Body) -> Body:
    return {"data": [fault.body() for fault in _meant(request, tenant)]}


async def _show(request: Request, tenant: Tenant, _sent: Body) -> Body:
    return _known(request, tenant).body()


async def _drop(request: Request, tenant: Tenant, _sent: Body) -> Body:
    fault = _known(request, tenant)
    tenant.faults.remove(fault)
    return fault.body()


async def _drop_all(request: Request, tenant: Tenant, _sent: Body) -> Body:
    gone = _meant(request, tenant)
    for fault in gone:
        tenant.faults.remove(fault)
    return {"data": [fault.body() for fault in gone]}


def _meant(request: Request, tenant: Tenant) -> list[Fault]:
    """All, or those of the customer that the query names, who must be there."""
    customer = request.query_params.get("customer")
    if customer is None:
        return list(tenant.faults)
    return tenant.faults.of(tenant.account.referred(Customer, customer, "customer").id)


def _known(request: Request, tenant: Tenant) -> Fault:
    identifier = request.path_params["id"]
    found = tenant.faults.find(identifier)
    if found is None:
        raise StripeError(Refusal.NOT_FOUND, param="id", kind="fault", id=identifier)
    return found


async def _lag(_request: Request, tenant: Tenant, sent: Body) -> Body:
    tenant.account.search_lag = sent["lag"]
    return {"lag": tenant.account.search_lag}


LEVERS = (
    Lever(
        "POST",
        "/faults",
        _add,
        "Have calls fail on purpose",
        "Fault",
        takes={
            "on": choice(*On, description="Which calls; all of them when it is not said."),
            "kind": choice(*KINDS, description="An `object`, as Stripe names it."),
            "user": {**TEXT, "description": USER},
            "customer": {**TEXT, "description": "Only calls that name him, or what is his."},
            "effect": choice(*Effect, "rate_limit", description=EFFECTS),
            "status": number(400, 599, description="For `status`; 500 when it is not said."),
            "code": {**TEXT, "description": "The error's `code`; usually that of the status."},
            "should_retry": {**FLAG, "description": "What `Stripe-Should-Retry` says."},
            "times": number(1, 1 << 30, description="How often; for ever when it is not said."),
            "after": number(0, 1 << 30, description="How many calls pass before the first hit."),
            "seconds": number(0, 60, "number", description="For `late`; 1 when it is not said."),
        },
    ),
    Lever(
        "GET",
        "/faults",
        _all,
        "All faults, or one customer's, with their hits",
        "Faults",
        asks=("customer",),
    ),
    Lever(
        "DELETE",
        "/faults",
        _drop_all,
        "End all faults, or those of one customer",
        "Faults",
        asks=("customer",),
    ),
    Lever("GET", "/faults/{id}", _show, "One fault, with its hits", "Fault"),
    Lever("DELETE", "/faults/{id}", _drop, "End one fault", "Fault"),
    Lever(
        "PUT",
        "/search",
        _lag,
        "Have search find things only so many seconds after they were made",
        "Lag",
        takes={"lag": number(0, LONGEST_LAG)},
        required=("lag",),
    ),
)
