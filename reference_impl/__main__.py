"""`python -m reference_impl`: serve with the values of the environment."""

from __future__ import annotations

import os
import sys

from reference_impl import create_app
from reference_impl.settings import ConfigurationError, Settings


def main() -> int:
    """Serve until SIGTERM; a configuration error is one line and exit code 1."""
    try:
        settings = Settings.from_environ(os.environ)
        app = create_app(os.environ)
    except ConfigurationError as problem:
        print(f"configuration error: {problem}", file=sys.stderr)  # noqa: T201 - its log
        return 1
    import uvicorn  # noqa: PLC0415 - not before the values are known to be right

    uvicorn.run(app, host=settings.host, port=settings.port, access_log=False, log_level="warning")
    return 0


if __name__ == "__main__":
    sys.exit(main())
