"""A run in parts."""

from __future__ import annotations

import pytest

from billproof.errors import UsageError
from billproof.law import Law, load_law
from billproof.shard import Shard, parse_shard
from billproof.verify.selection import Selection, select
from billproof.verify.shards import part, share


@pytest.fixture(scope="module")
def law() -> Law:
    """The contract."""
    return load_law()


@pytest.fixture(scope="module")
def whole(law: Law) -> Selection:
    """All of it."""
    return select(law, (), None)


@pytest.mark.parametrize("parts", [1, 2, 4, 7])
def test_each_clause_has_one_part(law: Law, whole: Selection, parts: int) -> None:
    """None is lost and none is twice, and the same clauses are parted in the same way."""
    shares = share(law, whole.clauses, parts)

    assert sum(map(len, shares)) == len(whole.clauses)
    assert set().union(*shares) == {clause.id for clause in whole.clauses}
    assert shares == share(law, tuple(whole.clauses), parts)


def test_parts_are_about_as_much_work(law: Law, whole: Selection) -> None:
    """No part has twice the clauses of another, but for the exclusive ones' weight."""
    sizes = sorted(map(len, share(law, whole.clauses, 4)))

    assert sizes[-1] < 2 * sizes[0]


@pytest.mark.parametrize("parts", [2, 3, 8])
def test_exclusive_clauses_never_share_a_backend(law: Law, whole: Selection, parts: int) -> None:
    """They are all in one part, with the needs of the others in none of these."""
    exclusive = {clause.id for clause in law.clauses if clause.exclusive}
    judged = [
        {clause.id for clause in part(law, whole, Shard(n, parts), needs=True).clauses}
        for n in range(1, parts + 1)
    ]

    assert exclusive
    assert [ids & exclusive for ids in judged if ids & exclusive] == [exclusive]


def test_a_part_brings_what_it_needs_and_says_nothing_about_the_whole(
    law: Law, whole: Selection
) -> None:
    """So that blocked is blocked in every part."""
    chosen = part(law, whole, Shard(2, 4), needs=True)
    alone = part(law, whole, Shard(2, 4), needs=False)

    ids = {clause.id for clause in chosen.clauses}
    assert ids == law.closure({clause.id for clause in alone.clauses})
    assert {*chosen.needed} == ids - {clause.id for clause in alone.clauses}
    assert chosen.partial
    assert list(ids) != [clause.id for clause in alone.clauses]


def test_a_part_of_what_was_named_is_of_that_alone(law: Law) -> None:
    """`--only` and `--shard` together."""
    named = select(law, ("AUT-*",), None)

    parts = [part(law, named, Shard(n, 2), needs=False).clauses for n in (1, 2)]

    assert sum(map(len, parts)) == len(named.clauses)


@pytest.mark.parametrize("text", ["", "1", "0/2", "3/2", "1/0", "a/b", "-1/2", "1/2/3"])
def test_what_is_no_shard_is_refused(text: str) -> None:
    """With an example of one."""
    with pytest.raises(UsageError, match=r"is no shard\. The second of four is --shard 2/4\."):
        parse_shard(text)


def test_an_empty_part_is_refused(law: Law) -> None:
    """A job that judges nothing is a mistake in the matrix."""
    one = select(law, ("AUT-001",), None)

    with pytest.raises(UsageError, match=r"Shard 2/2 is empty: there are 1 clauses\."):
        part(law, one, Shard(2, 2), needs=True)
