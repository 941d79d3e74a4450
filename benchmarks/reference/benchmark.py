"""Requests per second of the reference on both databases, and of a route that does nothing."""

from __future__ import annotations

import base64
import json
import statistics
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.databases.grounds import private_server
from benchmarks.getting import CannotMeasure
from benchmarks.reference.requests import events, look, subscribe
from benchmarks.reference.subjects import Subject, served
from benchmarks.sandbox.running import free_port
from benchmarks.showing import RESULTS, Say, lines, machine, screen, table
from billproof.sandbox.client import Sandbox
from billproof.verify.environment import random_values

HEADS = ("backend", "GET subscription/s", "bare / it", "POST webhook/s", "bare / it")
GENERATED = frozenset({"models.py", "operations.py", "generate.py"})
BARE = "a bare FastAPI route"


@dataclass(frozen=True)
class Plan:
    """Rounds, seconds of each load, and how many events are ready for it."""

    rounds: int = 3
    seconds: float = 3.0
    events: int = 12_000


QUICK = Plan(rounds=1, seconds=0.5, events=1_500)


@dataclass(frozen=True)
class Figures:
    """One backend's medians."""

    name: str
    looks: float
    events: float


def main(scratch: Path, is_quick: bool) -> None:  # noqa: FBT001 - the word `--quick`
    """Measure, show, and write the report; a quick run shows and writes nothing."""
    console = screen()
    found = run(scratch, QUICK if is_quick else Plan(), console.out)
    console.print(table("The cost of obedience", HEADS, rows(found)))
    if not is_quick:
        (RESULTS / "reference.md").write_text(markdown(found), encoding="utf-8")


def run(scratch: Path, plan: Plan, say: Say) -> list[Figures]:
    """All backends in turns; the bare one first."""
    heard: dict[str, list[tuple[float, float]]] = {}
    for number in range(plan.rounds):
        with private_server() as server:
            name = server.name(f"round_{number}")
            server.create(name)
            postgres = server.url(name).set(drivername="postgresql")
            subjects = (
                Subject(BARE, None),
                Subject("reference, SQLite", f"sqlite:{scratch / uuid.uuid4().hex}.sqlite"),
                Subject("reference, PostgreSQL", postgres.render_as_string(hide_password=False)),
            )
            for subject in subjects:
                say(f"round {number + 1} of {plan.rounds}: {subject.name}")
                heard.setdefault(subject.name, []).append(measure(subject, scratch, plan))
    return [
        Figures(name, *(statistics.median(each) for each in zip(*pairs, strict=True)))
        for name, pairs in heard.items()
    ]


def measure(subject: Subject, folder: Path, plan: Plan) -> tuple[float, float]:
    """Requests per second of reading and of events, of a backend that is started anew."""
    with ExitStack() as stack:
        origin = stack.enter_context(sandbox())
        environ = random_values(uuid.uuid4().int % 10**9, origin)
        port = stack.enter_context(served(subject, environ, folder))
        stripe = stack.enter_context(Sandbox(origin, environ["STRIPE_SECRET_KEY"]))
        template = TEMPLATE if subject.database is None else subscribe(port, environ, stripe)
        return (
            load(port, [look(environ)], folder, plan.seconds),
            load(port, events(environ, template, plan.events), folder, plan.seconds),
        )


TEMPLATE = json.dumps({"object": "event", "type": "x", "data": {"object": {"name": "x" * 3000}}})
"""About as long as a genuine event."""


@contextmanager
def sandbox() -> Iterator[str]:
    """The offline Stripe, for as long as the block."""
    port = free_port()
    words = ("--port", str(port), "--until-eof")
    process = subprocess.Popen(
        [sys.executable, "-m", "billproof.sandbox", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert process.stdout is not None  # noqa: S101 - it is piped
        process.stdout.readline()  # it says when it listens
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.communicate()


def load(port: int, requests: Sequence[bytes], folder: Path, seconds: float) -> float:
    """Answers per second; CannotMeasure when one was refused."""
    file = folder / "requests.txt"
    file.write_bytes(b"\n".join(map(base64.b64encode, requests)))
    command = (sys.executable, "-m", "benchmarks.reference.load", str(port), str(seconds), file)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CannotMeasure((done.stderr.strip() or "the load ended").splitlines()[-1])
    tally: Mapping[str, float] = json.loads(done.stdout)
    if tally["refused"]:
        raise CannotMeasure(f"{tally['refused']} requests were refused: {tally['statuses']}")
    return tally["answers"] / tally["seconds"]


def rows(found: Sequence[Figures]) -> list[tuple[str, ...]]:
    """One for each backend, beside the bare one."""
    bare = found[0]
    return [
        (
            one.name,
            f"{one.looks:,.0f}",
            f"{bare.looks / one.looks:.1f}",
            f"{one.events:,.0f}",
            f"{bare.events / one.events:.1f}",
        )
        for one in found
    ]


def lines_of_code() -> int:
    """Of the reference, without what is generated."""
    root = Path(__file__).parents[2] / "reference_impl"
    files = [file for file in root.rglob("*.py") if file.name not in GENERATED]
    return sum(len(file.read_text(encoding="utf-8").splitlines()) for file in files)


def markdown(found: Sequence[Figures]) -> str:
    """What is committed."""
    made = f"{datetime.now(UTC).date().isoformat()}; {machine()}. Made by"
    return "\n".join(
        (
            "# What obedience costs",
            "",
            f"{made} `./nox -s bench -- reference`.",
            "",
            "Four connections, kept open, one process each of backend, sandbox and load. A",
            "subscriber asks for his subscription; Stripe delivers events of his, each with an id",
            "of its own, and each has the backend read his subscriptions at Stripe (the sandbox)",
            "again and commit: one after the other, as they are about one customer. The bare",
            "route answers as much and does nothing; `bare / it` is how many times as many it",
            "answers, the cost of obedience. Rounds go in turns; figures are medians.",
            "",
            lines(HEADS, rows(found)),
            "",
            f"`reference_impl` has {lines_of_code():,} lines of Python without what is generated.",
            "",
        )
    )
