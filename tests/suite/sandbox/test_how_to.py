"""What `docs/how-to/control-the-sandbox.md` shows is what happens."""

from __future__ import annotations

import json
import re
import shlex
from itertools import pairwise

# Before pytester, which forgets what is imported within its tests.
import httpcore  # noqa: F401
import httpx
import pytest

from billproof.sandbox.client import Sandbox
from tests.suite.house.tree import ROOT

pytest_plugins = ["pytester"]
TEXT = (ROOT / "docs" / "how-to" / "control-the-sandbox.md").read_text(encoding="utf-8")
READERS = """
    import pytest
    import stripe


    @pytest.fixture
    def program():
        def run(env):
            origin = {"api": env["STRIPE_API_BASE"]}
            client = stripe.StripeClient(env["STRIPE_SECRET_KEY"], base_addresses=origin)
            client.v1.customers.create({"email": "ada@shop.test"})

        return run
"""


def blocks(language: str) -> list[str]:
    """The examples in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)


def test_its_tests_pass(pytester: pytest.Pytester) -> None:
    """Each example in Python is a test, or several."""
    pytester.makeconftest(READERS)
    tests = [text for text in blocks("python") if "def test_" in text]
    examples = {f"test_{number}": text for number, text in enumerate(tests)}
    pytester.makepyfile(**examples)

    plugin = ("-p", "billproof.sandbox.pytest_plugin", "--disable-plugin-autoload", "-W", "error")
    result = pytester.runpytest_subprocess(*plugin)

    result.assert_outcomes(passed=len(examples))
    assert len(examples) == 6


def test_its_client_needs_no_pytest(sandbox: Sandbox) -> None:
    """The one example that is no test: a fault by an account's key."""
    [text] = [each for each in blocks("python") if "def test_" not in each]
    here = text.replace("http://127.0.0.1:12111", sandbox.url)

    exec(here.replace("sk_test_mine", sandbox.secret_key), {})  # noqa: S102 - our own words

    assert [fault.effect for fault in sandbox.faults()] == ["lost"]


def test_its_lines_for_curl_are_answered(http: httpx.Client, sandbox: Sandbox) -> None:
    """As curl would send them: a GET, a POST of what is behind `-d`, or the named method."""
    lines = [shlex.split(line) for block in blocks("sh") for line in block.splitlines()]

    answers = []
    for line in lines:
        path = next(word for word in line if "/_sandbox/" in word).partition("BASE")[2]
        options = dict(pairwise(line))
        method = options.get("-X", "POST" if "-d" in options else "GET")
        answers.append(http.request(method, path, content=options.get("-d", "")))

    assert [answer.status_code for answer in answers] == [200] * 4
    assert json.loads(answers[1].text)["status"] == 429
    assert sandbox.faults() == []
