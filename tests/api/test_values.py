"""What the values mean that it is started with."""

from __future__ import annotations

import json
import secrets
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from billproof.sandbox.client import Sandbox
from billproof.signature import StripeSignature
from billproof.trials import check, check_that, clause
from fixtures.api import signed
from fixtures.devices import check_devices, expect_full, fill, fingerprints
from fixtures.instants import check_instant, instant_of
from fixtures.invoices import Ledger, display_of, open_ledger
from fixtures.metrics import CHECKOUTS, scrape
from fixtures.portals import PORTAL_SESSIONS
from fixtures.stripe import redirects_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from billproof.run.plan import RunPlan
    from fixtures.launching import Launcher, Running
    from fixtures.users import User


LONG = "Für-die-ganze-Familie-".ljust(64, "x")
"""A key that is as long as openapi.yaml lets it be, with capitals, and not in ASCII."""
LIMIT, TRIAL_DAYS = 30, 3
MINUTE_SECONDS, HOUR_SECONDS, DAY_SECONDS = 60, 3_600, 86_400
CATALOGUE: list[dict[str, object]] = [
    {"key": "free", "price": None, "amount": 0, "currency": "usd", "interval": None},
    {
        "key": "solo",
        "price": "price_billproof_pro",
        "amount": 1900,
        "currency": "eur",
        "device_limit": 6,
    },
    {
        "key": "crew",
        "amount": 900,
        "currency": "eur",
        "interval": "year",
    },
    {
        "key": LONG,
        "price": "price_billproof_team",
        "amount": 4500,
        "currency": "jpy",
        "trial_days": TRIAL_DAYS,
        "device_limit": LIMIT,
    },
]
"""Other keys, in another order of rank, with other limits; the prices are Stripe's."""


@pytest.fixture(scope="module")
def account() -> str:
    """A key of Stripe's that nobody has used."""
    return f"rk_live_{secrets.token_hex(12)}"


@pytest.fixture(scope="module")
def of_crew(run_plan: RunPlan, account: str) -> str:
    """A price that was made as all are: its id is one of Stripe's, with letters of both cases."""
    with Sandbox(run_plan.sandbox_url, account) as sandbox:
        return sandbox.create_price(
            currency="eur",
            unit_amount=900,
            recurring={"interval": "year"},
            product_data={"name": "Crew"},
        ).id


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory, of_crew: str) -> Path:
    """A file of the form of contracts/plans.json."""
    whole = [
        {"interval": "month", "trial_days": 0, "device_limit": at + 2, "rank": 10 * at, **plan}
        for at, plan in enumerate(CATALOGUE)
    ]
    [crew] = [plan for plan in whole if plan["key"] == "crew"]
    crew["price"] = of_crew
    path = tmp_path_factory.mktemp("catalogue") / "plans.json"
    # Not in order of rank: what is listed is. In UTF-8, as all JSON is (RFC 8259).
    path.write_text(json.dumps({"plans": whole[::-1]}, ensure_ascii=False), "utf-8")
    return path


@pytest.fixture(scope="module")
def elsewhere(launches: Launcher, catalogue: Path, account: str) -> Iterator[Running]:
    """A process with other values than usual, all of them good; starting it is what costs."""
    with launches(
        BILLING_PLANS=str(catalogue),
        PUBLIC_URL="https://app.example.com/",
        STRIPE_SECRET_KEY=account,
        TZ="Pacific/Kiritimati",
    ) as running:
        yield running


@clause("ENV-003")
def test_instants_do_not_move_with_the_time_zone(elsewhere: Running, user: User) -> None:
    """Fourteen hours ahead: the same instants, to the second."""
    stripe = elsewhere.stripe
    subscription = stripe.subscribe(user, "solo")
    ending = stripe.sandbox.update_subscription(subscription.id, cancel_at_period_end=True)
    stripe.deliver(user)

    end = ending.items.data[0].current_period_end
    elsewhere.api.subscription_becomes(
        user, plan="solo", cancels=True, current_period_end=end, ends_at=end
    )

    ended = stripe.sandbox.cancel_subscription(subscription.id)
    stripe.deliver(user)

    elsewhere.api.subscription_becomes(user, status="canceled", ends_at=ended.ended_at)


