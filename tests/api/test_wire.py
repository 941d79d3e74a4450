"""Whatever is asked, the answer is one that openapi.yaml knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from billproof.trials import check_that, clause
from fixtures.wire import make_up

if TYPE_CHECKING:
    from pathlib import Path

    from fixtures.api import Api
    from fixtures.users import User
    from fixtures.wire import Heard

RANDOM_REQUESTS = 8
"""Of each operation, valid and not."""


@clause("WIR-001")
def test_examples_and_boundaries_are_answered_as_written(
    api: Api, user: User, tmp_path: Path
) -> None:
    """The same requests in every run: it is a gate."""
    heard = make_up(("examples", "coverage"), api, user, tmp_path, "--generation-deterministic")

    check_heard(api, heard)


@clause("WIR-002")
def test_random_requests_are_answered_as_written(
    api: Api, user: User, tmp_path: Path, seed: int
) -> None:
    """Others in every run, the same for the same seed; sequences along the links among them."""
    chance = ("--seed", str(seed), "--max-examples", str(RANDOM_REQUESTS))
    heard = make_up(("fuzzing", "stateful"), api, user, tmp_path, *chance)

    check_heard(api, heard)


def check_heard(api: Api, heard: Heard) -> None:
    """Each operation answered, always, and never with what is not described."""
    asked = [one for one in heard.operations if one != "Stateful tests"]
    check_that(
        "operations that answered",
        len(asked) == len(api.operations),
        expected=f"{len(api.operations)} operations",
        got=", ".join(asked),
    )
    for operation in asked:
        wrong = next((one for one in heard.found if one.operation == operation), None)
        check_that(
            f"answers of {operation}",
            wrong is None,
            expected="what openapi.yaml describes" if wrong is None else wrong.message,
            got="" if wrong is None else f"{wrong.title}: {wrong.answer}\nasked: {wrong.request}",
        )
    others = [one for one in heard.found if one.operation not in asked]
    check_that(
        "answers along the links",
        not others,
        expected="what openapi.yaml describes",
        got="\n".join(f"{one.title}: {one.answer}, asked: {one.request}" for one in others),
    )
