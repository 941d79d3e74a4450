"""Which clause a trial judges."""

from __future__ import annotations

import pytest


def clause(clause_id: str) -> pytest.MarkDecorator:
    """Mark a trial as judging the clause `clause_id`, e.g. `@clause("CHK-006")`."""
    return pytest.mark.clause(clause_id)
