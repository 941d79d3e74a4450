"""`python -m reference_impl [--workers N]`: serve with the values of the environment."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence

from reference_impl.settings import ConfigurationError, Settings

PARTING_SECONDS = 10
"""How long a request may go on after SIGTERM: by contract none takes longer."""


def main(words: Sequence[str]) -> int:
    """Serve until SIGTERM; a configuration error is one line and exit code 1."""
    parser = argparse.ArgumentParser(prog="reference_impl", description=__doc__)
    parser.add_argument("--workers", type=int, default=1, help="processes that share the port")
    workers = parser.parse_args(words).workers
    try:
        settings = Settings.from_environ(os.environ)
    except ConfigurationError as problem:
        print(f"configuration error: {problem}", file=sys.stderr)  # noqa: T201 - its log
        return 1
    import uvicorn  # noqa: PLC0415 - not before the values are known to be right

    from reference_impl.logs import LOGGING  # noqa: PLC0415 - the same

    # When uvicorn has ended in good order, it sends the signal once more to whoever was here.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    uvicorn.run(
        "reference_impl:create_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=workers,
        access_log=False,
        log_config=LOGGING,
        timeout_graceful_shutdown=PARTING_SECONDS,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
