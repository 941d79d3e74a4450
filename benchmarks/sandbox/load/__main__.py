"""`python -m benchmarks.sandbox.load '{"port": …}'`: one load; its tally, as JSON, to stdout."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import uvloop

from benchmarks.sandbox.load.driving import Load, drive

if __name__ == "__main__":
    try:
        print(json.dumps(asdict(uvloop.run(drive(Load(**json.loads(sys.argv[1])))))))
    except OSError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
