"""Where the programs of PostgreSQL are looked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from billproof.database.postgres.binaries import NEEDED, find_binaries
from billproof.errors import UsageError


def folder(path: Path) -> Path:
    """A folder with programs in it."""
    path.mkdir(parents=True)
    for name in NEEDED:
        (path / name).write_text("#!/bin/sh\n")
        (path / name).chmod(0o755)
    return path


@pytest.fixture(autouse=True)
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with nothing in it but a shell."""
    made = tmp_path / "path"
    made.mkdir()
    (made / "sh").symlink_to("/bin/sh")
    monkeypatch.setenv("PATH", str(made))
    return made


def test_the_ones_on_the_path_come_first(path: Path, tmp_path: Path) -> None:
    """Behind their links, where their neighbours are."""
    folder(tmp_path / "debian" / "17" / "bin")
    own = folder(tmp_path / "own")
    (path / "postgres").symlink_to(own / "postgres")

    assert find_binaries(tmp_path / "debian") == own


def test_pg_config_knows_them(path: Path, tmp_path: Path) -> None:
    """It is on the PATH where they are not."""
    folder(tmp_path / "debian" / "17" / "bin")
    own = folder(tmp_path / "own")
    (path / "pg_config").write_text(f"#!/bin/sh\necho {own}\n")
    (path / "pg_config").chmod(0o755)

    assert find_binaries(tmp_path / "debian") == own


def test_debians_newest_is_taken(tmp_path: Path) -> None:
    """Ten is newer than nine, and one without initdb is none."""
    for version in ("9.6", "15", "17"):
        folder(tmp_path / version / "bin")
    (tmp_path / "17" / "bin" / "initdb").unlink()

    assert find_binaries(tmp_path) == tmp_path / "15" / "bin"


def test_where_there_are_none_it_is_said_what_to_do(tmp_path: Path) -> None:
    """In one sentence."""
    with pytest.raises(UsageError) as told:
        find_binaries(tmp_path)

    assert "There is no PostgreSQL" in str(told.value)
    assert "apt-get install postgresql" in str(told.value)
    assert "name a server: a URL with its host" in str(told.value)
