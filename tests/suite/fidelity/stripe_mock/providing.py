"""A running stripe-mock, and Stripe's document as it embeds it.

In this order: the one that `STRIPE_MOCK_URL` names, docker compose's, one that Go installs.
"""

from __future__ import annotations

import collections
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.suite.house.tree import ROOT

MODULE = "github.com/stripe/stripe-mock"
SPEC = "embedded/openapi/spec3.json"
COMPOSE, SERVICE = ROOT / "compose.yaml", "stripe-mock"
PATIENCE_SECONDS = 30
READY = "Listening for HTTP at address: "
ADVICE = "not to be had here: start docker, install Go 1.22 or newer, or set STRIPE_MOCK_URL."
NO_DOCUMENT = (
    "its OpenAPI document is missing, so that no object is checked: install Go, which fetches it, "
    "or set STRIPE_MOCK_DOCUMENT to the spec3.json of that stripe-mock."
)


def version() -> str:
    """The version that is pinned, in compose.yaml and nowhere else."""
    return str(_service(COMPOSE)["image"]).partition(":")[2]


def source() -> str | None:
    """Where it comes from on this machine: `url`, `docker` or `go`; None when nowhere."""
    if os.environ.get("STRIPE_MOCK_URL"):
        return "url"
    if succeeds("docker", "info") and succeeds("docker", "compose", "version"):
        return "docker"
    return "go" if succeeds("go", "version") else None


@contextlib.contextmanager
def running(found: str, scratch: Path, compose: Path = COMPOSE) -> Iterator[str]:
    """The URL of a stripe-mock for as long as the block lasts; one of yours is left alone."""
    if found == "url":
        yield os.environ["STRIPE_MOCK_URL"]
    elif found == "docker":
        with _composed(compose) as url:
            yield url
    else:
        with _installed(scratch) as url:
            yield url


def document() -> Path | None:
    """The document of the pinned version: the one that is named, else out of Go's modules."""
    if named := os.environ.get("STRIPE_MOCK_DOCUMENT"):
        return Path(named)
    if not succeeds("go", "version"):
        return None
    told = _go("mod", "download", "-json", f"{MODULE}@{version()}")
    return Path(json.loads(told)["Dir"]) / SPEC


@contextlib.contextmanager
def _composed(file: Path) -> Iterator[str]:
    compose = ("docker", "compose", "--file", str(file))
    subprocess.run((*compose, "up", "--detach", "--wait", SERVICE), check=True)
    try:
        host, port, _ = str(_service(file)["ports"][0]).split(":")
        _wait_for(host, int(port))
        yield f"http://{host}:{port}"
    finally:
        subprocess.run((*compose, "rm", "--stop", "--force", SERVICE), check=True)


@contextlib.contextmanager
def _installed(scratch: Path) -> Iterator[str]:
    _go("install", f"{MODULE}@{version()}", GOBIN=str(scratch))
    ports = ("-http-addr", "127.0.0.1:0", "-https-addr", "127.0.0.1:0")
    with subprocess.Popen(
        (str(scratch / "stripe-mock"), *ports), stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield "http://" + _ready(process)
        finally:
            process.kill()


def _ready(process: subprocess.Popen[str]) -> str:
    """The address that it says."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(READY):
            # It goes on to tell of every call, and stops when nobody reads that.
            threading.Thread(
                target=collections.deque, args=(process.stdout, 0), daemon=True
            ).start()
            return line.removeprefix(READY).strip()
    raise RuntimeError("stripe-mock ended before it listened")


def _wait_for(host: str, port: int) -> None:
    """Wait until somebody listens: a container that runs may still be reading its document."""
    deadline, pause = time.monotonic() + PATIENCE_SECONDS, threading.Event()
    while True:
        try:
            socket.create_connection((host, port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
        pause.wait(0.1)


def _go(*arguments: str, **environment: str) -> str:
    settings = {**os.environ, "GOFLAGS": "-mod=mod", **environment}
    done = subprocess.run(
        ("go", *arguments), env=settings, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout


def _service(compose: Path) -> dict[str, Any]:
    return dict(yaml.safe_load(compose.read_text(encoding="utf-8"))["services"][SERVICE])


def succeeds(*command: str) -> bool:
    """Whether a program is there, and does what it is asked."""
    if shutil.which(command[0]) is None:
        return False
    try:
        done = subprocess.run(command, capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def say(text: str) -> None:
    """One line for whoever waits."""
    print(f"stripe-mock: {text}", file=sys.stderr)  # noqa: T201 - a program's own words
