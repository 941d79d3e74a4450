"""`billproof serve`: reference backend, sandbox and Mini App together, to click through."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import typer
from rich.text import Text

from billproof.cli.app import app
from billproof.cli.ports import usable
from billproof.cli.screen import out
from billproof.database.template import sqlite_url
from billproof.errors import CannotTest, UsageError
from billproof.initdata import InitData
from billproof.run.plan import RunPlan, TargetPlan
from billproof.run.scratch import scratch_folder
from billproof.suite import suite_root
from billproof.targets.hosting import host_command, host_environ
from billproof.targets.process import BackendProcess
from billproof.verify.environment import env_lines, new_run_id, random_values
from billproof.verify.planning import REFERENCE
from billproof.verify.sandbox_process import SandboxProcess
from billproof.verify.services import last_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

READY_SECONDS = 60.0
LOOK_EVERY_SECONDS = 0.5
WEBHOOK = "/api/v1/billing/webhooks/stripe"
VISITOR = 700_000_001


@app.command()
def serve(
    host: str = typer.Option("127.0.0.1", help="Address of the backend."),
    port: int = typer.Option(8000, help="Port of the backend; 0 for any."),
    sandbox_port: int = typer.Option(12111, help="Port of the sandbox; 0 for any."),
    env_file: Path | None = typer.Option(None, help="Write the backend's environment there."),
    user: int = typer.Option(VISITOR, help="Telegram id of the signed-in user."),
) -> int:
    """Run the reference backend beside the sandbox, wired, until Ctrl-C."""
    base_url = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{usable(host, port)}"  # noqa: S104
    with ExitStack() as stack:
        folder = stack.enter_context(scratch_folder())
        plan = _plan(folder, host, base_url)
        secret = plan.environ["STRIPE_WEBHOOK_SECRET"].split(",")[0]
        wiring = ("--webhook-url", base_url + WEBHOOK, "--webhook-secret", secret)
        where = usable("127.0.0.1", sandbox_port, "--sandbox-port")
        sandbox_url = stack.enter_context(SandboxProcess(plan, *wiring, port=where)).wait_ready()
        environ = {**plan.environ, "STRIPE_API_BASE": sandbox_url}
        if env_file:
            _write(env_file, environ)
        process = stack.enter_context(_reference(plan, environ))
        _tell(environ, sandbox_url, env_file, user)
        while process.wait_exit(LOOK_EVERY_SECONDS) is None:
            pass
        reason = "The reference backend ended."
        raise CannotTest("backend-died", reason, f"Its last lines:\n{last_lines(process.log())}")


def _plan(folder: Path, host: str, base_url: str) -> RunPlan:
    environ = random_values(new_run_id(), "") | {
        "HOST": host,
        "PORT": base_url.rpartition(":")[2],
        "PUBLIC_URL": base_url,
        "DATABASE_URL": sqlite_url(folder / "serve.sqlite"),
    }
    return RunPlan(
        run_id=0,
        seed=0,
        target=TargetPlan(kind="app", app=REFERENCE, app_dir=suite_root(), base_url=base_url),
        environ=environ,
        sandbox_url="",
        settle_seconds=0,
        out=folder,
        scratch=folder,
        ambient=dict(os.environ),
        cwd=Path.cwd(),
    )


@contextmanager
def _reference(plan: RunPlan, environ: Mapping[str, str]) -> Iterator[BackendProcess]:
    process = BackendProcess(
        host_command(plan, "--serve", "1"),
        base_url=plan.target.base_url or "",
        environ=environ,
        ambient=host_environ(plan),
        log_path=plan.scratch / "backend.log",
        cwd=plan.cwd,
    )
    try:
        if not process.wait_ready(READY_SECONDS):
            log = last_lines(process.log())
            reason = "The reference backend did not start."
            raise CannotTest("backend-did-not-start", reason, f"Its last lines:\n{log}")
        yield process
    finally:
        process.end()


def _write(path: Path, environ: Mapping[str, str]) -> None:
    try:
        path.touch(mode=0o600)
        path.write_text(env_lines(environ), encoding="utf-8")
    except OSError as problem:
        reason = f"The env file {path} cannot be written: {problem.strerror}."
        raise UsageError(reason, "Name another with --env-file.") from None


def mini_app_url(environ: Mapping[str, str], user: int, now: float) -> str:
    """The billing page with a freshly signed user, as Telegram's clients open it."""
    raw = InitData(user_id=user).sign(environ["TELEGRAM_BOT_TOKEN"], now)
    page = f"{environ['PUBLIC_URL']}/app/billing"
    return f"{page}#tgWebAppData={quote(raw, safe='')}&tgWebAppVersion=8.0&tgWebAppPlatform=web"


def _tell(environ: Mapping[str, str], sandbox_url: str, env_file: Path | None, user: int) -> None:
    rows = [("backend", environ["PUBLIC_URL"]), ("sandbox", sandbox_url)]
    rows += [("mini app", mini_app_url(environ, user, time.time()))]
    for name, text in rows:
        out.print(Text.assemble((f"{name:<10}", "bold"), text), soft_wrap=True)
    values = f"--env-file {env_file}" if env_file else "--env-file FILE, with these lines in it:"
    judge = f"billproof verify {environ['PUBLIC_URL']} --sandbox {sandbox_url} {values}"
    out.print(Text.assemble((f"{'judge it':<10}", "bold"), judge), soft_wrap=True)
    if env_file is None:
        out.print(Text(env_lines(environ)), soft_wrap=True, end="")
    out.print("Ctrl-C ends it.")
