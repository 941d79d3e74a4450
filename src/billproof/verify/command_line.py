"""The command that repeats a run, or one clause of it, from the same folder."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from billproof.run.view import View

if TYPE_CHECKING:
    from billproof.verify.options import Options


def again_line(options: Options, clause: str, seed: int, browser: str | None = None) -> str:
    """The command that judges this clause again, in the same way; `browser` as below."""
    words = [*_target(options), "--only", clause, *_histories(options)]
    words += [] if options.needs else ["--no-needs"]
    return _in(browser) + shlex.join([*words, "--seed", str(seed)])


def command_line(options: Options, seed: int, browser: str | None = None) -> str:
    """The command that repeats the run; where its report goes is no part of it.

    `browser` is the path of one of another kind than is taken where none is named.
    """
    words = _target(options)
    words += ["--only", ",".join(options.only)] if options.only else []
    words += ["--shard", str(options.shard)] if options.shard is not None else []
    words += ["--baseline", str(options.baseline)] if options.baseline is not None else []
    seconds = options.deadline_seconds
    words += ["--deadline", f"{seconds:g}"] if seconds is not None else []
    words += ["-n", str(options.workers)] if options.workers is not None else []
    words += _histories(options)
    words += ["--repeat", str(options.repeat)] if options.repeat > 1 else []
    words += ["--shuffle"] if options.shuffle else []
    words += [] if options.preflight else ["--no-preflight"]
    words += [] if options.needs else ["--no-needs"]
    return _in(browser) + shlex.join([*words, "--seed", str(seed)])


def _in(browser: str | None) -> str:
    return "" if browser is None else f"BILLPROOF_BROWSER={shlex.quote(browser)} "


def _histories(options: Options) -> list[str]:
    """How many are made up: a later one is not among fewer."""
    return [] if options.histories is None else ["--histories", str(options.histories)]


def _target(options: Options) -> list[str]:
    capabilities = options.capabilities
    named = {
        "--sandbox": options.sandbox,
        "--env-file": options.env_file,
        "--cmd": options.cmd,
        "--database-url": _without_password(options.database_url),
        "--app": options.app,
        "--mutant": options.mutant,
        "--capabilities": None if capabilities is None else ",".join(capabilities) or "core",
        **_view(options.view),
    }
    words = ["billproof", "verify"]
    words += [options.url] if options.url is not None else []
    for flag, value in named.items():
        words += [flag, str(value)] if value is not None else []
    return words


def _view(view: View) -> dict[str, str | None]:
    """How the pages were looked at, where not as usual; whoever watched need not watch again."""
    usual = View()
    named = {"--device": "device", "--theme": "theme", "--locale": "locale"}
    named |= {"--time-zone": "time_zone"}
    told = {flag: (getattr(view, name), getattr(usual, name)) for flag, name in named.items()}
    return {flag: None if mine == other else mine for flag, (mine, other) in told.items()}


def _without_password(url: str | None) -> str | None:
    """It is printed and kept in reports."""
    return url and re.sub(r"(?<=://)([^/@:]*):[^/@]*@", r"\1:***@", url)
