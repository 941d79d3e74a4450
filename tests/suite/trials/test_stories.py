"""Made-up histories: those that every run plays leave nothing out that a story can have."""

from __future__ import annotations

from billproof.run.plan import HISTORIES
from fixtures.life import STEPS
from fixtures.stories import FAULTS, FIXED, STORIES, Story, chance_of, play

EVENTS_OF_SHORT_STORIES = 5
"""A place up to here is one of an event that does come."""


def _stories(chance: int) -> list[Story]:
    told: list[Story] = []
    play(told.append, number=STORIES, random_seed=chance, in_short=True)
    return told


def _fixed() -> list[Story]:
    return [story for chance in FIXED for story in _stories(chance)]


def _happens(places: frozenset[int]) -> bool:
    return any(place < EVENTS_OF_SHORT_STORIES for place in places)


def test_every_run_plays_the_fixed_parts_whole() -> None:
    """As many parts as a run has, each with all its stories."""
    assert len(FIXED) == HISTORIES
    assert len(_fixed()) == STORIES * HISTORIES


def test_every_step_is_taken() -> None:
    """No step is left to chance."""
    assert {step for story in _fixed() for step in story.steps} == set(STEPS)


def test_every_manner_of_delivery_is_met() -> None:
    """Order, repetition, overlap, old shapes, and each fault of Stripe's."""
    told = _fixed()
    for manner in ("twice", "at_once", "in_old_shapes"):
        assert any(_happens(getattr(story, manner)) for story in told), manner
    assert {story.fault for story in told if _happens(story.failing)} == set(FAULTS)
    assert any(len(set(story.order)) > 1 for story in told)
    assert any(0 < story.told_after < len(story.steps) for story in told)


def test_only_further_parts_follow_the_seed() -> None:
    """No further part repeats another, of the same run or of another."""
    fixed = [chance_of(part, seed) for seed in (1, 2) for part in range(HISTORIES)]
    further = [chance_of(part, seed) for seed in (1, 2) for part in range(HISTORIES, HISTORIES + 9)]
    assert fixed == [*FIXED, *FIXED]
    assert len(set(further)) == len(further)


def test_a_seed_tells_the_same_stories_again() -> None:
    """Else a failure could not be looked at twice."""
    assert _stories(7) == _stories(7) != _stories(8)
