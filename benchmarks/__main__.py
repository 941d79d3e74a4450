"""`python -m benchmarks FOLDER NAME [--quick]`: run a benchmark; FOLDER is for what it needs."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.databases import benchmark as databases
from benchmarks.reference import benchmark as reference
from benchmarks.sandbox import benchmark as sandbox
from benchmarks.verify import benchmark as verify

BENCHMARKS: dict[str, Callable[[Path, bool], None]] = {
    "databases": databases.main,
    "reference": reference.main,
    "sandbox": sandbox.main,
    "verify": verify.main,
}
INTERRUPTED = 130


def main(words: list[str]) -> int:
    """The exit code; 2 with one line that lists the names when none of them was given."""
    named = [word for word in words[1:] if word != "--quick"]
    if len(named) != 1 or named[0] not in BENCHMARKS:
        said = " ".join(named) or "nothing"
        names = ", ".join(BENCHMARKS)
        print(f"bench: name one benchmark of: {names}; got {said}.", file=sys.stderr)
        return 2
    scratch = Path(words[0]).resolve() / named[0]
    scratch.mkdir(parents=True, exist_ok=True)
    # nox ends a session with SIGTERM soon after Ctrl-C; servers are ended on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(INTERRUPTED))
    try:
        BENCHMARKS[named[0]](scratch, "--quick" in words)
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
