"""The file that a sandbox keeps its state in: whose it is, and what is wrong with it."""

from __future__ import annotations

import contextlib
import resource
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from billproof.errors import UsageError
from billproof.sandbox.client import Sandbox
from billproof.sandbox.state.keeper import Keeper
from tests.suite.sandbox.conftest import STATE_KEY, running


def test_a_full_disk_is_a_500_and_loses_nothing(state_file: Path) -> None:
    """The process stays up; when there is room again, everything is kept."""
    with (started := running("--state", str(state_file))) as url:
        head = {"Authorization": f"Bearer {STATE_KEY}"}
        with httpx.Client(base_url=url, headers=head, trust_env=False) as http:
            first = http.post("/v1/customers", data={"name": "before"})
            assert first.status_code == 200
            # Not who listens at `url`: that may be who writes down what is said.
            process = started.process.pid
            unlimited = resource.prlimit(process, resource.RLIMIT_FSIZE)
            # Not even what the log of writes has room for already, after a checkpoint.
            resource.prlimit(process, resource.RLIMIT_FSIZE, (0, unlimited[1]))
            failed = http.post(
                "/v1/customers", data={"name": "meanwhile"}, headers={"Idempotency-Key": "m"}
            )
            resource.prlimit(process, resource.RLIMIT_FSIZE, unlimited)
            again = http.post(
                "/v1/customers", data={"name": "meanwhile"}, headers={"Idempotency-Key": "m"}
            )

    assert failed.status_code == 500
    assert "state file" in failed.json()["error"]["message"]
    assert again.headers["idempotent-replayed"] == "true"
    with running("--state", str(state_file)) as url, Sandbox(url, STATE_KEY) as sandbox:
        names = [customer.model_dump()["name"] for customer in sandbox.customers()]
    assert names == ["before", "meanwhile"]


def _said(*options: str) -> tuple[int, str]:
    ended = subprocess.run(
        [sys.executable, "-m", "billproof.sandbox", "--port", "0", *options],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return ended.returncode, ended.stderr


def test_a_state_file_is_one_sandboxes(state_file: Path) -> None:
    """A second one says so in a sentence, and what to do."""
    with running("--state", str(state_file)):
        code, said = _said("--state", str(state_file), "--until-eof")

    assert code == 2
    assert "is in use by another sandbox" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("text", ["x", "a short note", "SQLite forma", "y" * 600])
def test_a_short_file_is_left_alone(state_file: Path, text: str) -> None:
    """SQLite would take it for an empty database; a file without a byte is one."""
    state_file.write_text(text)

    with pytest.raises(UsageError, match="is no state file"):
        Keeper(state_file)

    assert state_file.read_text() == text
    state_file.write_bytes(b"")
    Keeper(state_file).close()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that can be read."""
    file = tmp_path_factory.mktemp("kept") / "whole.sqlite"
    with running("--state", str(file)) as url, Sandbox(url, STATE_KEY) as sandbox:
        price = sandbox.stripe("GET", "/v1/prices")["data"][0]["id"]
        sandbox.subscribe(sandbox.create_customer().id, price)
    assert _said("--state", str(file), "--until-eof") == (0, "")
    return file


@pytest.mark.parametrize(
    "damage",
    [
        "update object set body = '{' where kind = 'customer'",
        "update object set body = '[]'",
        "update object set kind = 'mystery' where kind = 'customer'",
        "delete from object where kind = 'price'",
        "update account set rest = '{}'",
        "update life set body = '{}'",
        "insert into attempt (account, body) values ('sk_test_kept', '{}')",
        "insert into fault (account, id, body) values ('sk_test_kept', 'fault_1', '{}')",
        "drop table life",
        "pragma user_version = 99",
    ],
)
def test_a_file_that_cannot_be_read_is_said_in_one_sentence(
    state_file: Path, whole: Path, damage: str
) -> None:
    """Before anything is served; undamaged it was read."""
    shutil.copy(whole, state_file)
    with contextlib.closing(sqlite3.connect(state_file)) as database, database:
        database.execute(damage)

    code, said = _said("--state", str(state_file), "--until-eof")

    assert (code, len(said.splitlines())) == (2, 1), said
    assert str(state_file) in said
    assert "Name another file with --state" in said


def test_what_is_no_state_file_is_left_alone(state_file: Path, tmp_path: Path) -> None:
    """A text, somebody's database, a path that leads nowhere, a folder."""
    state_file.write_text("something else entirely, long enough to be looked at " * 20)
    foreign = tmp_path / "foreign.sqlite"
    with sqlite3.connect(foreign) as database:
        database.execute("create table precious (x)")
    database.close()
    missing = tmp_path / "no" / "folder" / "state"
    below_a_file = state_file / "state"

    for path in (state_file, foreign, missing, below_a_file, tmp_path):
        code, said = _said("--state", str(path), "--until-eof")
        assert code == 2, said
        assert str(path) in said
        assert "Traceback" not in said

    assert state_file.read_text().startswith("something else")
