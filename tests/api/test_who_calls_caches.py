"""Who calls: what a user is told is in no cache, whatever becomes of what he wants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from billproof.trials import check_that, clause
from fixtures.api import CHECKOUT, PORTAL
from fixtures.devices import expect_full, expect_known, expect_new, expect_unknown
from fixtures.invoices import open_ledger

if TYPE_CHECKING:
    from billproof.trials import Answer
    from fixtures.api import Api
    from fixtures.operations import Call
    from fixtures.stripe import Stripe
    from fixtures.users import User

BAD_REQUEST = 400


def check_no_store(answer: Answer, of: str = "") -> None:
    """Cache-Control has no-store among its directives (RFC 9111)."""
    answer.show()
    directives = [one.strip().lower() for one in answer.header("cache-control").split(",")]
    check_that(
        f"Cache-Control of {answer.call}{of}",
        "no-store" in directives,
        expected="no-store",
        got=repr(answer.header("cache-control")),
    )


@clause("AUT-016")
def test_what_a_user_is_told_is_not_stored(
    api: Api, user: User, users_operations: list[Call]
) -> None:
    """Every operation of his, whatever its answer."""
    for call in users_operations:
        answer = api.call(call.method, call.path, user, json_body=call.body)
        check_that(f"{call} knows the user", answer.status != 401, expected="not 401", got="401")
        check_no_store(answer)


@clause("AUT-016")
def test_refusals_to_a_user_are_not_stored(
    api: Api, stripe: Stripe, user: User, other: User
) -> None:
    """No customer, no such plan, no JSON, subscribed already, Stripe failing.

    Which of them he gets is other clauses' affair, but some of these are refusals everywhere.
    """
    told = [api.call("POST", PORTAL, user)] if api.declares("portal") else []
    if api.declares("checkout"):
        told += [
            api.checkout(user, "gold"),
            api.call("POST", CHECKOUT, user, body=b"{", invalid=True),
        ]
        with stripe.failing("all", user=other, effect="status", status=500):
            told.append(api.checkout(other, "pro"))
    if api.declares("checkout") and api.declares("webhooks"):
        stripe.subscribe(user, "pro")
        told.append(api.checkout(user, "pro"))

    for answer in told:
        check_no_store(answer)
    statuses = sorted({answer.status for answer in told})
    # A core alone has one operation of his, and nothing there to refuse him.
    refused = not told or statuses[-1] >= BAD_REQUEST
    check_that("some of it is refused", refused, expected="a 4xx or 5xx", got=statuses)


@clause("AUT-016")
def test_what_is_said_of_devices_is_not_stored(api: Api, user: User) -> None:
    """New, known, one too many, none, listed, gone and unknown."""
    api.only_with("devices")
    made = api.register(user, "a1b2c3d4e5f6")
    device_id = expect_new(made)
    known = api.register(user, "a1b2c3d4e5f6")
    expect_known(known, device_id)
    full = api.register(user, "f6e5d4c3b2a1")
    expect_full(full)
    invalid = api.register(user, "short", invalid=True).expect(422)
    gone = api.revoke(user, device_id).expect(204)
    unknown = api.revoke(user, device_id)
    expect_unknown(unknown)

    for what, answer in {
        "a new device": made,
        "a known one": known,
        "one too many": full,
        "what is none": invalid,
        "a device that is gone": gone,
        "one that is unknown": unknown,
    }.items():
        check_no_store(answer, f" for {what}")


@clause("AUT-016")
def test_what_is_said_of_invoices_and_portals_is_not_stored(
    api: Api, stripe: Stripe, user: User
) -> None:
    """A cursor and a limit that are none, both while Stripe fails, and two pages."""
    if not api.declares("portal"):
        api.only_with("invoices")
    told: dict[str, Answer] = {}
    if api.declares("checkout"):
        api.checkout(user, "pro").expect(201)
    if api.declares("invoices"):
        told["a cursor that is none"] = api.invoices(user, cursor="made-up").expect(400)
        told["a limit that is none"] = api.invoices(user, limit="0", invalid=True).expect(422)
    with stripe.failing("all", user=user, effect="status", status=500):
        if api.declares("invoices"):
            told["a list while Stripe fails"] = api.invoices(user)
        if api.declares("portal"):
            told["a portal while Stripe fails"] = api.portal(user)
    if all(api.declares(one) for one in ("checkout", "webhooks", "invoices")):
        ledger = open_ledger(api, stripe, user)
        ledger.bill(1100)
        ledger.tell()
        first = told["a first page"] = api.invoices(user, limit=1).expect(200)
        behind = api.invoices(user, limit=1, cursor=first["next_cursor"]).expect(200)
        told["a page behind it"] = behind

    for what, answer in told.items():
        check_no_store(answer, f" for {what}")
