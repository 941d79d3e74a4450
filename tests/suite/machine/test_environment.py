"""The values that a backend runs with."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from billproof.errors import UsageError
from billproof.law import load_law
from billproof.verify.environment import NEEDED, env_lines, random_values, read_env_file

COMPLETE = {name: f"value-of-{name.lower()}" for name in NEEDED}


def test_random_values_cover_the_contract() -> None:
    """Every name of contracts/environment.yaml, and no other."""
    names = {variable.name for variable in load_law().environment}

    assert set(random_values(1, "http://s")) == names


def test_random_values_are_well_formed_and_grow_from_the_run_id() -> None:
    """The same for the same run, others for another."""
    values = random_values(1, "http://s")

    assert re.fullmatch(r"\d{10}:AA\w{33}", values["TELEGRAM_BOT_TOKEN"])
    assert re.fullmatch(r"whsec_\w{32},whsec_\w{32}", values["STRIPE_WEBHOOK_SECRET"])
    assert values == random_values(1, "http://s")
    assert values["METRICS_TOKEN"] != random_values(2, "http://s")["METRICS_TOKEN"]


def test_an_env_file_survives_writing_and_reading(tmp_path: Path) -> None:
    """What `serve` writes, `verify` reads."""
    path = tmp_path / "backend.env"
    path.write_text(env_lines(COMPLETE))

    assert COMPLETE.items() <= read_env_file(path).items()


def test_comments_exports_and_quotes_are_understood(tmp_path: Path) -> None:
    """As dotenv files are written."""
    path = tmp_path / "backend.env"
    path.write_text(
        "# ours\n\nexport METRICS_TOKEN='quoted'\n"
        + env_lines({k: v for k, v in COMPLETE.items() if k != "METRICS_TOKEN"})
    )

    assert read_env_file(path)["METRICS_TOKEN"] == "quoted"


def test_a_slash_behind_the_public_url_means_nothing(tmp_path: Path) -> None:
    """ENV-005 says so, and trials compare addresses with what lies below it."""
    path = tmp_path / "backend.env"
    path.write_text(env_lines({**COMPLETE, "PUBLIC_URL": "https://app.example.com/"}))

    assert read_env_file(path)["PUBLIC_URL"] == "https://app.example.com"


def test_all_missing_names_are_told_at_once(tmp_path: Path) -> None:
    """Blank counts as missing."""
    path = tmp_path / "backend.env"
    path.write_text(env_lines({**COMPLETE, "PUBLIC_URL": ""}).replace("METRICS_TOKEN", "X"))

    with pytest.raises(UsageError, match="lacks METRICS_TOKEN, PUBLIC_URL"):
        read_env_file(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"no equals sign", "Line 1 of"), (b"A=\xff", "UTF-8"), (None, "No such file")],
)
def test_a_file_that_cannot_be_understood(content: bytes | None, said: str, tmp_path: Path) -> None:
    """One sentence, no traceback."""
    path = tmp_path / "backend.env"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(UsageError, match=said):
        read_env_file(path)
