"""What `docs/how-to/use-the-sandbox.md` shows is what happens."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import httpx

from billproof.sandbox.__main__ import parse
from billproof.sandbox.objects.cards import BY_NUMBER
from billproof.sandbox.objects.catalogue import read_plans
from tests.suite.house.tree import ROOT
from tests.suite.sandbox.conftest import running

TEXT = (ROOT / "docs" / "how-to" / "use-the-sandbox.md").read_text(encoding="utf-8")
OWN = "http://127.0.0.1:12111"


def blocks(language: str) -> list[str]:
    """The examples in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)


def test_its_program_runs() -> None:
    """All of its Python is one program; what it prints are pages that take a card."""
    with running() as url:
        program = "\n".join(blocks("python")).replace(OWN, url)
        said = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
        )

        assert said.returncode == 0, said.stderr
        checkout, portal = said.stdout.split()
        for page in (checkout, portal):
            assert "Card number" in httpx.get(page, follow_redirects=True).text


def test_its_command_is_understood() -> None:
    """With each option that the text names."""
    [line] = blocks("sh")
    named = re.findall(r"`(--[^`]+)`", TEXT)
    more = [word for option in named if " " in option for word in shlex.split(option)]

    options = parse([*shlex.split(line)[2:], *more])

    assert options.webhook_secret == "whsec_mine"
    assert (options.host, options.advertise) == ("0.0.0.0", "http://stripe:12111")  # noqa: S104
    assert str(options.state) == "sandbox.sqlite"


def test_its_prices_are_read(tmp_path: Path) -> None:
    """The file that it shows is a catalogue."""
    [shown] = blocks("json")
    file = tmp_path / "plans.json"
    file.write_text(shown)

    assert [plan.price for plan in read_plans(file)] == ["price_gold"]


def test_its_cards_are_known() -> None:
    """Every number of the table."""
    numbers = re.findall(r"^\| ([\d ]{19}) \|", TEXT, re.MULTILINE)

    assert len(numbers) == 6
    assert {number.replace(" ", "") for number in numbers} <= set(BY_NUMBER)
