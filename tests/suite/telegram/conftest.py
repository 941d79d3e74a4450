"""`./nox -s telegram_sdks` brings what npm has; without it, only the double is tried."""

from __future__ import annotations

from tests.suite.telegram.sdks import fetched

collect_ignore = [] if fetched() else ["test_official_script.py"]
