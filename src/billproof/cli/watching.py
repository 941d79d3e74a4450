"""`verify --watch`: judge again whenever a file changes, what failed first."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

from rich.text import Text
from watchfiles import Change, DefaultFilter, watch

from billproof.cli.screen import complain, out
from billproof.errors import CannotTest, UsageError
from billproof.law import load_law
from billproof.verdicts.summary import ExitCode
from billproof.verify.failures import only_failed
from billproof.verify.options import DEFAULT_OUT, Options

Judge = Callable[[Options], int]
WRITTEN_BY_RUNS = (".sqlite", ".sqlite-wal", ".sqlite-shm", ".sqlite-journal", ".db", ".log")
"""What a backend writes while it is judged is no change of it."""
STANDARD_STREAMS = (1, 2)


def keep_judging(options: Options, judge: Judge, changes: Iterator[set[str]] | None = None) -> int:
    """Judge now, and after each change until Ctrl-C; the last exit code.

    After a change, what failed is judged first; when that passes, all that was asked for.
    """
    judge = partial(_bearing, judge)
    code = judge(options)
    folder = (options.out or DEFAULT_OUT).absolute()
    for changed in changes or changes_below(Path.cwd(), folder):
        out.print(Text(f"\n{_named(changed)} changed"), soft_wrap=True)
        code = _again(options, folder, judge)
    return code


def _bearing(judge: Judge, options: Options) -> int:
    """Judge; what cannot even start, a file that is half written say, is told and waited for."""
    try:
        code = judge(options)
    except CannotTest as nothing:
        complain(str(nothing))
        return int(ExitCode.ENVIRONMENT)
    if code == ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    return code


def _again(options: Options, folder: Path, judge: Judge) -> int:
    try:
        failed = only_failed(options, load_law(), folder)
    except UsageError:
        return judge(options)
    code = judge(failed)
    return code or judge(options)


def changes_below(
    root: Path, report: Path, printed: Iterable[int] = STANDARD_STREAMS
) -> Iterator[set[str]]:
    """The paths that change below `root`, in small heaps, until Ctrl-C.

    What is behind the file descriptors of `printed` grows with each run, and is no change.
    """
    usual = DefaultFilter(ignore_paths=[report])
    own = [os.fstat(number) for number in printed]

    def matters(change: Change, path: str) -> bool:
        return usual(change, path) and not path.endswith(WRITTEN_BY_RUNS) and not _is(path, own)

    for heap in watch(root, watch_filter=matters, raise_interrupt=False):
        yield {str(Path(path).relative_to(root)) for _, path in heap}


def _is(path: str, files: Iterable[os.stat_result]) -> bool:
    with suppress(OSError):  # it may be gone by now
        found = Path(path).stat()
        return any(os.path.samestat(found, file) for file in files)
    return False


def _named(changed: set[str]) -> str:
    first, *others = sorted(changed)
    return f"{first} and {len(others)} more" if others else first
