"""`python -m benchmarks.databases.growing DRIVER BLOCKS TESTS`: the blocks, as JSON.

A process of its own, so that its memory and its handles are those of these tests alone.
"""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from dataclasses import asdict

from benchmarks.databases.grounds import DRIVERS, new_ground, private_server
from benchmarks.databases.growing.measuring import grow


def main(driver_name: str, blocks: int, tests: int) -> None:
    """Print them."""
    driver = {each.name: each for each in DRIVERS}[driver_name]
    with ExitStack() as ends:
        server = ends.enter_context(private_server()) if driver.needs_server else None
        ground = ends.enter_context(new_ground(driver, server))
        print(json.dumps([asdict(block) for block in grow(ground, blocks, tests)]))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
