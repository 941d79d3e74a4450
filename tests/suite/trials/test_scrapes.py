"""A scrape is read as Prometheus reads it, and two of them differ by what has been counted."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from itertools import accumulate, count, cycle, islice

import pytest

from billproof.errors import CannotTest, Violation
from fixtures.api import Api
from fixtures.metrics import (
    CHECKOUTS,
    PORTALS,
    REGISTERED,
    Scrape,
    check_moves,
    families,
    moved,
    quiet_scrape,
    scrape,
    series_of,
)

Scraped = Callable[..., AbstractContextManager[Api]]


@pytest.fixture
def scraped(answering: Scraped) -> Scraped:
    """A backend whose scrapes say one after the other what is given, the last for ever."""
    return partial(answering, capabilities=("portal",))


def portals(opened: float, more: str = "") -> str:
    """A scrape that says how often the portal was opened."""
    return f"# TYPE {PORTALS} counter\n{PORTALS} {opened}\n{more}"


def test_a_scrape_has_the_families_that_the_backend_declares(scraped: Scraped) -> None:
    """Others may stand beside them; one that is not there is missing."""
    other = "# TYPE of_its_own gauge\nof_its_own 7\n"
    with scraped(portals(3, other), capabilities=("portal", "devices")) as api:
        seen = scrape(api)

    assert seen.values[PORTALS] == {(): 3}
    assert (seen.types[PORTALS], seen.types[REGISTERED]) == ("counter", "missing")
    assert seen.values[REGISTERED] == {}
    assert "of_its_own" not in seen.values


def test_a_family_is_asked_for_where_its_capability_is_declared(scraped: Scraped) -> None:
    """All of them where a backend leaves nothing out."""
    with scraped("", capabilities=("portal",)) as api:
        assert [one.name for one in families(api)] == [PORTALS]
    with scraped("", capabilities=None) as api:
        assert len(families(api)) > 3


def test_a_series_is_known_by_its_labels_in_the_contracts_order(scraped: Scraped) -> None:
    """Paid plans are a closed list, without the free one."""
    body = f'# TYPE {CHECKOUTS} counter\n{CHECKOUTS}{{plan="pro"}} 2\n'
    with scraped(body, capabilities=("checkout",)) as api:
        (family,) = families(api)

        assert series_of(family) == {("basic",), ("pro",), ("team",)}
        assert scrape(api).values == {CHECKOUTS: {("pro",): 2}}


@pytest.mark.parametrize(
    "body",
    [
        f'# TYPE {PORTALS} counter\n{PORTALS}{{user="7"}} 1\n',
        f"# TYPE {PORTALS} counter\n{PORTALS} one\n",
        f'# TYPE {PORTALS} counter\n{PORTALS}{{user="7 1\n',
    ],
    ids=["a label too many", "no number", "no end"],
)
def test_what_is_no_such_family_is_a_violation(scraped: Scraped, body: str) -> None:
    """No label tells who it was."""
    with scraped(body) as api, pytest.raises(Violation):
        scrape(api)


def test_a_label_too_few_is_a_violation(scraped: Scraped) -> None:
    """It could be any plan."""
    body = f"# TYPE {CHECKOUTS} counter\n{CHECKOUTS} 2\n"
    with scraped(body, capabilities=("checkout",)) as api, pytest.raises(Violation, match="plan"):
        scrape(api)


def test_what_has_moved_is_told_by_how_much() -> None:
    """A fall too, and a series that was not there before."""
    types = {"a": "counter", "b": "counter"}
    before = Scrape(types, {"a": {("x",): 1, ("y",): 5, ("z",): 9}, "b": {(): 4}})
    after = Scrape(types, {"a": {("x",): 3, ("y",): 5, ("z",): 8, ("new",): 2}, "b": {(): 4}})

    assert moved(before, after) == {"a": {("x",): 2, ("z",): -1, ("new",): 2}}
    assert moved(before, before) == {}


def test_a_growth_is_exactly_the_expected_one(scraped: Scraped) -> None:
    """The scrape after it comes back, to go on from."""
    with scraped(portals(3), portals(4)) as api:
        before = scrape(api)

        assert check_moves(api, before, PORTALS, {(): 1}).values[PORTALS] == {(): 4}
        assert check_moves(api, scrape(api), PORTALS, {}).values[PORTALS] == {(): 4}


@pytest.mark.parametrize("expected", [{}, {(): 1}, {(): 3}, {(): -2}])
def test_another_growth_is_a_violation(
    scraped: Scraped, expected: dict[tuple[str, ...], float]
) -> None:
    """One too many as one too few, where nobody else calls."""
    with scraped(portals(3), portals(5)) as api:
        before = scrape(api)

        with pytest.raises(Violation, match=f"growth of {PORTALS}"):
            check_moves(api, before, PORTALS, expected)


def test_no_growth_is_looked_at_when_the_settle_time_is_over(scraped: Scraped) -> None:
    """What a call has caused may be counted until then."""
    begun = time.monotonic()
    late = (portals(3 if time.monotonic() < begun + 0.2 else 4) for _ in count())
    with scraped(portals(3), then=late, settle_seconds=0.4) as api:
        before = scrape(api)

        with pytest.raises(Violation, match=f"growth of {PORTALS}"):
            check_moves(api, before, PORTALS, {})


def test_a_backend_that_others_use_is_not_blamed(scraped: Scraped) -> None:
    """What moves while nobody calls cannot be judged, before a trial and in it."""
    moving = [portals(opened) for opened in accumulate(islice(cycle((1, 3, 2)), 60))]
    with scraped(*moving) as api:
        with pytest.raises(CannotTest):
            quiet_scrape(api)
        with pytest.raises(CannotTest):
            check_moves(api, scrape(api), PORTALS, {(): 7})


def test_a_backend_whose_scrapes_move_its_counters_is(scraped: Scraped) -> None:
    """By the same with each of many: so even nobody else has ever called."""
    with scraped(*[portals(opened) for opened in range(60)]) as api:
        with pytest.raises(Violation, match=f"families that scrapes move.*{PORTALS}"):
            quiet_scrape(api)
        with pytest.raises(Violation, match="families that scrapes move"):
            check_moves(api, scrape(api), PORTALS, {(): 7})


def test_what_the_trial_itself_has_caused_may_settle_first(scraped: Scraped) -> None:
    """It moves once, and then no more."""
    with scraped(portals(1), portals(2)) as api:
        assert quiet_scrape(api).values[PORTALS] == {(): 2}
