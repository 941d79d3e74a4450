"""What plans cost: those that are offered, and the one that the user has."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any

import pytest

from billproof.trials import check, check_that, clause
from fixtures.amounts import alone
from fixtures.api import PLANS
from fixtures.days import DAY
from fixtures.numbers import needs_decimal_comma
from fixtures.pages import see, see_no, see_state, until
from fixtures.reading import looked_at, text_beside, text_of
from fixtures.words import BILLING, Part, part, state

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page, Route

    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User
    from fixtures.visits import Visit

pytestmark = pytest.mark.usefixtures("whole_backend")

PRICES = {"Basic": alone(r"9\.00"), "Pro": alone(r"19\.00"), "Team": alone("4,?500")}
"""What each plan of the catalogue costs, as pages.yaml has it written."""
PRO_COSTS = re.compile(PRICES["Pro"])
AROUND = """(button) => {
  const tappable = "button, a, [role=button]";
  let one = button;
  const within = (place) => all(tappable, place).filter((found) => found !== place);
  while (around(one) && within(around(one)).length === 1) one = around(one);
  return read(one);
}"""
"""What stands around a button, as far as it is the only one."""
FREE_DAYS = re.compile(r"\d+(?=\s+days? free)", re.IGNORECASE)


@clause("APP-004")
def test_a_plan_costs_as_many_decimals_as_its_currency_has(
    visit_from: Callable[..., Visit], user: User
) -> None:
    """Nineteen euros are 1900, and four thousand five hundred yen are 4500.

    They are written so though this browser itself has a comma before decimals.
    """
    page = visit_from(locale="en-AT")(user)
    needs_decimal_comma(page)

    see(page, Part("heading", name="Free"))
    for amount in (r"(?<!\d)19\.00", r"(?<!\d)9\.00", r"4,?500(?!\.\d)"):
        page.get_by_text(re.compile(amount)).filter(visible=True).first.wait_for()
    for wrong in (r"45\.00", r"4,?500\.00", "1,?900"):
        found = page.get_by_text(re.compile(alone(wrong)))
        check(f"amounts like {wrong}", found.count(), 0)


@clause("APP-004")
def test_no_offer_has_the_price_of_another_beside_it(visit: Visit, user: User) -> None:
    """Each of them is there, and what stands around a button is of its plan."""
    page = visit(user)
    for plan in PRICES:
        see(page, part("upgrade", plan=plan))
    said = text_of(page)
    there = [one for one in PRICES if re.search(PRICES[one], said)]
    check("plans whose price is told", there, [*PRICES])

    for plan in PRICES:
        around = str(looked_at(part("upgrade", plan=plan).on(page).first, AROUND))
        others = [one for one in PRICES if one != plan and re.search(PRICES[one], around)]
        check(f"plans whose price stands beside {plan}", others, [])


@clause("APP-004")
@pytest.mark.parametrize(
    ("plan", "wrong"),
    # Days and times are told as well: 19 alone may be one of those.
    [("pro", "1,?900"), ("team", r"45\.00")],
)
def test_a_subscriber_sees_what_his_plan_costs(
    visit: Visit, api: Api, stripe: Stripe, user: User, plan: str, wrong: str
) -> None:
    """The price of his plan, in the decimals of its currency.

    What other plans cost may be told as well, though he cannot buy them here.
    """
    price = PRICES[plan.capitalize()]
    stripe.subscribe(user, plan)
    api.subscription_becomes(user, plan=plan, access=True)

    page = visit(user)

    see(page, Part("heading", name=plan.capitalize()))
    see(page, part("manage"))
    until(page, lambda: re.search(price, beside_lists(page)) is not None)
    said = beside_lists(page)
    check_that(f"the price of {plan}", bool(re.search(price, said)), expected=price, got=said)
    check(f"prices like {wrong}", re.findall(alone(wrong), said), [])


@clause("APP-004")
def test_a_plan_that_gives_no_access_costs_the_same(
    visit: Visit, api: Api, stripe: Stripe, user: User
) -> None:
    """Whoever owes for it, with it or without, or is to go on with it, reads what it costs."""
    subscription = stripe.subscribe_and_see(user, "pro")
    for status in ("past_due", "unpaid", "incomplete", "paused"):
        stripe.change(subscription, status=status)
        stripe.deliver(user)
        api.subscription_becomes(user, status=status, access=status == "past_due")

        check_pro_costs(visit(user))


def check_pro_costs(page: Page) -> None:
    """The plan is Pro, and its price is told."""
    see(page, Part("heading", name="Pro"))
    until(page, lambda: says_what_pro_costs(page))
    said = beside_lists(page)
    check_that("the price of pro", bool(PRO_COSTS.search(said)), expected="19.00", got=said)


def says_what_pro_costs(page: Page) -> bool:
    """Whether the price of Pro is told beside invoices and devices."""
    return PRO_COSTS.search(beside_lists(page)) is not None


@clause("APP-004")
def test_a_plan_in_dinars_costs_three_decimals(visit: Visit, page: Page, user: User) -> None:
    """No plan of this catalogue does; what a page is told of it is changed on its way.

    Kuwait's dinars are not the only ones.
    """
    retold = retell(page, lambda plan: plan | {"amount": 12_345, "currency": "bhd"})

    visit(user)

    see(page, part("upgrade", plan="Pro"))
    # A page may have the catalogue from elsewhere.
    price = alone(r"12\.345") if retold else PRICES["Pro"]
    said = text_of(page)
    check_that("the price of pro", bool(re.search(price, said)), expected=price, got=said)


def retell(page: Page, change: Callable[[dict[str, Any]], dict[str, Any]]) -> list[str]:
    """Change what a page is told of the plans that can be bought; the keys of those."""
    told_of: list[str] = []

    def rewrite(route: Route) -> None:
        answer = route.fetch()
        plans = answer.json()["plans"]
        sold = [plan["key"] for plan in plans if plan["amount"]]
        told_of.extend(sold)
        changed = [change(plan) if plan["key"] in sold else plan for plan in plans]
        route.fulfill(response=answer, body=json.dumps({"plans": changed}))

    page.route(f"**{PLANS}*", rewrite)
    return told_of


def beside_lists(page: Page) -> str:
    """What can be read beside invoices and devices, whose amounts are no price of a plan."""
    lists = part("invoices").on(page).or_(part("devices").on(page))
    return " ".join(text_beside(lists).split())


@clause("APP-035")
@pytest.mark.parametrize("status", ["canceled", "incomplete_expired"])
def test_a_trial_is_promised_once(
    visit: Visit, api: Api, stripe: Stripe, user: User, status: str
) -> None:
    """To somebody new; not to the same user once his trial is over."""
    page = visit(user)
    see_state(page, state(BILLING, "a plan with a trial is offered to somebody new"))
    for plan in ("Basic", "Pro"):
        said = looked_at(part("upgrade", plan=plan).on(page).first, AROUND)
        check(f"free days of {plan}", FREE_DAYS.findall(str(said)), [])

    subscription = stripe.subscribe_and_see(user, "team")
    check("status of the trial", subscription.status, "trialing")
    stripe.change(subscription, status=status)
    stripe.deliver(user)
    api.subscription_becomes(user, status=status, access=False)

    page = visit(user)
    see(page, part("upgrade", plan="Team"))
    see_no(page, Part("text", text="days free"))


@clause("APP-035")
def test_a_trial_of_one_plan_is_none_of_another(
    visit: Visit, api: Api, stripe: Stripe, user: User
) -> None:
    """Whoever has tried Pro, as by hand at Stripe, is promised no free days of Team."""
    see_state(visit(user), state(BILLING, "a plan with a trial is offered to somebody new"))
    subscription = stripe.subscribe_and_see(user, "pro")
    over = int(time.time()) - DAY
    stripe.change(subscription, status="trialing", trial_start=over - 14 * DAY, trial_end=over)
    stripe.change(subscription, status="canceled")
    stripe.deliver(user)
    api.subscription_becomes(user, plan="pro", status="canceled", access=False)

    page = visit(user)
    see(page, part("upgrade", plan="Team"))
    see_no(page, Part("text", text="days free"))


@clause("APP-035")
def test_an_offer_promises_its_own_days(visit: Visit, page: Page, user: User) -> None:
    """As many as the catalogue says, and not those of another day's catalogue."""
    retold = retell(page, lambda plan: plan | {"trial_days": plan["trial_days"] and 30})

    visit(user)

    see(page, part("upgrade", plan="Team"))
    days = 30 if retold else 14
    see(page, Part("text", text=f"{days} days free"))
    # It may be said more than once.
    check("free days", {*FREE_DAYS.findall(text_of(page))}, {str(days)})
