"""What the situations of tables/events.yaml are counted as."""

from __future__ import annotations

from typing import TYPE_CHECKING

from billproof.law import load_law
from billproof.trials import becomes, check_that, clause
from fixtures.metrics import Scrape, expect_quiet, moved, quiet_scrape, scrape
from fixtures.situations import DELIVERIES, Scene

if TYPE_CHECKING:
    from billproof.law.tables import Situation
    from billproof.trials import Answer
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User

EVENTS = "billing_webhook_events_total"


@clause("MET-040")
def test_each_situation_counts_as_its_row_says(
    api: Api, stripe: Stripe, user: User, other: User
) -> None:
    """Once for each delivery, under its type and one of its outcomes."""
    scene = Scene.make(api, stripe, user, other)
    now = quiet_scrape(api)
    for row in load_law().tables.events.situations:
        answer = DELIVERIES[row.name](scene)
        now = expect_counted(api, now, row, answer)


def expect_counted(api: Api, before: Scrape, row: Situation, answer: Answer) -> Scrape:
    """The delivery has moved one series of those that its row allows, by one."""
    allowed = _series(row)

    def grown(now: Scrape) -> dict[tuple[str, ...], float]:
        return dict(moved(before, now).get(EVENTS, {}))

    after = becomes(lambda: scrape(api), lambda now: bool(grown(now)), within=api.settle_seconds)
    got = grown(after)
    if len(got) != 1:
        expect_quiet(api, after)
    once = set(got.values()) == {1} or ("failed" in row.outcomes and len(got) == 1)
    expected = " or ".join(f"+1 of {kind}, {outcome}" for kind, outcome in sorted(allowed))
    answer.show()
    check_that(
        f"growth of {EVENTS} in the situation {row.name!r}",
        len(got) == 1 and once and {*got} <= allowed,
        expected=expected,
        got=repr(got),
    )
    return after


def _series(row: Situation) -> set[tuple[str, str]]:
    known = {"other", *(one.type for one in load_law().tables.events.types)}
    kinds = {"other": {"other"}, "unknown": {"unknown"}, "its type": known - {"other"}}
    return {
        (kind, outcome)
        for outcome in row.outcomes
        for kind in ({"unknown"} if outcome == "rejected" else kinds[row.counted_as])
    }
