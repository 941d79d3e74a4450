"""No page of another origin is let in by a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from billproof.trials import Bearer, Nobody, check_that, clause
from fixtures.api import CHECKOUT, PLANS, SUBSCRIPTION, expect_members

if TYPE_CHECKING:
    from billproof.trials import Answer
    from fixtures.api import Api
    from fixtures.operations import Call
    from fixtures.stripe import Stripe
    from fixtures.users import User

NOWHERE = "/api/v1/billing/nothing-of-this-name"
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
    unknown = api.call("GET", NOWHERE, user, headers=sent, invalid=True)
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
