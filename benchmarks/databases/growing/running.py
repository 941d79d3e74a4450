"""Has the blocks measured in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys

from benchmarks.databases.figures import Block, Growth
from benchmarks.databases.grounds import Driver
from benchmarks.databases.plan import Plan
from benchmarks.getting import CannotMeasure


def growth(driver: Driver, plan: Plan) -> Growth:
    """What came of it; CannotMeasure when it failed."""
    words = (driver.name, str(plan.blocks), str(plan.block_tests))
    command = (sys.executable, "-m", "benchmarks.databases.growing", *words)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CannotMeasure((done.stderr.strip() or "it ended").splitlines()[-1][:200])
    blocks = tuple(Block(**each) for each in json.loads(done.stdout))
    return Growth(driver.name, plan.block_tests, blocks)