@clause("ENV-003")
def test_other_instants_do_not_move_either(elsewhere: Running, user: User, other: User) -> None:
    """Of a session, an invoice and a device."""
    api, stripe = elsewhere.api, elsewhere.stripe
    opened = api.checkout(other, "solo").expect(201)
    check_instant("expires_at", opened["expires_at"], stripe.session(opened).expires_at)
    if api.declares("invoices"):
        [invoice] = open_ledger(api, stripe, user, "solo").shown()
        check_instant("created", api.invoices(user)["invoices"][0]["created"], invoice.created)
    if api.declares("devices"):
        before = time.time()
        created = api.register(user, "a1b2c3d4e5f6").expect(201)["device"]["created_at"]
        far = abs(instant_of("created_at", created).timestamp() - before)
        check_that("created_at", far < HOUR_SECONDS, expected="now", got=created)


@clause("ENV-003")
def test_what_ends_in_an_hour_has_not_ended(elsewhere: Running, user: User) -> None:
    """Fourteen hours ahead on the wall, and not a second on the clock."""
    api, stripe = elsewhere.api, elsewhere.stripe
    subscription = stripe.subscribe(user, "solo")
    soon = int(time.time()) + HOUR_SECONDS
    stripe.change(subscription, cancel_at=soon)
    stripe.deliver(user)
    api.subscription_becomes(user, cancels=True, access=True, ends_at=soon)

    if api.declares("invoices"):
        ledger = Ledger(api, stripe, user)
        due = ledger.bill_by(soon, 1100)
        ledger.tell()
        check("display_status of what is due in an hour", display_of(api, user)[due.id], "open")


@clause("ENV-003")
def test_init_data_are_as_old_as_anywhere(elsewhere: Running, user: User) -> None:
    """A minute less than a day they are good, and a minute more they are not; nor ahead."""
    for age, status in (
        (DAY_SECONDS - MINUTE_SECONDS, 200),
        (DAY_SECONDS + MINUTE_SECONDS, 401),
        (-HOUR_SECONDS, 401),
        (0, 200),
    ):
        answer = elsewhere.api.subscription(signed(user, age_seconds=age))
        answer.show()
        check(f"status for init data that are {age} s old", answer.status, status)


@clause("ENV-003")
def test_signatures_are_as_old_as_anywhere(elsewhere: Running, user: User) -> None:
    """One of an hour ago is refused, and one of now is not."""
    api, stripe = elsewhere.api, elsewhere.stripe
    subscription = stripe.subscribe(user, "solo")
    stripe.change(subscription, status="past_due")
    event = stripe.undelivered(user)[-1]

    api.webhook(event.body, StripeSignature(age_seconds=HOUR_SECONDS)).expect(400)
    api.webhook(event.body).expect_success()

    api.subscription_becomes(user, status="past_due")


@clause("ENV-005")
def test_a_slash_behind_the_public_url_means_nothing(elsewhere: Running, user: User) -> None:
    """Redirects begin with the origin and one slash."""
    api, stripe = elsewhere.api, elsewhere.stripe
    session = stripe.session(api.checkout(user, "solo").expect(201))
    redirects = redirects_of(session)
    if api.declares("portal"):
        api.portal(user).expect(201)
        [opened] = [call.params for call in stripe.writes(user) if call.path == PORTAL_SESSIONS]
        redirects["return_url"] = str(opened.get("return_url"))

    for name, url in redirects.items():
        parts = urlsplit(url)
        check(f"origin of {name}", f"{parts.scheme}://{parts.netloc}", "https://app.example.com")
        slashes = len(parts.path) - len(parts.path.lstrip("/"))
        check(f"slashes at the start of the path of {name}", slashes, 1)


@clause("ENV-005")
def test_a_slash_behind_stripes_address_means_nothing(
    launches: Launcher, run_plan: RunPlan, user: User
) -> None:
    """Stripe is asked where it is: what was bought there is there."""
    with launches(STRIPE_API_BASE=f"{run_plan.sandbox_url}/") as running:
        session = running.stripe.session(running.api.checkout(user, "pro").expect(201))

        check("status of the session at Stripe", session.status, "open")


