"""The ways to judge the reference: hosted by us, started by a command, running already."""

from __future__ import annotations

import os
import shlex
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TypeAlias

from benchmarks.reference.benchmark import sandbox
from benchmarks.reference.subjects import Subject, served
from billproof.suite import suite_root
from billproof.verify.environment import env_lines, random_values

Words: TypeAlias = list[str]
Way: TypeAlias = Callable[[Path], AbstractContextManager[Words]]
"""From an empty folder to the words of `billproof verify` that name the backend."""

ORIGIN = "http://127.0.0.1:{port}"


@contextmanager
def hosted(folder: Path) -> Iterator[Words]:
    """The bundled reference, as whoever names no backend has it."""
    settings(folder)
    yield []


@contextmanager
def started(folder: Path) -> Iterator[Words]:
    """By `--cmd`, as any backend: its own processes, one database, one account at Stripe."""
    settings(folder)
    yield ["--cmd", f"exec {shlex.quote(sys.executable)} -m reference_impl"]


@contextmanager
def running(folder: Path) -> Iterator[Words]:
    """By URL, with a sandbox of its own; what needs a start cannot be observed there."""
    settings(folder)
    subject = Subject("reference, SQLite", f"sqlite:{folder / uuid.uuid4().hex}.sqlite")
    with sandbox() as stripe:
        environ = random_values(uuid.uuid4().int % 10**9, stripe)
        with served(subject, environ, folder) as port:
            url = ORIGIN.format(port=port)
            file = folder / "backend.env"
            file.write_text(env_lines({**environ, "PUBLIC_URL": url}), encoding="utf-8")
            yield [url, "--sandbox", stripe, "--env-file", str(file)]


def settings(folder: Path) -> None:
    """The reference has done all that it promises when it answers."""
    (folder / "billproof.toml").write_text("settle_seconds = 0\n", encoding="utf-8")


def environ() -> dict[str, str]:
    """A command of a run finds the reference, and the Python that measures."""
    import_path = os.pathsep.join(filter(None, [str(suite_root()), os.environ.get("PYTHONPATH")]))
    return {**os.environ, "PYTHONPATH": import_path}


WAYS: dict[str, Way] = {"bundled": hosted, "--cmd": started, "URL": running}
