"""The process: its start, its end, whom it lets in."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

import billproof.sandbox
from billproof.errors import CannotTest, UsageError
from billproof.sandbox import wire
from billproof.sandbox.__main__ import parse
from billproof.sandbox.client import Sandbox
from billproof.sandbox.objects.catalogue import read_plans
from billproof.sandbox.options import SandboxOptions, refuse_nonsense
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


def test_an_idle_connection_is_let_go_by_the_client_first() -> None:
    """Had both the same patience, a call would now and then meet a closing connection."""
    server = inspect.signature(uvicorn.Config).parameters["timeout_keep_alive"].default

    assert server / 2 >= wire.IDLE_SECONDS


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


@pytest.mark.parametrize(
    "words",
    [
        ["--colour", "red"],
        ["--port"],
        ["--port", "x"],
        ["--port", "-1"],
        ["--port", "1" * 5000],
        ["host", "h"],
    ],
)
def test_unknown_words_are_refused(words: list[str]) -> None:
    """The thin way in knows its options only."""
    assert parse(["--port=7", "--until-eof"]) == SandboxOptions(port=7, until_eof=True)

    with pytest.raises(UsageError):
        parse(words)


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ({"host": "127.0.0.1"}, {"host": ""}),
        ({"advertise": "http://stripe.test:8080"}, {"advertise": "stripe.test"}),
        ({"advertise": ""}, {"advertise": "http://[::1"}),
        ({"advertise": "http://[::1]"}, {"advertise": "http://"}),
        ({"advertise": "https://stripe.test/"}, {"advertise": "https://stripe.test/a"}),
        ({"advertise": "http://a.test:1"}, {"advertise": "http://a.test:1?b=c"}),
        ({"advertise": "http://a-b.test"}, {"advertise": "http://a b.test"}),
        ({"advertise": "http://a.test"}, {"advertise": "http://me@a.test"}),
        (
            {"webhook_url": "http://shop.test", "webhook_secret": "whsec_x"},
            {"webhook_secret": "whsec_x"},
        ),
        ({"webhook_url": "https://shop.test/a?b=c"}, {"webhook_url": "ftp://shop.test"}),
        ({"webhook_url": None}, {"webhook_url": "http://shop.test:99999"}),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(
    good: dict[str, Any], bad: dict[str, Any]
) -> None:
    """Before anything is served, with what to write instead."""
    refuse_nonsense(SandboxOptions(**good))

    with pytest.raises(UsageError) as caught:
        refuse_nonsense(SandboxOptions(**bad))

    assert caught.value.advice


@pytest.mark.parametrize(
    "change",
    [
        {"interval": "lunation"},
        {"currency": "euro"},
        {"amount": -1},
        {"amount": 100_000_000},
        {"amount": "much"},
        {"amount": 5.5},
        {"amount": True},
        {"amount": None},
        {"currency": None},
        {"interval": []},
        {"name": 7},
        {"price": "price_other"},
        {"price": "a/b"},
        {"price": ""},
        {"price": 7},
    ],
)
def test_a_catalogue_that_no_price_can_be_made_of_is_refused(
    tmp_path: Path, change: dict[str, object]
) -> None:
    """In one sentence, at the start; the same plan without the change is read."""
    usual = {"key": "pro", "price": "price_pro", "amount": 5, "currency": "eur"}
    plan = {**usual, "interval": "month"}
    other = {**plan, "price": "price_other"}
    file = tmp_path / "plans.json"
    file.write_text(json.dumps({"plans": [other, plan]}))
    assert len(read_plans(file)) == 2

    file.write_text(json.dumps({"plans": [other, {**plan, **change}]}))

    with pytest.raises(UsageError, match="plans file"):
        read_plans(file)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"plans": {}}', '{"plans": [1]}', '{"plans": [{}]}', "[" * 100_000],
)
def test_what_is_no_catalogue_is_told_how_one_is_written(tmp_path: Path, text: str) -> None:
    """The advice is one that can be followed, and is."""
    file = tmp_path / "plans.json"
    file.write_text(text)

    with pytest.raises(UsageError, match="plans file") as caught:
        read_plans(file)

    assert caught.value.advice is not None
    file.write_text(caught.value.advice.removeprefix("Write ").removesuffix("."))
    assert [plan.name for plan in read_plans(file)] == ["Pro"]


def test_a_plan_is_called_as_it_is_named(tmp_path: Path) -> None:
    """Letter by letter; without a name, after its key. A byte order mark is no matter."""
    plan = {"price": "price_a", "amount": 5, "currency": "EUR", "interval": "year"}
    named = {**plan, "name": "API for iOS"}
    keyed = {**plan, "price": "price_b", "key": "team"}
    file = tmp_path / "plans.json"
    file.write_text(json.dumps({"plans": [named, keyed]}), encoding="utf-8-sig")

    assert [each.name for each in read_plans(file)] == ["API for iOS", "Team"]


def test_the_parameters_are_the_installed_sdks() -> None:
    """`parameters.json` is what the SDK's types say; write it anew with parameter_trees.py."""
    folder = Path(billproof.sandbox.__file__).with_name("api")
    committed = (folder / "parameters.json").read_text()

    assert committed == parameter_trees.rendered()
