"""ctrf.json, as readers of the Common Test Report Format expect it."""

from __future__ import annotations

import json
from typing import Any

from jsonschema import Draft202012Validator

from billproof.reports.ctrf import ctrf
from tests.suite.machine.published import report

COUNTS = ("tests", "passed", "failed", "skipped", "pending", "other", "start", "stop")
TEXT, WHOLE = {"type": "string"}, {"type": "integer", "minimum": 0}
STATUS = {"enum": ["passed", "failed", "skipped", "pending", "other"]}


def closed(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    """An object with these members and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


TEST = closed(
    {
        "name": {"type": "string", "minLength": 1},
        "status": STATUS,
        "duration": WHOLE,
        "suite": {"type": "array", "minItems": 1, "items": TEXT},
        "tags": {"type": "array", "items": TEXT},
        "extra": {"type": "object"},
        **dict.fromkeys(("message", "trace", "rawStatus", "type", "filePath"), TEXT),
    },
    *("name", "status", "duration"),
)
SCHEMA = closed(
    {
        "reportFormat": {"const": "CTRF"},
        "specVersion": {"type": "string", "pattern": r"^\d+\.\d+\.\d+$"},
        "generatedBy": TEXT,
        "results": closed(
            {
                "tool": closed({"name": TEXT, "version": TEXT}, "name"),
                "summary": closed(dict.fromkeys(COUNTS, WHOLE), *COUNTS),
                "tests": {"type": "array", "items": TEST},
                "extra": {"type": "object"},
            },
            *("tool", "summary", "tests"),
        ),
    },
    *("reportFormat", "specVersion", "results"),
)
"""As much of the format as we use; its own schema (ctrf.io) has all members closed, too."""


def document() -> dict[str, Any]:
    """The file of a run that went every way that one can go."""
    read: dict[str, Any] = json.loads(ctrf(report()))
    return read


def test_it_keeps_the_formats_schema() -> None:
    """No member that readers would refuse, none missing."""
    Draft202012Validator(SCHEMA).validate(document())


def test_counts_are_those_of_the_tests() -> None:
    """What was not shown counts as failed: readers take everything else for harmless."""
    run = document()["results"]
    counts = {name: run["summary"][name] for name in COUNTS[:6]}

    assert counts == dict(zip(COUNTS, (16, 2, 9, 5, 0, 0), strict=False))
    statuses = [test["status"] for test in run["tests"]]
    assert [statuses.count(name) for name in ("passed", "failed", "skipped")] == [2, 9, 5]
    assert run["summary"]["stop"] - run["summary"]["start"] == 12_500


def test_a_failing_clause_says_why_and_shows_the_exchange() -> None:
    """Its verdict stands in `rawStatus`."""
    (test,) = [
        each for each in document()["results"]["tests"] if each["name"].startswith("CHK-001")
    ]

    assert (test["status"], test["rawStatus"], test["suite"]) == (
        *("failed", "fail"),
        ["billproof", "checkout"],
    )
    assert test["message"] == "status of POST /checkout: expected 201, got 500"
    assert "500 after 0.012 s" in test["trace"]
    assert test["extra"]["again"] == "billproof verify --only CHK-001 --seed 7"
