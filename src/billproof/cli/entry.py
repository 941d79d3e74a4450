"""The entry point: every way a command can end has its exit code and one sentence."""

from __future__ import annotations

import importlib
import os
import signal
import sys
from typing import TYPE_CHECKING, NoReturn

import typer

from billproof.cli.app import app
from billproof.cli.screen import complain, document
from billproof.errors import CannotTest, UsageError
from billproof.verdicts.summary import ExitCode

if TYPE_CHECKING:
    from types import FrameType

COMMANDS = (
    *("verify", "report", "baseline", "next", "explain", "clauses", "doctor"),
    *("sandbox", "serve", "sign", "mutants"),
)
TRACEBACK_VARIABLE = "BILLPROOF_TRACEBACK"
SUITE_CODES = frozenset({"void-mutant", "red-baseline"})
"""Codes of a CannotTest that are the suite's own fault."""


def main() -> NoReturn:
    """Run the command that `sys.argv` names, and exit with its code."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    code = run(sys.argv[1:])
    if code == ExitCode.INTERRUPTED:
        # Python ends itself by SIGINT when a KeyboardInterrupt crossed an `exec` (an
        # import, say), even if it was caught later; all is closed by now.
        sys.stdout.flush()
        os._exit(code)
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """The exit code of one command line; never a traceback unless it is asked for."""
    try:
        for name in _named(arguments):
            importlib.import_module(f"billproof.cli.commands.{name}")
        code = app(arguments, prog_name="billproof", standalone_mode=False)
    except (typer.Abort, KeyboardInterrupt):
        code = ExitCode.INTERRUPTED
    except Exception as problem:
        if os.environ.get(TRACEBACK_VARIABLE):
            raise
        return refuse(arguments, *explained(problem))
    if code == ExitCode.INTERRUPTED:
        complain("Interrupted; nothing was left running.")
    return int(code or 0)


def _named(arguments: list[str]) -> tuple[str, ...]:
    """The command that is asked for, whose imports are enough; all where it is none of them."""
    first = arguments[0] if arguments else ""
    return (first,) if first in COMMANDS else COMMANDS


def explained(problem: Exception) -> tuple[ExitCode, str]:
    """The exit code and the sentence for whatever was raised."""
    if isinstance(problem, UsageError):
        return ExitCode.USAGE, str(problem)
    if isinstance(problem, typer.TyperException):
        message = problem.format_message().rstrip(".").replace("Value error, ", "")
        message += "" if message.endswith("?") or not message else "."
        asked = getattr(getattr(problem, "ctx", None), "command_path", "billproof")
        return ExitCode.USAGE, f"{message} Try `{asked} --help`." if message else ""
    if isinstance(problem, CannotTest):
        suite = problem.code in SUITE_CODES
        return ExitCode.SUITE if suite else ExitCode.ENVIRONMENT, str(problem)
    what = f"{type(problem).__name__}: {problem}".strip().rstrip(":")
    advice = f"Set {TRACEBACK_VARIABLE}=1 to see where."
    return ExitCode.SUITE, f"This is a fault of billproof itself: {what}. {advice}"


def refuse(arguments: list[str], code: ExitCode, sentence: str) -> int:
    """Say why nothing came of it: in words, or as the one document that was asked for."""
    if "--json" in arguments:
        document({"error": {"exit_code": int(code), "reason": sentence}})
    elif sentence:
        complain(sentence)
    return int(code)


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    """A polite end is an interruption: everything that was started is ended on the way out."""
    raise KeyboardInterrupt
