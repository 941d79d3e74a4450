"""The pytest plugin: a new account for each test, a process that ends with the session."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

# pytester forgets what is imported within its tests, and httpx imports this late: two of them
# would be there, with exceptions that are not each other's.
import httpcore  # noqa: F401
import pytest

from billproof.errors import CannotTest
from billproof.sandbox.client import Sandbox
from tests.suite.sandbox.conftest import wait_until

pytest_plugins = ["pytester"]
PLUGIN = ("-p", "billproof.sandbox.pytest_plugin", "--disable-plugin-autoload", "-W", "error")
TESTS = """
    from pathlib import Path

    def test_one(stripe_sandbox):
        Path("origins", stripe_sandbox.secret_key).write_text(stripe_sandbox.url)
        assert stripe_sandbox.create_customer(email="ada@shop.test").id
        assert len(stripe_sandbox.customers()) == 1

    def test_two(stripe_sandbox):
        Path("origins", stripe_sandbox.secret_key).write_text(stripe_sandbox.url)
        assert stripe_sandbox.customers() == []
        assert stripe_sandbox.env == {
            "STRIPE_API_BASE": stripe_sandbox.url,
            "STRIPE_SECRET_KEY": stripe_sandbox.secret_key,
        }
"""


def origins(project: pytest.Pytester) -> dict[str, str]:
    """Of each account that a test had, its key and where it was."""
    return {each.name: each.read_text() for each in (project.path / "origins").iterdir()}


def answers(url: str) -> bool:
    """Whether a sandbox is still there."""
    try:
        with Sandbox(url, "sk_test_1") as sandbox:
            return bool(sandbox.health())
    except CannotTest:
        return False


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """Somebody else's project with two tests."""
    pytester.mkdir("origins")
    pytester.makepyfile(TESTS)
    return pytester


def test_each_test_has_an_account_of_its_own(project: pytest.Pytester, server: str) -> None:
    """On one process for the session, which is gone after it."""
    result = project.runpytest_subprocess(*PLUGIN)

    result.assert_outcomes(passed=2)
    found = origins(project)
    assert len(found) == 2
    [url] = set(found.values())
    assert answers(server)
    assert not answers(url)


def test_each_worker_has_a_process_of_its_own(project: pytest.Pytester) -> None:
    """Under xdist too, all are gone after the session."""
    result = project.runpytest_subprocess(*PLUGIN, "-p", "xdist", "-n", "2", "--dist", "each")

    result.assert_outcomes(passed=4)
    urls = set(origins(project).values())
    assert len(urls) == 2
    assert not any(map(answers, urls))


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGKILL])
def test_it_ends_however_pytest_ends(project: pytest.Pytester, kind: signal.Signals) -> None:
    """By Ctrl-C in the terminal, which goes to all, or by a kill that tells nobody."""
    project.makepyfile(
        """
        import signal
        from pathlib import Path

        def test_that_takes_long(stripe_sandbox):
            Path("origins", "writing").write_text(stripe_sandbox.url)
            Path("origins", "writing").rename(Path("origins", "written"))
            signal.pause()
        """
    )
    running = project.popen(
        [sys.executable, "-m", "pytest", *PLUGIN],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    wait_until((project.path / "origins" / "written").exists)
    url = origins(project)["written"]
    assert answers(url)

    os.killpg(running.pid, kind)

    running.communicate(timeout=10)
    wait_until(lambda: not answers(url))


def test_a_sandbox_that_does_not_start_says_why(project: pytest.Pytester) -> None:
    """The tests that need it have an error with its own words; others run."""
    project.makeconftest(
        """
        import pytest

        @pytest.fixture(scope="session")
        def stripe_sandbox_options():
            return ("--plans", "missing.json")
        """
    )
    project.makepyfile(test_other="def test_three(): pass")

    result = project.runpytest_subprocess(*PLUGIN)

    result.assert_outcomes(passed=1, errors=2)
    result.stdout.fnmatch_lines(["*The Stripe sandbox did not start.*missing.json*"])


def test_it_is_loaded_everywhere_and_costs_nothing(tmp_path: Path) -> None:
    """By its entry point; it imports no part of billproof that is heavy."""
    script = (
        "import sys, pytest; known = set(sys.modules); import billproof.sandbox.pytest_plugin; "
        "print(*sorted(set(sys.modules) - known))"
    )
    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path
    ).stdout

    ours = ["billproof", "billproof.sandbox", "billproof.sandbox.pytest_plugin"]
    assert [name for name in said.split() if name.startswith("billproof")] == ours
    assert not {"httpx", "pydantic", "starlette", "uvicorn"} & set(said.split())
