"""While Stripe fails there is no list, rather than a part of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from billproof.trials import Answer, check, check_that, clause
from billproof.trials.caller import ANSWER_WITHIN_SECONDS
from fixtures.invoices import check_walked, open_ledger, page_ids, walk

if TYPE_CHECKING:
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User

FAILURES: dict[str, dict[str, Any]] = {
    "500": {"effect": "status", "status": 500},
    "503": {"effect": "status", "status": 503},
    "429": {"effect": "status", "status": 429, "code": "rate_limit"},
    "401": {"effect": "status", "status": 401},
    "403": {"effect": "status", "status": 403},
    "400": {"effect": "status", "status": 400, "code": "parameter_unknown"},
    "reset": {"effect": "reset"},
}
STRIPES_WORDS = ("request_log_url", "dashboard.stripe.com", "stripe.com/docs", "api_error")
"""What stands in Stripe's error bodies and must not come through."""


def expect_refusal(api: Api, answer: Answer) -> None:
    """503 with Retry-After, in time, and nothing of Stripe's or of a list in it."""
    answer.expect_problem(503, "provider-unavailable")
    waits = answer.header("retry-after").strip()
    check_that("Retry-After", waits != "", expected="seconds or a date", got=repr(waits))
    told = answer.body.decode("utf-8", "replace")
    leaked = [word for word in (*STRIPES_WORDS, api.environ["STRIPE_SECRET_KEY"]) if word in told]
    check("words of Stripe in the answer", leaked, [])
    held = "invoices" not in answer.document
    got = answer.document.get("invoices")
    check_that("invoices in the answer", held, expected="none", got=got)


def refused_or_whole(api: Api, answer: Answer, ids: list[str]) -> None:
    """Nothing, said clearly, or all that there is: who kept a copy may show it."""
    if answer.status == 200:
        check("ids while Stripe fails", sorted(page_ids(answer)), ids)
    else:
        expect_refusal(api, answer)


@clause("INV-021")
def test_no_list_while_stripe_fails(api: Api, stripe: Stripe, user: User) -> None:
    """With each failure, at the first page and behind a cursor; all is there afterwards."""
    ledger = open_ledger(api, stripe, user)
    for amount in (1100, 1200):
        ledger.bill(amount)
    ledger.tell()
    first = api.invoices(user, limit=1)
    [newest], cursor = page_ids(first), first["next_cursor"]
    behind = [invoice_id for invoice_id in ledger.ids() if invoice_id != newest]

    for failure in FAILURES.values():
        with stripe.failing("all", user=user, **failure):
            refused_or_whole(api, api.invoices(user), ledger.ids())
            refused_or_whole(api, api.invoices(user, cursor=cursor), behind)

    check_walked(walk(api, user, 1), ledger.ids())
    check_walked(walk(api, user, cursor=cursor), behind)


@clause("INV-021")
def test_no_half_of_a_list(api: Api, stripe: Stripe, user: User) -> None:
    """Stripe fails after its first page, while ours needs two of them."""
    ledger = open_ledger(api, stripe, user)
    for _ in range(100):
        ledger.draft()
    ledger.bill(1100)
    ledger.tell()

    for name in ("500", "429", "reset"):
        with stripe.failing("all", user=user, after=1, **FAILURES[name]):
            refused_or_whole(api, api.invoices(user), ledger.ids())

    check_walked(walk(api, user), ledger.ids())


@clause("INV-021")
def test_a_hanging_stripe_is_told_in_time(api: Api, stripe: Stripe, user: User) -> None:
    """However long Stripe takes, the answer comes within 10 s."""
    ledger = open_ledger(api, stripe, user)
    with stripe.failing("all", user=user, effect="hang"):
        answer = api.invoices(user)
    refused_or_whole(api, answer, ledger.ids())
    in_time = answer.seconds <= ANSWER_WITHIN_SECONDS
    check_that("the answer", in_time, expected="within 10 s", got=f"{answer.seconds:.1f} s")

    check_walked(walk(api, user), ledger.ids())
