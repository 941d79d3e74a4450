"""A small foreign project in a folder of its own, whose tests are run as its people run them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.suite.database.remains import processes
from tests.suite.database.waiting import PATIENCE_SECONDS, wait_until

MODELS = """
from sqlalchemy import Index
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    {arguments}
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)


{more}
"""
CONFTEST = """
from billproof.database import databases
from shop import Base

database = databases({given})
"""
ENV = """
from alembic import context
from sqlalchemy import create_engine

url = context.config.get_main_option("sqlalchemy.url")
engine = create_engine(url.replace("+aiosqlite", "").replace("asyncpg", "psycopg"))
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
"""
FIRST = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "first", None


def upgrade():
    op.create_table(
        "users",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(50), nullable=False),
    )
"""


@dataclass
class Project:
    """Its folder; `temporary` is where its runs put what is to vanish."""

    folder: Path
    temporary: Path

    def write(self, name: str, text: str) -> None:
        """Write a file."""
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)

    def write_models(self, arguments: str = "", more: str = "") -> None:
        """The models, with something in a class and after it."""
        self.write("shop.py", MODELS.format(arguments=arguments, more=more))

    def write_conftest(self, given: str = "Base") -> None:
        """The three lines, with what databases() is given."""
        self.write("conftest.py", CONFTEST.format(given=given))

    def migrations(self) -> None:
        """An Alembic folder that makes what the models say."""
        self.write("migrations/env.py", ENV)
        (self.folder / "migrations" / "versions").mkdir()
        self.write("migrations/versions/first.py", FIRST)

    def _command(self, options: tuple[str, ...]) -> list[str]:
        plugins = ("-p", "xdist", "-p", "billproof.database.pytest_plugin")
        return [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *plugins, *options]

    @property
    def _environ(self) -> dict[str, str]:
        own = {"TMPDIR": str(self.temporary), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        inherited = {name: text for name, text in os.environ.items() if "PYTEST" not in name}
        return {**inherited, **own, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}

    def run(self, *options: str) -> subprocess.CompletedProcess[str]:
        """A whole run."""
        return subprocess.run(
            self._command(options),
            cwd=self.folder,
            env=self._environ,
            capture_output=True,
            text=True,
            timeout=2 * PATIENCE_SECONDS,
            check=False,
        )

    @contextmanager
    def started(self, *options: str) -> Iterator[subprocess.Popen[str]]:
        """A run that goes on, in a group of its own, as a shell starts it."""
        with subprocess.Popen(
            self._command(options),
            cwd=self.folder,
            env=self._environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        ) as process:
            try:
                yield process
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)

    def wait_for(self, name: str, count: int = 1) -> None:
        """Return once so many files of that form are there."""
        wait_until(lambda: len(list(self.folder.glob(name))) >= count, name)

    def leftovers(self) -> list[Path]:
        """Temporary files of its runs that are still there, but for those that pytest keeps."""
        return [each for each in self.temporary.iterdir() if "pytest-of-" not in each.name]

    def processes(self) -> list[str]:
        """What is still running of its runs."""
        return processes(self.folder.parent)


def new_project() -> Project:
    """A project, and a temporary folder of its own, short enough for sockets."""
    root = Path(tempfile.mkdtemp(prefix="shop-"))
    made = Project(root / "shop", root / "tmp")
    made.folder.mkdir()
    made.temporary.mkdir()
    made.write_models()
    made.write_conftest()
    return made
