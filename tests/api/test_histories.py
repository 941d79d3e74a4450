"""Whatever a user lives through, and however Stripe's events come: the end is Stripe's truth."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from billproof.run.plan import HISTORIES, PLAN_VARIABLE, RunPlan
from billproof.trials import becomes, check_that, clause, together
from fixtures.life import STEPS, Life
from fixtures.outages import AFTER_A_FAULT_SECONDS
from fixtures.stories import FAULTS, STORIES, Story, chance_of, play
from fixtures.truth import truth

if TYPE_CHECKING:
    from billproof.sandbox.client import Event
    from billproof.trials import Answer
    from fixtures.api import Api
    from fixtures.stripe import Stripe
    from fixtures.users import User

OLD_SHAPES = "2024-06-20"
UNASKED = ("charge.refunded",)
"""No answer rests on these; an endpoint that is subscribed to everything gets them all the same."""


class Telling:
    """One story, lived and told; its lines say what has really happened."""

    def __init__(self, api: Api, stripe: Stripe, user: User) -> None:
        self._api, self._stripe, self._user = api, stripe, user
        self._life = Life.begin(api, stripe, user)
        self._late: list[Event] = []
        self._was_taken_amid_a_fault = False
        self.lines = ["The user signs up for basic."]

    def live(self, story: Story) -> None:
        """The steps, and their events."""
        self._story = story
        for number, step in enumerate(story.steps):
            if number == story.told_after:
                self.deliver()
            if STEPS[step](self._life):
                self.lines.append(f"He {step}.")
        self.deliver()
        for event in self._late:
            self._stripe.deliver_event(event).expect_success()

    def deliver(self) -> None:
        """What has not been delivered, in the story's order and manner."""
        events: list[Any] = self._story.sorted(list(self._stripe.undelivered(self._user, *UNASKED)))
        number = 0
        while number < len(events):
            is_pair = number in self._story.at_once and number + 1 < len(events)
            if is_pair:
                self._two(events[number], events[number + 1])
            else:
                self._one(number, events[number])
            number += 2 if is_pair else 1

    def _two(self, one: Event, other: Event) -> None:
        self.lines.append(f"{one.type} and {other.type} come at once.")
        doing: list[Callable[[], Answer]] = [
            lambda: self._stripe.deliver_event(one),
            lambda: self._stripe.deliver_event(other),
        ]
        for answer in together(doing):
            answer.expect_success()

    def _one(self, number: int, event: Event) -> None:
        story = self._story
        if number in story.failing:
            self._amid_a_fault(event)
            return
        old = ", in old shapes" if number in story.in_old_shapes else ""
        twice = ", twice" if number in story.twice else ""
        self.lines.append(f"{event.type} comes{old}{twice}.")
        for _ in range(2 if twice else 1):
            if old:
                self._in_old_shapes(event)
            else:
                self._stripe.deliver_event(event).expect_success()

    def _in_old_shapes(self, event: Event) -> None:
        self._stripe.mark_delivered(event)
        status = self._stripe.sandbox.deliver(event.id, api_version=OLD_SHAPES).status
        is_taken = status is not None and status // 100 == 2
        check_that(
            "a delivery in old shapes", is_taken, expected="status 2xx", got=f"status {status}"
        )

    def _amid_a_fault(self, event: Event) -> None:
        """Taken or refused, as the backend likes; what it refuses comes again at the end."""
        with self._stripe.failing(user=self._user, **FAULTS[self._story.fault]):
            status = self._stripe.deliver_event(event).status
        self.lines.append(f"{event.type} meets {self._story.fault}: {status}.")
        if status // 100 == 2:
            self._was_taken_amid_a_fault = True
        else:
            self._late.append(event)

    def check_end(self) -> None:
        """The read model says what Stripe's objects say."""
        wanted = truth(self._life.subscriptions())
        settle = self._api.settle_seconds
        within = AFTER_A_FAULT_SECONDS if self._was_taken_amid_a_fault else settle
        look = partial(self._api.subscription, self._user)
        answer = becomes(look, wanted.is_told, within=within)
        check_that(
            "the read model at the end of a story",
            wanted.is_told(answer),
            expected="\n".join([str(wanted), "after this:", *self.lines]),
            got=answer.body.decode(errors="replace"),
        )


def parts() -> range:
    """As many as the run asks for; `./nox -s soak` asks for many."""
    if PLAN_VARIABLE not in os.environ:
        return range(HISTORIES)  # only collected
    return range(RunPlan.current().histories)


@clause("WHK-012")
@pytest.mark.parametrize("part", parts())
def test_every_story_ends_in_the_truth(
    api: Api, stripe: Stripe, make_user: Callable[[], User], run_plan: RunPlan, part: int
) -> None:
    """Whatever order, repetition, overlap, shape and failure its events come in."""

    def live(story: Story) -> None:
        telling = Telling(api, stripe, make_user())
        telling.live(story)
        telling.check_end()

    chance = chance_of(part, run_plan.seed)
    # A proof wants to know that it fails, and not how little it takes.
    play(live, number=STORIES, random_seed=chance, in_short=not run_plan.fail_fast)
