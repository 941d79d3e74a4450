"""Two small projects with the same tests, as the users of each tool would write them."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from benchmarks.databases import body

TESTS = """
import os

import pytest

from body import body


@pytest.mark.parametrize("number", range(int(os.environ["TESTS"])))
def test_a_lamp_is_found(engine, number):
    body(engine)
"""
OURS = """
import pytest
from billproof.database import databases
from body import METADATA

database = databases(METADATA, url="postgresql+psycopg://")


@pytest.fixture
def engine(database):
    return database.engine
"""
THEIRS = """
import pytest
from body import METADATA
from sqlalchemy import create_engine


@pytest.fixture
def engine(postgresql):
    info = postgresql.info
    where = f"/{info.dbname}?host={info.host}&port={info.port}"
    engine = create_engine(f"postgresql+psycopg://{info.user}:{info.password}@{where}")
    METADATA.create_all(engine)
    yield engine
    engine.dispose()
"""


@dataclass(frozen=True)
class Project:
    """One of them; `plugin` is what its tool brings."""

    name: str
    plugin: str
    conftest: str
    options: tuple[str, ...] = ()

    def write(self, folder: Path) -> None:
        """Into an empty folder."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        shutil.copyfile(body.__file__, folder / "body.py")
        (folder / "conftest.py").write_text(self.conftest, encoding="utf-8")
        (folder / "test_lamps.py").write_text(TESTS, encoding="utf-8")
