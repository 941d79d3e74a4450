"""A capability that is not declared: refused cleanly, there all the same, or neither.

"Not applicable" is earned. What answers as openapi.yaml has it is there, and only noted:
whoever leaves it out of his declaration does not want it judged. All else is a defect.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx

from billproof.initdata import InitData
from billproof.law.promises import PROBLEM, Promise, load_promises
from billproof.run.record import Finding
from billproof.trials.receiving import receive
from billproof.verdicts.judge import UNCLAIMED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from billproof.law import Capability, Operation
    from billproof.targets.protocol import Backend

CLEAN = (401, 404, 405)
USERS = (None, "initData")
"""Nobody, and a user: they try everything."""
PATIENCE_SECONDS = 12.0
_PARAMETER = re.compile(r"\{\w+\}")
_OWN_TYPE = '"urn:billproof:problem:'


@dataclass(frozen=True)
class _Caller:
    name: str
    scheme: str | None
    """The security scheme of openapi.yaml by which he comes."""
    headers: dict[str, str] = field(default_factory=dict)


def refusals(
    backend: Backend,
    capabilities: Iterable[Capability],
    user_id: int,
    check: Callable[[], None] = lambda: None,
) -> dict[str, Finding | None]:
    """For each capability: what is wrong with its refusal, else what is there, else None.

    What is only there has the code `unclaimed`. `check` is called before each request and raises
    when there is no time for it.
    """
    callers = _callers(backend, user_id)
    promises = load_promises()
    with httpx.Client(
        base_url=backend.base_url,
        timeout=PATIENCE_SECONDS,
        trust_env=False,
        event_hooks={"request": [lambda _: check()]},
    ) as client:
        return {
            capability.name: _worst(
                _look(client, operation, caller, promises[operation.id], capability.name)
                for operation in capability.operations
                for caller in callers
                if caller.scheme in {*USERS, promises[operation.id].caller}
            )
            for capability in capabilities
        }


def _callers(backend: Backend, user_id: int) -> list[_Caller]:
    environ = backend.environ
    raw = InitData(user_id=user_id).sign(environ["TELEGRAM_BOT_TOKEN"], time.time())
    token = environ.get("METRICS_TOKEN", "")
    return [
        _Caller("nobody", None),
        _Caller("a signed-in user", "initData", {"Authorization": f"tma {raw}"}),
        _Caller("a scraper", "metricsToken", {"Authorization": f"Bearer {token}"}),
    ]


def _worst(findings: Iterable[Finding | None]) -> Finding | None:
    """The first that is wrong, else the first that is there."""
    found = [each for each in findings if each is not None]
    return next((each for each in found if each.code != UNCLAIMED), found[0] if found else None)


def _look(
    client: httpx.Client, operation: Operation, caller: _Caller, promise: Promise, capability: str
) -> Finding | None:
    """What there is to say of the answer to this caller, if anything."""
    path = _PARAMETER.sub("none", operation.path)
    call = f"{operation.method} {operation.path} by {caller.name}"
    what = f"{call}, of a capability that is not declared"
    expected = "status 401, 404 or 405"
    try:
        request = client.build_request(operation.method, path, headers=caller.headers)
        answer = receive(client, request, PATIENCE_SECONDS)
    except httpx.HTTPError as problem:
        return Finding(what=what, expected=expected, got=f"no answer ({type(problem).__name__})")
    if answer.status_code in CLEAN:
        return None
    if _as_promised(answer, caller, promise):
        said = f"{capability} is not declared, but {call} is answered {answer.status_code}"
        return Finding(what=said, code=UNCLAIMED)
    return Finding(what=what, expected=expected, got=f"status {answer.status_code}")


def _as_promised(answer: httpx.Response, caller: _Caller, promise: Promise) -> bool:
    """Whether a backend that has the capability may answer so to a call without a body."""
    if promise.caller not in {None, "stripeSignature", caller.scheme}:
        return False
    media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not promise.allows(answer.status_code, media_type) or answer.is_server_error:
        return False
    if answer.is_success:
        return not promise.takes_body
    return media_type == PROBLEM and _OWN_TYPE in answer.text
