"""results.json and its published schema."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from billproof.verdicts import schema
from billproof.verdicts.results import (
    ClauseResult,
    ContractIdentity,
    Fault,
    Results,
    Shown,
    SuiteIdentity,
    TargetIdentity,
)
from billproof.verdicts.summary import summarise
from billproof.verdicts.verdict import Verdict


def example() -> Results:
    """A result that uses every part of the format."""
    finding = Shown(what="status", expected="201", got="500", code="")
    fail = ClauseResult(
        id="CHK-001",
        level="MUST",
        capability="checkout",
        verdict=Verdict.FAIL,
        seconds=0.25,
        tests=["tests/api/t.py::test_x"],
        checks=["status"],
        finding=finding,
    )
    blocked = ClauseResult(
        id="CHK-006",
        level="MUST",
        capability="checkout",
        verdict=Verdict.BLOCKED,
        blocked_by=["CHK-001"],
    )
    return Results(
        suite=SuiteIdentity(version="0.1.0"),
        contract=ContractIdentity(version="1.0", clauses="abc", total=83),
        target=TargetIdentity(kind="url", name="http://127.0.0.1:8000", capabilities=["core"]),
        seed=7,
        command="billproof verify http://127.0.0.1:8000 --seed 7",
        started=datetime(2026, 11, 28, 9, 30, tzinfo=UTC),
        seconds=12.5,
        summary=summarise([fail, blocked], [Fault(code=3, reason="gone")], partial=False),
        clauses=[fail, blocked],
    )


def test_the_published_schema_is_that_of_the_models() -> None:
    """`python -m billproof.verdicts.schema` was run after the last change."""
    assert schema.PATH.read_text(encoding="utf-8") == schema.text()


def test_results_satisfy_the_schema_and_nonsense_does_not() -> None:
    """The file that is written is the file that is described."""
    published = json.loads(schema.PATH.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(published)
    validator = Draft202012Validator(published)
    document = json.loads(example().model_dump_json())

    validator.validate(document)

    document["summary"].pop("conforms")
    with pytest.raises(ValidationError):
        validator.validate(document)


def test_the_top_level_is_what_readers_were_promised() -> None:
    """The names of the design, in its order, and what came since."""
    document = json.loads(example().model_dump_json())

    assert list(document) == [
        *("schema_version", "suite", "contract", "target", "seed", "command", "shard"),
        *("started", "seconds", "unclaimed", "summary", "clauses"),
    ]
    assert {"id", "level", "capability", "verdict", "seconds", "tests", "checks"} <= set(
        document["clauses"][0]
    )
