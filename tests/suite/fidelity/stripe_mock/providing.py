"""A running stripe-mock, and Stripe's document as it embeds it.

In this order: the one that `STRIPE_MOCK_URL` names, docker compose's, one that Go installs.
"""

from __future__ import annotations

import collections
import contextlib
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.suite.house.tree import ROOT

MODULE = "github.com/stripe/stripe-mock"
SPEC = "embedded/openapi/spec3.json"
SERVICE = "stripe-mock"
READY = "Listening for HTTP at address: "
ADVICE = "not to be had here: start docker, install Go 1.22 or newer, or set STRIPE_MOCK_URL."
NO_DOCUMENT = (
    "its OpenAPI document is missing, so that no object is checked: install Go, which fetches it, "
    "or set STRIPE_MOCK_DOCUMENT to the spec3.json of that stripe-mock."
)


def version() -> str:
    """The version that is pinned, in compose.yaml and nowhere else."""
    return str(_service()["image"]).partition(":")[2]


def source() -> str | None:
    """Where it comes from on this machine: `url`, `docker` or `go`; None when nowhere."""
    if os.environ.get("STRIPE_MOCK_URL"):
        return "url"
    if succeeds("docker", "info") and succeeds("docker", "compose", "version"):
        return "docker"
    return "go" if succeeds("go", "version") else None


@contextlib.contextmanager
def running(found: str, scratch: Path) -> Iterator[str]:
    """The URL of a stripe-mock for as long as the block lasts; one of yours is left alone."""
    if found == "url":
        yield os.environ["STRIPE_MOCK_URL"]
    elif found == "docker":
        with _composed() as url:
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
def _composed() -> Iterator[str]:
    compose = ("docker", "compose", "--project-directory", str(ROOT))
    subprocess.run((*compose, "up", "--detach", "--wait", SERVICE), check=True)
    try:
        host, port, _ = str(_service()["ports"][0]).split(":")
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


def _go(*arguments: str, **environment: str) -> str:
    settings = {**os.environ, "GOFLAGS": "-mod=mod", **environment}
    done = subprocess.run(
        ("go", *arguments), env=settings, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout


def _service() -> dict[str, Any]:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return dict(compose["services"][SERVICE])


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
