"""Sessions that need PostgreSQL get it, or one line that says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

import provide_postgres

APT = """#!/bin/sh
case "$*" in
    *update*) touch {folder}/updated ;;
    *install*postgresql) test -e {folder}/updated && cp -R {folder}/package {folder}/debian ;;
esac
"""


def programs(folder: Path) -> Path:
    """What find_binaries takes for PostgreSQL."""
    folder.mkdir(parents=True)
    for name in ("initdb", "postgres"):
        (folder / name).write_text("#!/bin/sh\n")
        (folder / name).chmod(0o755)
    return folder


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without PostgreSQL, whose apt-get has it."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in ("sh", "cp", "touch", "test"):
        (tools / tool).symlink_to(f"/usr/bin/{tool}")
    (tools / "apt-get").write_text(APT.format(folder=tmp_path))
    (tools / "apt-get").chmod(0o755)
    monkeypatch.setenv("PATH", str(tools))
    programs(tmp_path / "package" / "17" / "bin")
    return tmp_path


def test_what_is_there_is_taken(machine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And nothing is installed."""
    folder = programs(machine / "debian" / "15" / "bin")

    code = provide_postgres.main(machine / "debian", may_install=True)

    assert (code, capsys.readouterr().out) == (0, f"{folder}\n")
    assert not (machine / "updated").exists()


def test_debians_package_is_installed(machine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """After an update of the lists."""
    code = provide_postgres.main(machine / "debian", may_install=True)

    said = capsys.readouterr()
    assert (code, said.out) == (0, f"{machine}/debian/17/bin\n")
    assert said.err == "postgresql: installing Debian's postgresql\n"


@pytest.mark.parametrize("reason", ["it may not be installed", "there is no apt-get"])
def test_without_it_one_line_says_what_to_do(
    machine: Path, capsys: pytest.CaptureFixture[str], reason: str
) -> None:
    """And nothing is tried."""
    may_install = reason == "there is no apt-get"
    (machine / "bin" / "apt-get").rename(machine / ("hidden" if may_install else "bin/apt-get"))

    code = provide_postgres.main(machine / "debian", may_install=may_install)

    said = capsys.readouterr()
    assert (code, said.out) == (3, "")
    assert said.err == f"postgresql: {provide_postgres.ADVICE}\n"
    assert not (machine / "updated").exists()
