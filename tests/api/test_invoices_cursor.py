"""Cursors: their user's alone, good for more than one use, and over a restart."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

from billproof.sandbox.client import Sandbox
from billproof.targets.protocol import Backend
from billproof.trials import Caller, check, check_that, clause
from billproof.trials.pace import pause
from fixtures.api import WEBHOOK, Api
from fixtures.invoices import check_walked, open_ledger, page_ids, walk, walked
from fixtures.launching import KEPT, check_ready
from fixtures.stripe import Stripe

if TYPE_CHECKING:
    from collections.abc import Generator

    import httpx

    from billproof.run.plan import RunPlan
    from billproof.targets.protocol import Launched, Target
    from fixtures.users import User


A_LITTLE_LATER_SECONDS = 2.2
"""Longer than a cursor is good whose hours were taken for seconds; nobody can wait for one hour."""


def cursor_of(api: Api, user: User, limit: int = 1) -> str:
    """The cursor behind the user's first page."""
    cursor = api.invoices(user, limit=limit).expect(200)["next_cursor"]
    check_that("next_cursor", isinstance(cursor, str), expected="a text", got=repr(cursor))
    return str(cursor)


def bill_three(api: Api, stripe: Stripe, user: User) -> list[str]:
    """Sign the user up and bill him three times more; the ids of all four."""
    ledger = open_ledger(api, stripe, user)
    for amount in (1100, 1200, 1300):
        ledger.bill(amount)
    ledger.tell()
    return ledger.ids()


@clause("INV-017")
def test_another_users_cursor_is_refused(api: Api, stripe: Stripe, user: User, other: User) -> None:
    """Whether he has invoices himself or not; its own user goes on with it."""
    bill_three(api, stripe, user)
    cursor = cursor_of(api, user)

    api.invoices(other, cursor=cursor).expect_problem(400, "invalid-cursor")
    bill_three(api, stripe, other)
    api.invoices(other, cursor=cursor).expect_problem(400, "invalid-cursor")
    alike = user.alike()
    api.invoices(alike, cursor=cursor).expect_problem(400, "invalid-cursor")

    check("invoices behind it", len(page_ids(api.invoices(user, cursor=cursor))), 3)


@clause("INV-017")
def test_a_changed_cursor_is_refused(api: Api, stripe: Stripe, user: User) -> None:
    """Any letter or digit of it, near the front, in the middle and near the end."""
    bill_three(api, stripe, user)
    cursor = cursor_of(api, user)
    places = [place for place, letter in enumerate(cursor) if letter.isascii() and letter.isalnum()]
    chosen = [places[len(places) * part // 8] for part in range(8)]

    for place in chosen:
        changed = cursor[:place] + following(cursor[place]) + cursor[place + 1 :]
        api.invoices(user, cursor=changed).expect_problem(400, "invalid-cursor")
    half = cursor[: len(cursor) // 2]
    for changed in (half, cursor[1:], f"{cursor[:256]}{half[:256]}", cursor[::-1]):
        api.invoices(user, cursor=changed).expect_problem(400, "invalid-cursor")

    check("invoices behind it", len(page_ids(api.invoices(user, cursor=cursor))), 3)


def following(letter: str) -> str:
    """The next letter or digit of its kind: no other spelling of the same."""
    for alphabet in ("0123456789", "abcdef", "ABCDEF"):
        if letter in alphabet:
            return alphabet[(alphabet.index(letter) + 1) % len(alphabet)]
    return chr(ord(letter) - 1)


@clause("INV-017")
def test_a_cursor_that_was_made_up_is_refused(
    api: Api, stripe: Stripe, user: User, other: User
) -> None:
    """Garbage, numbers, another's invoice, and what a believing backend would decode."""
    bill_three(api, stripe, user)
    foreign = bill_three(api, stripe, other)[0]
    pages = {"offset": 1, "page": 2, "after": foreign, "id": foreign, "user_id": other.id}
    texts = ["garbage", "0", "1", "-1", "null", "%", "é", "in_nothing", foreign, json.dumps(pages)]
    encoded = [base64.urlsafe_b64encode(text.encode()).decode() for text in texts]

    for cursor in (*texts, *encoded, "A" * 512, "=" * 8):
        api.invoices(user, cursor=cursor).expect_problem(400, "invalid-cursor")
    for cursor in ("", "A" * 513, "A" * 4000):
        answer = api.invoices(user, cursor=cursor, invalid=True).expect(400, 422)
        named = {400: ("invalid-cursor", "validation-failed"), 422: ("validation-failed",)}
        answer.expect_problem(answer.status, *named[answer.status])

    check("invoices without a cursor", len(page_ids(api.invoices(user))), 4)


@clause("INV-018")
def test_a_cursor_may_be_used_again(api: Api, stripe: Stripe, user: User) -> None:
    """A little later, twice the same page; with another limit a longer one from the same place."""
    ids = bill_three(api, stripe, user)
    pages = walk(api, user, 1)
    in_order = [invoice["id"] for invoice in walked(pages)]
    pause(A_LITTLE_LATER_SECONDS)

    for number, page in enumerate(pages[:-1], start=1):
        for limit in (1, 1, 2, 100):
            seen = page_ids(api.invoices(user, limit=limit, cursor=page["next_cursor"]))
            check(f"ids behind page {number}", seen, in_order[number : number + limit])
    usual = api.invoices(user, cursor=pages[0]["next_cursor"])
    check("ids behind the first page, by default", page_ids(usual), in_order[1:])
    check_walked(pages, ids)


def opened(
    launched: Launched, run_plan: RunPlan, http: httpx.Client
) -> Generator[tuple[Api, Stripe]]:
    """The API of a process of its own, with the account that it uses."""
    check_ready(launched)
    backend = Backend(launched.base_url, launched.environ)
    api = Api(Caller(backend, http, run_plan.out / "exchanges"), run_plan)
    with Sandbox(run_plan.sandbox_url, backend.environ["STRIPE_SECRET_KEY"]) as sandbox:
        secret = backend.environ["STRIPE_WEBHOOK_SECRET"].split(",")[0]
        sandbox.set_webhook(backend.base_url + WEBHOOK, secret, mode="manual")
        yield api, Stripe(sandbox, api)


@clause("INV-019")
def test_a_cursor_outlives_a_restart(
    target: Target, backend: Backend, run_plan: RunPlan, http: httpx.Client, user: User
) -> None:
    """The same database, another process: the walk goes on behind the same invoice."""
    assert backend.environ
    with target.launch() as launched:
        kept = {name: launched.environ[name] for name in KEPT}
        for api, stripe in opened(launched, run_plan, http):
            ids = bill_three(api, stripe, user)
            first = api.invoices(user, limit=2).expect(200)

    with target.launch(**kept) as again:
        for api, _ in opened(again, run_plan, http):
            rest = walk(api, user, 2, first["next_cursor"])

    check_walked([first, *rest], ids)
