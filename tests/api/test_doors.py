"""Which doors are open to nobody in particular, and which are shut."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from billproof.law import load_law
from billproof.trials import Bearer, Nobody, Verbatim, check, check_that, clause
from billproof.trials.shape import expect_shape
from fixtures.api import CHECKOUT, PLANS, SUBSCRIPTION, expect_members, signed

if TYPE_CHECKING:
    from billproof.trials import Answer
    from fixtures.api import Api
    from fixtures.operations import Call
    from fixtures.stripe import Stripe
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


NAMES = ("user_id", "user", "id", "telegram_user_id", "telegram_id", "tg_id", "uid", "as_user")
"""Of a user, in a query."""


def elsewhere(user: User) -> dict[str, str]:
    """Headers that name a user without proving it."""
    return {
        "X-User-Id": str(user.id),
        "X-Telegram-User-Id": str(user.id),
        "X-Forwarded-User": str(user.id),
        "X-Remote-User": str(user.id),
        "X-Auth-User": str(user.id),
        "X-Telegram-Id": str(user.id),
        "X-Impersonate-User": str(user.id),
        "Cookie": f"user_id={user.id}; telegram_user_id={user.id}; user={user.id}",
    }


@clause("AUT-015")
def test_only_init_data_say_who_asks(api: Api, stripe: Stripe, user: User, other: User) -> None:
    """A subscriber's id in query, header and cookie shows nobody his subscription."""
    stripe.subscribe(other, "pro")
    api.subscription_becomes(other, plan="pro", access=True)

    query = "&".join(f"{name}={other.id}" for name in NAMES)
    path, sent = f"{SUBSCRIPTION}?{query}", elsewhere(other)
    asked = api.call("GET", path, user, headers=sent, invalid=True)
    expect_members(asked.expect(200), plan="free", status="none", access=False)
    stranger = api.call("GET", path, Nobody(), headers=sent, invalid=True)
    stranger.expect_problem(401, "unauthenticated")


@clause("AUT-015")
def test_only_init_data_say_who_buys(api: Api, stripe: Stripe, user: User, other: User) -> None:
    """What is bought is the caller's own, whoever else is named."""
    further: dict[str, Any] = {
        "user_id": other.id,
        "telegram_user_id": str(other.id),
        "user": {"id": other.id},
    }
    answer = api.checkout(user, "pro", headers=elsewhere(other), invalid=True, **further)
    answer.expect(201, 422)
    if answer.status == 422:
        answer = api.checkout(user, "pro", headers=elsewhere(other)).expect(201)

    check("client_reference_id", stripe.session(answer).client_reference_id, str(user.id))
    check("sessions of the other", stripe.sessions(other), [])


@clause("AUT-015")
def test_whoever_else_the_init_data_name_is_not_asking(
    api: Api, stripe: Stripe, user: User, other: User
) -> None:
    """Telegram names whom he writes to, and where, beside him: neither is he."""
    stripe.subscribe(other, "pro")
    api.subscription_becomes(other, plan="pro", access=True)
    his = json.dumps({"id": other.id, "first_name": other.first_name})
    beside = (("receiver", his), ("chat", json.dumps({"id": other.id, "type": "private"})))

    asked = api.subscription(signed(user, extra=beside)).expect(200)

    expect_members(asked, plan="free", status="none", access=False)
    stranger = api.subscription(signed(user, extra=beside, omit=("user",)))
    stranger.expect_problem(401, "unauthenticated")


@clause("AUT-015")
def test_a_user_is_not_remembered(api: Api, stripe: Stripe, user: User, other: User) -> None:
    """The next caller on the same connection is who he proves to be, or nobody."""
    stripe.subscribe(user, "pro")
    api.subscription_becomes(user, plan="pro")

    expect_members(api.subscription(other).expect(200), plan="free", status="none")
    api.subscription(Nobody()).expect_problem(401, "unauthenticated")
    expect_members(api.subscription(user).expect(200), plan="pro")


ORIGINS = (
    "https://elsewhere.example",
    "null",
    "{public}.elsewhere.example",
    # Of a name that ends as ours does; then our own name, and another door of it.
    "{scheme}://elsewhere-{place}",
    "{scheme}://{name}:9",
    # Telegram's own page frames the Mini App and asks it for nothing; then a developer's.
    "https://web.telegram.org",
    "http://localhost:3000",
)


@clause("AUT-018")
def test_no_foreign_origin_is_let_in(api: Api, user: User, operations: list[Call]) -> None:
    """Neither the answer nor the preflight admits it."""
    for form in ORIGINS:
        ours = urlsplit(api.environ["PUBLIC_URL"])
        origin = form.format(
            public=ours.geturl(), scheme=ours.scheme, place=ours.netloc, name=ours.hostname
        )
        for call in operations:
            sent = {
                "Origin": origin,
                "Access-Control-Request-Method": call.method,
                "Access-Control-Request-Headers": "authorization,content-type",
            }
            preflight = api.call("OPTIONS", call.path, headers=sent, invalid=True)
            check_not_admitted(preflight, origin)
        answer = api.call("GET", SUBSCRIPTION, user, headers={"Origin": origin}).expect(200)
        expect_members(answer, status="none")
        check_not_admitted(answer, origin)
        check_not_admitted(api.call("GET", PLANS, headers={"Origin": origin}).expect(200), origin)
        stranger = api.call("GET", SUBSCRIPTION, Nobody(), headers={"Origin": origin})
        check_not_admitted(stranger, origin)


LET_IN = (200, 201, 204, 404, 409)
"""What a user is answered whose credentials are good."""


@clause("AUT-018")
def test_no_answer_to_a_user_lets_a_foreign_origin_in(
    api: Api, stripe: Stripe, user: User, other: User, users_operations: list[Call]
) -> None:
    """Whatever he wants, and however it is refused."""
    origin = ORIGINS[0]
    sent = {"Origin": origin}
    answers = [
        api.call(one.method, one.path, user, json_body=one.body, headers=sent).expect(*LET_IN)
        for one in users_operations
    ]
    unknown = api.call("GET", UNKNOWN[0], user, headers=sent, invalid=True)
    answers.append(unknown.expect(401, 404))
    if api.declares("checkout"):
        answers.append(api.checkout(user, "gold", headers=sent).expect(422))
        broken = api.call("POST", CHECKOUT, user, body=b"{", headers=sent, invalid=True)
        answers.append(broken.expect(400, 422))
        with stripe.failing("all", user=other, effect="status", status=500):
            answers.append(api.checkout(other, "pro", headers=sent).expect(503))

    for answer in answers:
        check_not_admitted(answer, origin)


@clause("AUT-018")
def test_no_door_lets_a_foreign_origin_in(api: Api, user: User, operations: list[Call]) -> None:
    """Probes, metrics, pages and the webhook have answers of their own."""
    origin = ORIGINS[0]
    proofs: dict[str | None, User | Bearer] = {"initData": user, "metricsToken": Bearer()}
    for call in operations:
        who = proofs.get(call.scheme, Nobody())
        answer = api.call(
            call.method, call.path, who, json_body=call.body, headers={"Origin": origin}
        )
        check_not_admitted(answer, origin)


def check_not_admitted(answer: Answer, origin: str) -> None:
    """Access-Control-Allow-Origin names neither everybody nor this origin."""
    answer.show()
    admitted = answer.header("access-control-allow-origin").strip().lower()
    refused = f"nothing that admits {origin}"
    held = admitted not in {"*", origin.lower()}
    check_that(f"CORS of {answer.call}", held, expected=refused, got=repr(admitted))
