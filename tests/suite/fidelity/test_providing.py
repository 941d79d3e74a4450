"""What the sessions need besides Python is found, or one line says what to do."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.suite.fidelity.node import __main__ as node
from tests.suite.fidelity.node.fetching import ADVICE
from tests.suite.fidelity.stripe_mock import __main__ as stripe_mock
from tests.suite.fidelity.stripe_mock import providing
from tests.suite.house.tree import ROOT

WORKS, FAILS = "#!/bin/sh\necho v20.1.0\n", "#!/bin/sh\nexit 1\n"


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with nothing on its PATH but what a test puts there."""
    for name in ("STRIPE_MOCK_URL", "STRIPE_MOCK_DOCUMENT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def install(programs: Path, name: str, script: str = WORKS) -> None:
    """Put a program there."""
    (programs / name).write_text(script)
    (programs / name).chmod(0o755)


def test_stripe_mock_is_looked_for_in_order(
    programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that is named, else docker's, else Go's; a docker without an engine is none."""
    assert providing.source() is None

    install(programs, "docker", FAILS)
    install(programs, "go")
    assert providing.source() == "go"
    install(programs, "docker")
    assert providing.source() == "docker"
    monkeypatch.setenv("STRIPE_MOCK_URL", "http://127.0.0.1:1")
    assert providing.source() == "url"


@pytest.mark.usefixtures("programs")
def test_one_that_is_named_is_only_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is started and nothing is stopped."""
    monkeypatch.setenv("STRIPE_MOCK_URL", "http://127.0.0.1:1")

    with providing.running("url", tmp_path) as url:
        assert url == "http://127.0.0.1:1"


def test_composes_is_started_and_stopped(programs: Path, tmp_path: Path) -> None:
    """The service of a compose file, waited for, and taken away afterwards."""
    log, compose = tmp_path / "log", tmp_path / "compose.yaml"
    install(programs, "docker", f'#!/bin/sh\necho "$4 $5 $6 $7" >>{log}\n')
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host, port = listener.getsockname()
        compose.write_text(f"services: {{stripe-mock: {{ports: ['{host}:{port}:12111']}}}}")

        with providing.running("docker", tmp_path, compose) as url:
            assert url == f"http://{host}:{port}"
            assert log.read_text() == "up --detach --wait stripe-mock\n"

    assert log.read_text().splitlines()[1:] == ["rm --stop --force stripe-mock"]


def test_its_version_is_pinned_once() -> None:
    """In compose.yaml; Go installs the same."""
    assert providing.version().startswith("v0.")


@pytest.mark.usefixtures("programs")
def test_without_a_document_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Go fetches it, unless one is named."""
    assert providing.document() is None

    monkeypatch.setenv("STRIPE_MOCK_DOCUMENT", "spec3.json")

    assert providing.document() == Path("spec3.json")


@pytest.mark.usefixtures("programs")
def test_without_stripe_mock_one_line_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 3, whether it is asked or run."""
    assert [stripe_mock.main([]), stripe_mock.main(["folder"])] == [3, 3]

    told = capsys.readouterr()
    assert (told.out, told.err) == ("", f"stripe-mock: {providing.ADVICE}\n" * 2)


@pytest.mark.parametrize("script", [None, FAILS, "#!/bin/sh\necho v18.20.0\n"])
def test_without_node_one_line_says_what_to_do(
    programs: Path, capsys: pytest.CaptureFixture[str], script: str | None
) -> None:
    """One that is too old is none; a new one needs npm beside it."""
    install(programs, "npm")
    if script is not None:
        install(programs, "node", script)

    assert node.main([]) == 3
    assert capsys.readouterr().err == ADVICE + "\n"
    install(programs, "node")
    assert node.main([]) == 0
    (programs / "npm").unlink()
    assert node.main([]) == 3


@pytest.mark.usefixtures("programs")
@pytest.mark.parametrize("module", ["stripe_mock", "node"])
def test_the_noxfile_can_ask(module: str) -> None:
    """As a program without arguments: nothing on standard output, exit code 3."""
    command = (sys.executable, "-m", f"tests.suite.fidelity.{module}")

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (3, "")
    assert len(done.stderr.splitlines()) == 1
