"""What other processes do to a test's database, who know nothing but its URL."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import URL, make_url

CONNECTING = {
    "sqlite": """
import sqlite3 as driver, sys
connection = driver.connect(sys.argv[1], isolation_level=None)
""",
    "postgresql": """
import psycopg as driver, sys
connection = driver.connect(sys.argv[1], autocommit=True)
""",
}
ONCE = "print(connection.execute(sys.argv[2]).fetchall())"
STAYING = """
print("connected", flush=True)
for line in sys.stdin:
    try:
        connection.execute(line)
    except driver.Error as error:
        print(type(error).__name__, flush=True)
    else:
        print("done", flush=True)
"""


def asked(url: URL | str, query: str) -> str:
    """What a new process sees."""
    words = (*_program(url, ONCE), query)
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()


@dataclass
class Other:
    """A process that stays connected."""

    process: subprocess.Popen[str]

    def run(self, statement: str) -> str:
        """`done`, or the name of the error."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{statement}\n")
        self.process.stdin.flush()
        return self.told()

    def told(self) -> str:
        """The next line."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()


@contextmanager
def connected(url: URL) -> Iterator[Other]:
    """Another process with a connection, until the end of the block."""
    with subprocess.Popen(
        _program(url, STAYING), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        other = Other(process)
        assert other.told() == "connected"
        try:
            yield other
        finally:
            process.kill()


def _program(url: URL | str, doing: str) -> tuple[str, ...]:
    known = make_url(url)
    kind = known.get_backend_name()
    if kind == "sqlite":
        where = str(known.database)
    else:
        where = known.set(drivername=kind).render_as_string(hide_password=False)
    return sys.executable, "-c", CONNECTING[kind] + doing, where
