"""What is said of a backend when schemathesis is cut off before it is through."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from billproof.errors import CannotTest, Violation
from fixtures.wire import PATIENCE_SECONDS, out_of_time
from fixtures.wire_hooks import ANSWERED, ASKED


def cut_off(folder: Path, asked: int, answered: int, *, ago: float = 0) -> Violation | CannotTest:
    """The word on a run of so many requests, the last one of them asked so long ago."""
    for name, count in ((ASKED, asked), (ANSWERED, answered)):
        (folder / name).write_bytes(b"." * count)
    last = time.time() - ago
    os.utime(folder / ASKED, (last, last))
    return out_of_time(folder / "events.ndjson")


def test_who_is_slow_in_all_and_never_late_is_not_blamed(tmp_path: Path) -> None:
    """The last request was still under way."""
    said = cut_off(tmp_path, 40, 39)

    assert isinstance(said, CannotTest)


@pytest.mark.parametrize(
    ("asked", "answered", "ago"), [(8, 0, 0), (40, 38, 0), (1, 0, PATIENCE_SECONDS + 1)]
)
def test_who_leaves_a_request_without_an_answer_is(
    asked: int, answered: int, ago: float, tmp_path: Path
) -> None:
    """Also where it is the last one, whose answer does not end."""
    said = cut_off(tmp_path, asked, answered, ago=ago)

    assert isinstance(said, Violation)
    assert said.expected == "an answer to each request"


def test_a_run_that_has_asked_nothing_blames_nobody(tmp_path: Path) -> None:
    """A machine that was too busy to begin."""
    assert isinstance(out_of_time(tmp_path / "events.ndjson"), CannotTest)
