"""Snapshots: what was so stays so, however it is packed."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from billproof.sandbox.objects.snapshot import PACK_OF, Album, as_json

PLAIN = st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8"))
VALUES = st.recursive(PLAIN, lambda each: st.lists(each) | st.dictionaries(st.text("aé\n"), each))


def test_each_is_read_as_it_was_kept() -> None:
    """In any order, before and after its pack is full."""
    album = Album()
    kept = [album.keep({"number": number}) for number in range(3 * PACK_OF + 1)]

    for step in (1, -1, 7):
        assert [each.read()["number"] for each in kept[::step]] == list(range(len(kept)))[::step]


@settings(max_examples=50, deadline=None)
@given(st.lists(VALUES, min_size=1, max_size=5))
def test_whatever_is_kept_comes_back(values: list[object]) -> None:
    """Line breaks, integers beyond 64 bits, all of Unicode; also from a full pack."""
    album = Album()
    kept = [album.keep(value) for value in values * PACK_OF]

    assert [each.read() for each in kept] == values * PACK_OF


def test_it_shares_nothing() -> None:
    """Neither with what was kept nor with what was read before."""
    value = {"items": [1]}
    kept = Album().keep(value)

    value["items"].append(2)
    kept.read()["items"].append(3)

    assert kept.read() == {"items": [1]}


def test_half_a_surrogate_pair_is_written_as_a_question_mark() -> None:
    """There is no UTF-8 for it."""
    assert as_json(["\ud800", "😀"]) == '["?", "😀"]'.encode()
    assert as_json(["😀"]) == '["😀"]'.encode()
