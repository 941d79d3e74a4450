"""What the machine's own tests start from: the command line, and tiny backends."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from billproof.run.plan import RunPlan, TargetPlan

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping
    from contextlib import AbstractContextManager

HERE = Path(__file__).parent
Answers = dict[str, tuple[int, dict[str, str], bytes]]


@pytest.fixture
def billproof(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run `billproof …` as a user would, from an empty folder."""

    def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "billproof", *arguments],
            cwd=tmp_path,
            env={**os.environ, **environ},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture
def tiny_command() -> str:
    """A shell command that starts the tiny backend."""
    return f"exec {sys.executable} {HERE / 'tiny_backend.py'}"


@pytest.fixture
def make_plan(tmp_path: Path) -> Callable[..., RunPlan]:
    """Plans of runs on the tiny backend."""

    def make(kind: str = "app", environ: Mapping[str, str] | None = None, **target: str) -> RunPlan:
        values = {"TELEGRAM_BOT_TOKEN": "7:AA", "HOST": "", "PORT": "", "PUBLIC_URL": ""}
        values |= {"DATABASE_URL": "", "STRIPE_SECRET_KEY": "sk_test_plan"}
        chosen = {"kind": kind, "app_dir": HERE, **target}
        return RunPlan(
            run_id=1,
            seed=1,
            target=TargetPlan.model_validate(chosen),
            environ={**values, **(environ or {})},
            sandbox_url="",
            settle_seconds=0,
            out=tmp_path / "report",
            scratch=tmp_path,
            ambient=dict(os.environ),
            cwd=tmp_path,
        )

    return make


@pytest.fixture
def server() -> Callable[..., AbstractContextManager[str]]:
    """A server of fixed answers by path, 404 elsewhere; gives its origin.

    `only` is a scheme of Authorization: whoever comes without it is answered 401.
    """

    @contextmanager
    def serve(answers: Answers, only: str = "") -> Generator[str]:
        class Fixed(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, headers, body = answers.get(self.path, (404, {}, b""))
                if not self.headers.get("authorization", "").startswith(only):
                    status, headers, body = 401, {}, b""
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_DELETE = do_GET  # noqa: N815 - the names are http.server's

            def log_message(self, *_: object) -> None:
                """Say nothing: nobody reads it."""

        listening = ThreadingHTTPServer(("127.0.0.1", 0), Fixed)
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{listening.server_address[1]}"
        finally:
            listening.shutdown()
            listening.server_close()

    return serve