@clause("ENV-007")
def test_the_catalogue_is_the_files(elsewhere: Running, user: User, of_crew: str) -> None:
    """Its keys are listed and sold at its prices; those of another file are unknown."""
    api, stripe = elsewhere.api, elsewhere.stripe
    plans = api.plans().expect(200)["plans"]
    check("keys", [plan["key"] for plan in plans], ["free", "solo", "crew", LONG])
    check("amounts", [plan["amount"] for plan in plans], [0, 1900, 900, 4500])
    check("limits", [plan["device_limit"] for plan in plans], [2, 6, 4, LIMIT])
    check("ranks", [plan["rank"] for plan in plans], [0, 10, 20, 30])
    check("intervals", [plan["interval"] for plan in plans], [None, "month", "year", "month"])
    check("days of trials", [plan["trial_days"] for plan in plans], [0, 0, 0, TRIAL_DAYS])
    api.checkout(user, "pro").expect(422)

    subscription = stripe.subscribe(user, "solo")

    price = subscription.items.data[0].price.id
    check("price of the subscription", price, "price_billproof_pro")
    api.subscription_becomes(user, plan="solo", effective_plan="solo", access=True)

    # Of higher rank, though it costs less and has fewer places.
    stripe.sandbox.subscribe(subscription.customer, of_crew)
    stripe.deliver(user)
    api.subscription_becomes(user, plan="crew", effective_plan="crew", access=True)
    if api.declares("devices"):
        api.settle()
        check_devices(api, user, [], limit=4)


@clause("ENV-007")
def test_a_plan_by_the_year_is_sold(elsewhere: Running, user: User, of_crew: str) -> None:
    """As much as one by the month, and for the price that the file gives it."""
    subscription = elsewhere.stripe.subscribe(user, "crew")

    price = subscription.items.data[0].price.id
    check("price of the subscription by the year", price, of_crew)
    elsewhere.api.subscription_becomes(user, plan="crew", effective_plan="crew", access=True)


@clause("ENV-007")
def test_a_plan_is_sold_with_the_files_trial(elsewhere: Running, user: User) -> None:
    """For as many days as it says, and under a key as long as keys may be."""
    subscription = elsewhere.stripe.subscribe(user, LONG)

    seconds = int(subscription.trial_end or 0) - int(subscription.trial_start or 0)
    days = seconds / DAY_SECONDS
    near = abs(days - TRIAL_DAYS) < 1
    check_that("days of the trial", near, expected=f"{TRIAL_DAYS}", got=f"{days:.1f}")
    elsewhere.api.subscription_becomes(
        user, plan=LONG, effective_plan=LONG, status="trialing", access=True
    )


@clause("ENV-007")
def test_a_plan_has_places_for_as_many_devices_as_the_file_says(
    elsewhere: Running, user: User, other: User
) -> None:
    """All of them are listed, and the next one is one too many; of free as well."""
    api = elsewhere.api
    if api.declares("devices"):
        fill(api, other, fingerprints(2))
        expect_full(api.register(other, "one-too-many"))
        check_devices(api, other, fingerprints(2), limit=2)

        elsewhere.stripe.subscribe(user, LONG)
        api.subscription_becomes(user, effective_plan=LONG)
        # Each registration comes over a connection of its own, perhaps to another worker.
        api.settle()
        prints = fingerprints(LIMIT)
        fill(api, user, prints)

        expect_full(api.register(user, "one-too-many"))

        check_devices(api, user, prints, limit=LIMIT)


@clause("ENV-007")
def test_the_counter_of_sessions_has_the_files_plans(elsewhere: Running) -> None:
    """A series for each that is sold, and for no other."""
    api = elsewhere.api
    if api.declares("metrics") and api.declares("checkout"):
        plans = [plan for (plan,) in scrape(api).values[CHECKOUTS]]
        check("plans that are counted", sorted(plans), sorted(["solo", "crew", LONG]))
