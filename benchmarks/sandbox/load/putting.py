"""Puts a load on a server from a process of its own, so that the two share nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict

from benchmarks.getting import CannotMeasure
from benchmarks.sandbox.load.driving import Load, Tally


def put(load: Load) -> Tally:
    """What came of a load; CannotMeasure when anything was refused or a connection was lost."""
    command = (sys.executable, "-m", "benchmarks.sandbox.load", json.dumps(asdict(load)))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CannotMeasure(f"{load.script}: {(done.stderr.strip() or 'ended').splitlines()[-1]}")
    tally = Tally(**json.loads(done.stdout))
    if tally.refused:
        raise CannotMeasure(f"{load.script} was refused: {tally.statuses}")
    return tally
