"""Which doors are open to nobody in particular, and which are shut."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from billproof.law import load_law
from billproof.trials import Nobody, Verbatim, check, check_that, clause
from billproof.trials.shape import expect_shape
from fixtures.api import PLANS

if TYPE_CHECKING:
    from fixtures.api import Api
    from fixtures.operations import Call
    from fixtures.users import User

BAD_REQUEST, REDIRECTED = 400, 3
CREDENTIALS = ("initData", "metricsToken")
"""Security schemes of a caller; a webhook proves itself by its body's signature."""


@clause("AUT-012")
def test_every_operation_is_shut_to_strangers(api: Api, user: User, operations: list[Call]) -> None:
    """Public ones are those that openapi.yaml names, and no others."""
    api.subscription(user).expect(200)
    for call in operations:
        if call.scheme in CREDENTIALS:
            answer = api.call(call.method, call.path, Nobody(), json_body=call.body)
            answer.show()
            check(f"status of {call} without credentials", answer.status, 401)


TOO_LONG = "x" * 513
"""For a cursor, by a character."""
NO_JSON = {b"{": "application/json", b"plan=pro": "application/x-www-form-urlencoded"}
"""By its letters, or by its own word for itself."""


@clause("AUT-012")
def test_a_stranger_is_refused_before_his_request_is_read(
    api: Api, user: User, users_operations: list[Call]
) -> None:
    """A body or query that is wrong tells him nothing more."""
    api.subscription(user).expect(200)
    for call in users_operations:
        path = f"{call.path}?limit=x&cursor={TOO_LONG}"
        for body in NO_JSON if call.method == "POST" else (None,):
            sent = {"Content-Type": NO_JSON[body]} if body else {}
            answer = api.call(call.method, path, Nobody(), body=body, headers=sent, invalid=True)
            answer.show()
            check(f"status of a malformed {call} without credentials", answer.status, 401)


UNKNOWN = (
    "/api/v1/billing/nothing-of-this-name",
    "/api/v1/billing",
    "/api/v1/nothing-of-this-name",
    "/api/v2/billing/subscription",
    "/api/v1/billing/subscription/nothing-of-this-name",
    "/api/v1/devices/nothing/of-this-name",
    "/nothing-of-this-name",
    "/app/nothing-of-this-name",
    "/app/billing/nothing-of-this-name",
    "/.env",
)


@clause("AUT-013")
def test_unknown_paths_are_not_found(api: Api, user: User) -> None:
    """To strangers 401 or 404; to users too."""
    api.subscription(user).expect(200)
    for path in UNKNOWN:
        for who in (None, user):
            api.call("GET", path, who, invalid=True).expect(401, 404)


CLIMBING = "..%2f" * 12 + "etc/passwd"
"""Out of any folder to its root, and to a file that is there on most servers."""


@clause("AUT-013")
def test_no_path_climbs_to_a_file(api: Api, user: User) -> None:
    """Out of the folder of a page's assets neither, wherever it lies; some servers say 400."""
    api.subscription(user).expect(200)
    folders = {"", "/app", "/static", "/assets"}
    if api.declares("ui"):
        page = api.call("GET", "/app/billing").expect(200).body.decode()
        named = [urlsplit(one).path for one in re.findall(r'(?:src|href)="([^"]+)"', page)]
        folders |= {one.rpartition("/")[0] for one in named if one.startswith("/")}
    for folder in sorted(folders):
        answer = api.call("GET", f"{folder}/{CLIMBING}", invalid=True)
        answer.show()
        is_none = answer.status >= BAD_REQUEST or answer.status // 100 == REDIRECTED
        check_that("status of a path that climbs", is_none, expected="no file", got=answer.status)


@clause("AUT-013")
def test_unknown_methods_are_not_allowed(api: Api, user: User, operations: list[Call]) -> None:
    """To strangers 401 or 405; to users too."""
    api.subscription(user).expect(200)
    known: dict[str, set[str]] = {}
    for call in operations:
        known.setdefault(call.path, set()).add(call.method)
    for path, methods in known.items():
        for method in sorted({"GET", "POST", "PUT", "PATCH", "DELETE"} - methods):
            body: dict[str, str] | None = None if method == "GET" else {}
            for who in (None, user):
                api.call(method, path, who, json_body=body, invalid=True).expect(401, 405)


@clause("AUT-014")
def test_the_catalogue_is_for_everybody(api: Api, user: User) -> None:
    """All plans, as BILLING_PLANS has them, in order of rank."""
    answer = api.plans().expect(200)

    expect_shape(answer, "listPlans")
    members = ("key", "amount", "currency", "interval", "trial_days", "device_limit", "rank")
    shown = [{name: plan.get(name) for name in members} for plan in answer["plans"]]
    plans = sorted(load_law().plans, key=lambda plan: plan.rank)
    check("plans", shown, [plan.model_dump(include=set(members)) for plan in plans])
    api.call("GET", PLANS, user).expect(200)
    api.call("GET", PLANS, Verbatim(b"tma garbage")).expect(200)


@clause("AUT-014")
@pytest.mark.parametrize(("path", "name"), [("/livez", "getLivez"), ("/readyz", "getReadyz")])
def test_probes_need_nobody(api: Api, path: str, name: str) -> None:
    """With or without credentials that would be wrong elsewhere."""
    for who in (None, Verbatim(b"tma garbage")):
        expect_shape(api.call("GET", path, who).expect(200), name)
