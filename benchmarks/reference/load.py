"""`python -m benchmarks.reference.load PORT SECONDS FILE`: the load, in a process of its own.

FILE holds the requests, in base64, one a line; each connection says its share of them.
"""

from __future__ import annotations

import base64
import itertools
import json
import sys
from dataclasses import asdict
from pathlib import Path

import uvloop

from benchmarks.sandbox.load.driving import Load, drive
from benchmarks.sandbox.load.scripts import SCRIPTS, Script

CONNECTIONS = 4


def main(port: int, seconds: float, file: Path) -> None:
    """Put the load, and print its tally as JSON."""
    requests = [base64.b64decode(line) for line in file.read_bytes().splitlines()]
    # One request is said again and again; of several, each once.
    rest = itertools.repeat(requests[0]) if len(requests) == 1 else iter(requests)

    def said(_times: int | None) -> Script:
        for request in rest:  # noqa: UP028 - the answers are sent in, which iterators do not take
            yield request

    SCRIPTS["given"] = said
    tally = uvloop.run(drive(Load(port, "given", None, seconds, CONNECTIONS)))
    sys.stdout.write(json.dumps(asdict(tally)))


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3]))
