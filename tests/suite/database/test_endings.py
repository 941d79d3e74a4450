"""However a run ends, nothing is left of it: no database, no process, no file."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest

from tests.suite.database.grounds import CRASHING, FAILING, HANGING, TESTS, Ground

SPREAD = ("-n", "2")


@pytest.mark.parametrize("options", [(), (*SPREAD, "--dist", "worksteal")])
def test_every_test_starts_anew_and_nothing_is_left(
    ground: Ground, options: tuple[str, ...]
) -> None:
    """In one process or several, each test in an event loop of its own; and nobody warns."""
    ground.project.write("test_users.py", TESTS)

    run = ground.project.run("-W", "error", *options)

    assert "12 passed" in run.stdout, run.stdout
    assert run.returncode == 0
    assert ground.project.processes() == []
    assert ground.remains() == []


def test_a_run_that_ends_with_its_first_failure(ground: Ground) -> None:
    """The tests after it do not run; what was made for them goes."""
    ground.project.write("test_a_failure.py", FAILING)
    ground.project.write("test_users.py", TESTS.replace("12", "120"))

    run = ground.project.run("-x", *SPREAD)

    assert "1 failed" in run.stdout, run.stdout
    assert "stopping after 1 failures" in run.stdout
    ground.assert_nothing_is_left()


def test_a_crashed_worker(ground: Ground) -> None:
    """Killed in the middle of a test; the others go on."""
    ground.project.write("test_users.py", CRASHING + TESTS)

    run = ground.project.run(*SPREAD)

    assert "12 passed" in run.stdout, run.stdout
    assert "worker 'gw" in run.stdout
    ground.assert_nothing_is_left()


def test_a_worker_that_crashes_last(ground: Ground) -> None:
    """No worker of the run comes after it; what it leaves is removed by xdist's controller."""
    ground.project.write("test_users.py", CRASHING)

    run = ground.project.run("-n", "1")

    assert "1 failed" in run.stdout, run.stdout
    ground.assert_nothing_is_left()


@pytest.mark.parametrize(
    ("options", "processes", "reaches"),
    [((), 1, os.killpg), (SPREAD, 2, os.killpg), (SPREAD, 2, os.kill)],
    ids=["alone", "all", "controller"],
)
def test_ctrl_c(
    ground: Ground, options: tuple[str, ...], processes: int, reaches: Callable[[int, int], None]
) -> None:
    """In the middle of a transaction; a terminal sends it to all of a run, an editor to one."""
    ground.project.write("test_waits.py", HANGING)
    with ground.project.started(*options) as running:
        ground.project.wait_for("reached-*", processes)
        during = ground.remains()
        reaches(running.pid, signal.SIGINT)
        running.communicate(timeout=60)

        assert during
        ground.assert_nothing_is_left()


@pytest.mark.parametrize(("options", "processes"), [((), 1), (SPREAD, 2)])
def test_a_run_whose_first_process_is_killed(
    ground: Ground, options: tuple[str, ...], processes: int
) -> None:
    """Its workers and servers end by themselves; the next run removes what they left."""
    ground.project.write("test_waits.py", HANGING)
    with ground.project.started(*options) as running:
        ground.project.wait_for("reached-*", processes)
        during = ground.remains()
        running.kill()
        running.wait()

        ground.assert_nothing_runs()

    ground.project.write("test_waits.py", TESTS)
    run = ground.project.run(*SPREAD)
    assert during
    assert "12 passed" in run.stdout, run.stdout
    ground.assert_nothing_is_left()


def test_a_run_that_is_killed_as_a_whole(ground: Ground) -> None:
    """Nobody of it is left who could remove anything."""
    ground.project.write("test_waits.py", HANGING)
    with ground.project.started(*SPREAD) as running:
        ground.project.wait_for("reached-*", 2)
        during = ground.remains()
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        ground.assert_nothing_runs()

    ground.project.write("test_waits.py", TESTS)
    run = ground.project.run()

    assert during
    assert "12 passed" in run.stdout, run.stdout
    ground.assert_nothing_is_left()
