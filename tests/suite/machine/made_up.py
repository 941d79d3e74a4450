"""A mutant that there is not, for tests of the machinery."""

from __future__ import annotations

from billproof.mutants.catalogue import Mutant

MUTANT = Mutant(
    id="late-init-data-accepted",
    breaks=["AUT-004"],
    file="reference_impl/who.py",
    anchor="age > DAY",
    replacement="age > WEEK",
    sentence="Old init data is accepted.",
    source="made up for this test",
)
