"""What a trial finds made for several: it is shown with each of them, whoever was first."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from billproof.run.record import Exchange
from billproof.trials import journal, sharing
from billproof.trials.journal import Journal

pytest_plugins = ["pytester"]

CALLING = """
import pytest
from billproof.run.record import Exchange
from billproof.trials import check, journal

def call(path):
    asked = {"method": "GET", "url": path, "request_headers": [], "request_body": ""}
    told = {"status": 200, "response_headers": [], "response_body": "", "seconds": 0, "curl": "x"}
    kept = journal.current().exchanges
    kept.append(Exchange(**asked, **told))
    journal.current().show(len(kept) - 1)

"""
STORY = (
    CALLING
    + """
@pytest.fixture(scope="module", params=["one", "two"])
def story(request):
    call(f"/story/{request.param}")
    journal.current().secrets.add("secret of a device")
    check(f"the story of {request.param}", 1, 1)

@pytest.fixture
def own():
    call("/own")

def test_first(own, story): check("first", 1, 1)
def test_second(own, story): check("second", 1, 1)
def test_of_nobody(own): check("alone", 1, 1)
"""
)
BROKEN = (
    CALLING
    + """
@pytest.fixture(scope="module")
def story():
    call("/x")
    journal.current().hung = True
    check("the story", 1, 2)

def test_first(story): pass
def test_second(story): pass
"""
)
ENDED = (
    CALLING
    + """
@pytest.fixture(scope="module", params=["one", "two"])
def which(request): return request.param

@pytest.fixture(scope="module")
def door(which): assert which == "one"

@pytest.fixture(scope="module")
def story(which, door): check(f"the story of {which}", 1, 1)

def test_told(story): pass
"""
)


class Keeping:
    """Begins a journal for each trial, as the suite does, and keeps them all as they end."""

    def __init__(self) -> None:
        """None yet."""
        self.kept: dict[str, Journal] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """A new one; another may go on in its place."""
        journal.begin()
        told = yield
        self.kept[item.name] = journal.current()
        return told


def run(pytester: pytest.Pytester, module: str) -> dict[str, Journal]:
    """The journals of the module's trials."""
    pytester.makepyfile(module)
    keeping = Keeping()
    alone = ("--disable-plugin-autoload", "-p", "no:cacheprovider")
    pytester.inline_run(*alone, plugins=[keeping, sharing])
    return keeping.kept


def urls(exchanges: list[Exchange]) -> list[str]:
    """What was asked, in order."""
    return [exchange.url for exchange in exchanges]


@pytest.mark.parametrize("which", ["one", "two"])
def test_a_story_is_part_of_each_trial_that_is_told_it(
    pytester: pytest.Pytester, which: str
) -> None:
    """Its checks, its exchanges before those of the trial itself, and what is to be hidden."""
    kept = run(pytester, STORY)

    for name in ("first", "second"):
        mine = kept[f"test_{name}[{which}]"]
        assert mine.checks == [f"the story of {which}", name]
        assert urls(mine.exchanges) == [f"/story/{which}", "/own"]
        assert mine.exchanges[mine.shown or 0].url == "/own"
        assert mine.secrets == {"secret of a device"}
    alone = kept["test_of_nobody"]
    assert (alone.checks, urls(alone.exchanges), alone.secrets) == (["alone"], ["/own"], set())


def test_a_story_that_failed_shows_each_trial_where(pytester: pytest.Pytester) -> None:
    """All of them fail for its reason, and each has the exchange that shows it."""
    kept = run(pytester, BROKEN)

    for name in ("test_first", "test_second"):
        assert (kept[name].checks, urls(kept[name].exchanges), kept[name].shown) == (
            ["the story"],
            ["/x"],
            0,
        )
    # Who waited in vain for it did so for both.
    assert [kept[name].hung for name in ("test_first", "test_second")] == [True, False]


def test_a_story_that_has_ended_is_told_no_more(pytester: pytest.Pytester) -> None:
    """Though what comes in its place is never made."""
    kept = run(pytester, ENDED)

    assert kept["test_told[one]"].checks == ["the story of one"]
    assert kept["test_told[two]"].checks == []
