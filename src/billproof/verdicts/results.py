"""`results.json`: the result of a run as other programs read it.

Its JSON Schema is `results.schema.json` beside this file; both change together, and
with them `SCHEMA_VERSION`.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from billproof.run.record import Finding
from billproof.verdicts.verdict import Verdict

SCHEMA_VERSION: Literal["1.3"] = "1.3"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Shown(_Part):
    """Why a clause did not pass, in words."""

    what: str
    expected: str
    got: str
    code: str

    @classmethod
    def of(cls, finding: Finding) -> Shown:
        """The part of a finding that belongs in a published result."""
        what, expected, got = finding.what, finding.expected, finding.got
        return cls(what=what, expected=expected, got=got, code=finding.code)


class Known(_Part):
    """What the baseline says of a clause."""

    reason: str
    owner: str
    expires: date | None = None


class ClauseResult(_Part):
    """One clause after the run."""

    id: str
    level: str
    capability: str
    verdict: Verdict
    seconds: float = 0
    tests: list[str] = []
    checks: list[str] = []
    finding: Shown | None = None
    blocked_by: list[str] = []
    known: Known | None = None
    text: str = ""
    """The clause's own sentence; the next three are the contract's words on it, too."""
    why: str = ""
    hint: str = ""
    defects: list[str] = []
    """Public reports of this kind of defect, as `owner/repository#number`."""
    again: str = ""
    """The command that judges this clause again, in the same way."""


class SuiteIdentity(_Part):
    """Which suite judged."""

    name: Literal["billproof"] = "billproof"
    version: str
    browser: str | None = None
    """What looked at the pages, with its version; None where nothing did."""


class ContractIdentity(_Part):
    """By which contract: its version, a digest of its clauses, and how many they are."""

    version: str
    clauses: str
    total: int


class TargetIdentity(_Part):
    """What was judged, without any secret."""

    kind: Literal["app", "command", "url"]
    name: str
    capabilities: list[str]
    contract: str | None = None
    """The version that it claims; None is the newest, and nothing is kept out."""


class Fault(_Part):
    """Why the run as a whole is not sound: usage, environment, baseline or suite."""

    code: Literal[2, 3, 4, 5]
    reason: str


class Summary(_Part):
    """The verdict on the backend."""

    conforms: bool | None
    """None for a run of a part, which says nothing about the whole."""
    exit_code: int
    counts: dict[Verdict, int]
    """Each verdict, those of none included."""
    faults: list[Fault] = []


class Results(_Part):
    """The whole file."""

    schema_version: Literal["1.3"] = SCHEMA_VERSION
    suite: SuiteIdentity
    contract: ContractIdentity
    target: TargetIdentity
    seed: int
    command: str
    """What repeats the whole run, from the same folder."""
    shard: str | None = None
    """`2/4` is the second part of four; None is a run in one piece, or in all of its parts."""
    started: datetime
    """UTC; with the seconds of the clauses and `seconds` all that two like runs differ in."""
    seconds: float
    unclaimed: list[str] = []
    """Capabilities that are there, though they are not declared: not judged, only noted."""
    summary: Summary
    clauses: list[ClauseResult]
