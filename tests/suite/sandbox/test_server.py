"""The process: its start, its end, whom it lets in."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

import billproof.sandbox
from billproof.errors import CannotTest, UsageError
from billproof.sandbox.__main__ import parse
from billproof.sandbox.client import Sandbox
from billproof.sandbox.server import SandboxOptions
from tests.suite.sandbox import parameter_trees
from tests.suite.sandbox.conftest import Receiver, running


def test_it_says_who_it_is(sandbox: Sandbox) -> None:
    """Health needs no key and names the sandbox."""
    assert sandbox.health() == billproof.__version__


@pytest.mark.parametrize("host", ["evil.test", "127.0.0.1.evil.test", "localhost.evil.test:80", ""])
def test_foreign_hosts_are_refused_on_loopback(visitor: httpx.Client, host: str) -> None:
    """A web page that rebinds its name to loopback gets nothing."""
    for own in ("localhost", "127.0.0.1:1", "[::1]:80"):
        assert visitor.get("/_sandbox/health", headers={"Host": own}).status_code == 200

    assert visitor.get("/_sandbox/health", headers={"Host": host}).status_code in {400, 421}


def test_what_is_no_http_is_refused_in_stripes_form(visitor: httpx.Client) -> None:
    """A client that speaks nonsense reads an error that it can parse."""
    assert visitor.request("PROPFIND", "/_sandbox/health").status_code == 405

    answer = visitor.request("BREW", "/_sandbox/health")

    assert (answer.status_code, answer.headers["connection"]) == (400, "close")
    assert answer.json()["error"]["type"] == "invalid_request_error"
    assert "HTTP/1.1" in answer.json()["error"]["message"]


def test_the_control_api_needs_a_key(visitor: httpx.Client, key: str) -> None:
    """Without the account's key there is no lever."""
    assert visitor.get("/_sandbox/events", auth=(key, "")).status_code == 200

    assert visitor.get("/_sandbox/events").status_code == 401


def test_another_server_is_no_sandbox(receiver: Receiver) -> None:
    """What answers something else, or nothing, cannot be tested with."""
    for url, code in ((receiver.url, "no-sandbox"), ("http://127.0.0.1:9", "sandbox-died")):
        with pytest.raises(CannotTest) as caught, Sandbox(url, "sk_test_1") as stranger:
            stranger.health()
        assert caught.value.code == code


def test_a_port_in_use_is_said_in_one_sentence(server: str, tmp_path: Path) -> None:
    """No traceback, and what to do about it."""
    plans = tmp_path / "plans.json"
    plans.write_text('{"plans": []}')
    port = server.rpartition(":")[2]
    command = [sys.executable, "-m", "billproof.sandbox", "--port", port, "--plans", str(plans)]

    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)

    assert done.returncode == 2
    assert f"cannot listen on 127.0.0.1:{port}" in done.stderr
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr


def test_pages_are_linked_by_the_advertised_origin(tmp_path: Path) -> None:
    """And its host is let in; every account gets the webhook of the command line."""
    plans = tmp_path / "plans.json"
    plans.write_text('{"plans": []}')
    options = ["--advertise", "http://stripe.test:8080", "--plans", str(plans)]
    with (
        running(*options, "--webhook-url", "http://127.0.0.1:9/x") as url,
        Sandbox(url, "sk_test_a") as sandbox,
    ):
        customer = sandbox.create_customer().id
        params = {"customer": customer}

        session = sandbox.stripe("POST", "/v1/billing_portal/sessions", params)
        health = httpx.get(f"{url}/_sandbox/health", headers={"Host": "stripe.test:8080"})

        assert session["url"].startswith("http://stripe.test:8080/p/session/")
        assert health.status_code == 200
        endpoints = sandbox.stripe("GET", "/v1/webhook_endpoints")["data"]
        assert [each["url"] for each in endpoints] == ["http://127.0.0.1:9/x"]


@pytest.mark.parametrize("words", [["--colour", "red"], ["--port"], ["--port", "x"], ["host", "h"]])
def test_unknown_words_are_refused(words: list[str]) -> None:
    """The thin way in knows its options only."""
    assert parse(["--port=7", "--until-eof"]) == SandboxOptions(port=7, until_eof=True)

    with pytest.raises(UsageError):
        parse(words)


def test_the_parameters_are_the_installed_sdks() -> None:
    """`parameters.json` is what the SDK's types say; write it anew with parameter_trees.py."""
    folder = Path(billproof.sandbox.__file__).with_name("api")
    committed = (folder / "parameters.json").read_text()

    assert committed == parameter_trees.rendered()
