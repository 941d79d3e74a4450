"""The baseline as a file that people edit."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from billproof.errors import UsageError
from billproof.verdicts.baseline import Entry
from billproof.verdicts.baseline_file import HEAD, Baseline, read_baseline

TWO = """\
# ours
- clause: WHK-004
  reason: >
    doubled events;
    ticket 7
  owner: Ada   # team billing

# the next one
- {clause: AUT-001, reason: slow, owner: Bo, expires: 2027-01-31, flaky: true}
"""


def read(folder: Path, text: str) -> Baseline:
    """What is read from a file with this text."""
    file = folder / "b.yaml"
    file.write_text(text, encoding="utf-8")
    return read_baseline(file)


def test_entries_are_read(tmp_path: Path) -> None:
    """With comments and every style of YAML."""
    read_ = read(tmp_path, TWO)

    assert read_.entries == (
        Entry(clause="WHK-004", reason="doubled events; ticket 7", owner="Ada"),
        Entry(clause="AUT-001", reason="slow", owner="Bo", expires=date(2027, 1, 31), flaky=True),
    )
    assert read_.lines == (2, 9)


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "[]\n"])
def test_a_file_without_entries_is_one(text: str, tmp_path: Path) -> None:
    """Nothing is known to fail."""
    assert read(tmp_path, text).entries == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("clause: WHK-004\n", r"line 1: a baseline is a list of entries\."),
        ("- WHK-004\n", r"line 1: this is no entry\."),
        ("- clause: WHK-004\n  reason: x\n", r"line 1: owner is missing\."),
        ("- clause: WHK-004\n  reason: ' '\n  owner: x\n", r"line 2: reason is blank\."),
        ("\n- reason: x\n  owner: x\n  clause: 4\n", r"line 4: clause is wrong: input should be"),
        ("- clause: whk-4\n  reason: x\n  owner: x\n", r"line 1: clause is no id of a clause"),
        ("- clause: WHK-004\n  reason: x\n  owner: x\n  until: 1\n", r"line 4: until is not known"),
        (
            "- clause: WHK-004\n  reason: x\n  owner: x\n  expires: soon\n",
            r"line 4: expires is wrong: .*date",
        ),
        (
            "- clause: WHK-004\n  reason: x\n  owner: x\n  flaky: perhaps\n",
            r"line 4: flaky is wrong: .*bool",
        ),
        (
            "- clause: WHK-004\n  reason: x\n  owner: x\n  reason: y\n",
            r"line 4: reason stands there a second time\.",
        ),
        (
            "- {clause: WHK-004, reason: x, owner: x}\n- {clause: WHK-004, reason: x, owner: x}\n",
            r"line 2: WHK-004 stands on line 1 already\.",
        ),
        (
            "[{clause: WHK-004, reason: x, owner: x}, {clause: WHK-005, reason: x, owner: x}]",
            r"line 1: two entries share a line",
        ),
        ("- clause: 'x\n", r"line 2: found unexpected end of stream\."),
        ("- !!python/name:os.system x\n", r"line 1: this is no entry\."),
        ("- ? [a]\n  : b\n", r"line 1: this is no name\."),
        ("- clause: !x WHK-004\n", r"line 1: it holds more than plain values\."),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, said: str, tmp_path: Path) -> None:
    """And with what an entry looks like."""
    with pytest.raises(UsageError, match=said) as caught:
        read(tmp_path, text)

    assert "An entry has a clause, a reason and an owner" in str(caught.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """A typo in its name must not mean that nothing is known."""
    with pytest.raises(UsageError, match=r"cannot be read: No such file.*baseline write` makes"):
        read_baseline(tmp_path / "none.yaml")


def test_entries_are_taken_out_and_all_else_stays(tmp_path: Path) -> None:
    """Comments of others included, to the letter."""
    both = read(tmp_path, TWO)

    assert both.without({"AUT-001"}) == TWO.rpartition("- {")[0]
    assert both.without({"WHK-004"}) == "# ours\n\n# the next one\n" + TWO[TWO.index("- {") :]
    assert both.without({"WHK-004", "AUT-001"}) == "# ours\n\n# the next one\n"
    assert both.without({"SUB-001"}) == TWO


def test_entries_are_added_at_the_end(tmp_path: Path) -> None:
    """What is written can be read, whatever the words are."""
    new = Entry(clause="SUB-001", reason="no: 'quotes' #7 é", owner="Bo", expires=date(2027, 2, 1))
    both = read(tmp_path, TWO.rstrip("\n"))

    assert read(tmp_path, both.plus([new])).entries == (*both.entries, new)
    assert Baseline("").plus([]) == HEAD
    assert read(tmp_path, Baseline("").plus([new])).entries == (new,)
    assert Baseline("").plus([new]).startswith(f"{HEAD}- clause: SUB-001\n  reason: ")
