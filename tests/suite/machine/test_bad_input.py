"""One clear sentence, the right exit code, no traceback."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from billproof.targets.process import free_port
from billproof.verify.environment import NEEDED, env_lines

Billproof = Callable[..., subprocess.CompletedProcess[str]]
Serve = Callable[[dict[str, Any]], AbstractContextManager[str]]


def complaint(run: subprocess.CompletedProcess[str], code: int) -> str:
    """What it complained of, once the exit code is right and nothing else was printed."""
    assert run.returncode == code, run.stdout + run.stderr
    assert run.stdout == ""
    assert "Traceback" not in run.stderr
    return run.stderr.strip()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("verify", "--only", "CHK-6"), r"no clause 'CHK-6'.*Nearest: CHK-\d+"),
        (("explain", "CHK-6"), r"no clause 'CHK-6'.*Nearest: CHK-\d+"),
        (("verify", "--capabilities", "chekout"), "no capability 'chekout'"),
        (("verify", "--mutant", "no-such"), "no mutant 'no-such'"),
        (("verify", "--cmd", "x", "--app", "m:f"), "One target at a time: --cmd and --app were"),
        (("verify", "http://127.0.0.1:1"), "--sandbox and --env-file"),
        (("verify", "-n", "0"), "^-n is at least 1"),
        (("verify", "-n", "many"), "valid integer"),
        (("verify", "--bogus"), "No such option: --bogus"),
        (("bogus",), "No such command 'bogus'"),
        (("verfiy",), r"Did you mean 'verify'\? Try"),
        (("verify", "--only", ""), "--only names no clause"),
        (("next", "--only", "AUT-001", "--only", " , "), "--only names no clause"),
        (("mutants", "--only", ""), "--only names no mutant"),
        (("verify", "--cmd", " "), "^--cmd: it is blank"),
        (("verify", "--mutant", ""), "^--mutant: it is blank"),
        (("verify", "--app", ""), "^--app: it is blank"),
        (("verify", "--app", "shop"), "^--app: 'shop' is no module:factory"),
        (("verify", "--app", "shop:"), "^--app: 'shop:' is no module:factory"),
        (("mutants", "--only", "no-such"), "no mutant 'no-such'"),
        (("sandbox", "--port", "70000"), "70000 is no port"),
        (("sandbox", "--webhook-url", "http://h"), "belong together"),
        (("sandbox", "--plans", "nowhere.json"), r"no plans file nowhere\.json\. Name one"),
        (("sign", "initdata"), "TELEGRAM_BOT_TOKEN is not set"),
        (("sign", "webhook"), "STRIPE_WEBHOOK_SECRET is not set"),
        (("sign", "initdata", "--field", "x"), "argument --field: .*'x'"),
        (("sign", "initdata", "--keep-digits", "-3"), "'--keep-digits': .*or equal to 0"),
        (("sign", "initdata", "--key", "x"), "argument --key: .*'x'"),
    ],
)
def test_a_wrong_command_is_told(
    billproof: Billproof, arguments: tuple[str, ...], said: str
) -> None:
    """Exit code 2, in one line."""
    sentence = complaint(billproof(*arguments), 2)

    assert re.search(said, sentence, re.IGNORECASE)
    assert len(sentence.splitlines()) == 1


def test_a_wrong_settings_file_is_told(billproof: Billproof, tmp_path: Path) -> None:
    """Exit code 2, and what would be right."""
    (tmp_path / "billproof.toml").write_text("colour = 3\n")

    assert "Known are: app, baseline, capabilities" in complaint(billproof("verify"), 2)


def test_with_json_the_complaint_is_the_document(billproof: Billproof) -> None:
    """One document on stdout, and nothing else."""
    run = billproof("verify", "--only", "CHK-6", "--json")

    error = json.loads(run.stdout)["error"]
    assert (run.returncode, error["exit_code"], run.stderr) == (2, 2, "")
    assert "Nearest" in error["reason"]


def by_url(folder: Path, url: str, sandbox: str) -> tuple[str, ...]:
    """The arguments that judge `url`, with a complete env file."""
    (folder / "backend.env").write_text(env_lines(dict.fromkeys(NEEDED, "x")))
    return ("verify", url, "--sandbox", sandbox, "--env-file", "backend.env")


def test_a_dead_port_is_one_line(billproof: Billproof, tmp_path: Path) -> None:
    """Not two hundred red clauses."""
    url = f"http://127.0.0.1:{free_port()}"

    sentence = complaint(billproof(*by_url(tmp_path, url, url)), 3)

    assert sentence.startswith(f"Nothing answers at {url}")
    assert len(sentence.splitlines()) == 1


def test_a_sandbox_that_is_none_is_one_line(
    billproof: Billproof, server: Serve, tmp_path: Path
) -> None:
    """The backend is there, the sandbox is something else."""
    plans: dict[str, Any] = {"/api/v1/billing/plans": (200, {}, b'{"plans": []}')}
    with server(plans) as url:
        sentence = complaint(billproof(*by_url(tmp_path, url, url)), 3)

    assert f"{url} answers, but it is no billproof sandbox" in sentence


def test_something_that_is_no_url_is_wrongly_asked(billproof: Billproof, tmp_path: Path) -> None:
    """Exit code 2: nothing was tried."""
    assert "is not a URL" in complaint(billproof(*by_url(tmp_path, "nowhere", "x")), 2)


def test_a_command_that_dies_at_start_shows_its_last_lines(billproof: Billproof) -> None:
    """Exit code 3; the log says why, so nobody has to look for it."""
    run = billproof("verify", "--cmd", "echo first; echo the disk is full >&2; exit 9")

    sentence = complaint(run, 3)
    assert "ended with exit code 9" in sentence
    assert "the disk is full" in sentence


def test_an_app_that_is_not_there_is_told(billproof: Billproof) -> None:
    """Exit code 3, with the name that was not found."""
    told = complaint(billproof("verify", "--app", "no_such_module:app"), 3)

    assert told == ("The app did not start: ModuleNotFoundError: No module named 'no_such_module'.")


@pytest.mark.parametrize(
    ("command", "flag"), [("sandbox", "--port"), ("serve", "--port"), ("serve", "--sandbox-port")]
)
def test_a_port_in_use_is_told(billproof: Billproof, command: str, flag: str) -> None:
    """Exit code 3, with the port, and the flag by which to name another."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        sentence = complaint(billproof(command, flag, str(port)), 3)

    assert sentence.startswith(f"Port {port} of 127.0.0.1 cannot be used")
    assert sentence.endswith(f"Name another with {flag}.")


def test_a_report_folder_that_cannot_be_made_is_told(billproof: Billproof, tmp_path: Path) -> None:
    """Exit code 3, before anything runs."""
    (tmp_path / "file").touch()

    assert "cannot be written" in complaint(billproof("verify", "--out", "file/report"), 3)


def test_help_is_no_complaint() -> None:
    """Exit code 0, on stdout."""
    command = [sys.executable, "-m", "billproof", "verify", "--help"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert (run.returncode, run.stderr) == (0, "")
    assert "--capabilities" in run.stdout
