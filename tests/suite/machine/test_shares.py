"""Mutants in parts: together they are all, and none is in two."""

from __future__ import annotations

import pytest

from billproof.errors import UsageError
from billproof.mutants.shares import (
    SHARE_VARIABLE,
    WHOLE,
    folded,
    left_for_other_turns,
    share_of,
)

ALL = list(range(10))


def test_shares_are_all_of_them_and_each_once() -> None:
    """And nearly alike in size."""
    shares = [share_of(ALL, f"{number}/4") for number in (1, 2, 3, 4)]

    assert sorted(one for share in shares for one in share) == ALL
    assert {len(share) for share in shares} == {2, 3}
    assert share_of(ALL, WHOLE) == ALL


@pytest.mark.parametrize("text", ["", "0/4", "5/4", "1/0", "a/b", "1", "-1/4"])
def test_what_is_no_share_is_refused(text: str) -> None:
    """With the form that it has."""
    with pytest.raises(UsageError, match="2/4"):
        share_of(ALL, text)


def test_fewer_parts_take_the_same_turns() -> None:
    """Each comes, and the whole stays whole."""
    assert [folded(f"{turn}/6", 3) for turn in range(1, 7)] == ["1/3", "2/3", "3/3"] * 2
    assert folded(WHOLE, 3) == WHOLE


def test_what_is_left_comes_in_other_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of three parts the second is kept in the turns 2 and 5; without a turn nothing is left."""
    monkeypatch.delenv(SHARE_VARIABLE, raising=False)
    assert left_for_other_turns(ALL, 3) == []

    for turn in ("2/6", "5/6"):
        monkeypatch.setenv(SHARE_VARIABLE, turn)
        assert left_for_other_turns(ALL, 3) == [0, 2, 3, 5, 6, 8, 9]
