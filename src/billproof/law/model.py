"""What the files of contracts/ say, as frozen values; unknown members are refused."""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from typing import Literal

from pydantic import Field

from billproof.law.frozen import Frozen
from billproof.law.pages import Page
from billproof.law.tables import Tables


class Level(StrEnum):
    """RFC 2119's words: MUST fails, SHOULD warns, MAY informs."""

    MUST = "MUST"
    SHOULD = "SHOULD"
    MAY = "MAY"


class Clause(Frozen):
    """One sentence that can be observed from outside."""

    id: str = Field(pattern=r"^[A-Z]{3}-\d{3}$")
    level: Level
    capability: str
    since: str = Field(pattern=r"^\d+\.\d+$")
    text: str
    why: str
    hint: str
    needs: tuple[str, ...] = ()
    """When one of these fails, this one is blocked, not failed."""
    needs_start: bool = False
    """Can be seen only on a backend that we start."""
    exclusive: bool = False
    """Its trials run alone, after all others."""
    defects: tuple[str, ...] = ()
    """Public reports of this kind of defect, as `owner/repository#number`."""
    rows: tuple[str, ...] = ()
    """Rows of the tables that it speaks of, as `billproof.law.rows` has their names."""


class Tombstone(Frozen):
    """A retired clause: its id is never used again."""

    id: str = Field(pattern=r"^[A-Z]{3}-\d{3}$")
    retired: str
    """The contract version that dropped it."""
    reason: str


class Operation(Frozen):
    """An operation of openapi.yaml."""

    id: str
    method: Literal["GET", "POST", "DELETE"]
    path: str


class Capability(Frozen):
    """A part of the contract that a backend may declare; `core` is always there."""

    name: str
    prefixes: tuple[str, ...]
    text: str
    operations: tuple[Operation, ...]


class Plan(Frozen):
    """An entry of the catalogue; `amount` counts minor units of `currency` (ISO 4217)."""

    key: str
    price: str | None
    amount: int = Field(ge=0)
    currency: str = Field(pattern=r"^[a-z]{3}$")
    interval: Literal["month", "year"] | None
    trial_days: int = Field(ge=0)
    device_limit: int = Field(ge=1)
    rank: int = Field(ge=0)


class LifecycleStage(Frozen):
    """What a backend does when it starts, becomes ready and stops."""

    name: Literal["start", "ready", "stop"]
    within_seconds: int | None
    text: str


class EnvironmentVariable(Frozen):
    """A value that a backend is started with."""

    name: str = Field(pattern=r"^[A-Z][A-Z_]*$")
    required: bool
    secret: bool
    text: str
    format: str
    """What a value that is not malformed looks like."""
    pattern: str | None = None
    """As much of the format as a regular expression can say, for the whole value."""
    example: str
    blank: str
    """What a blank or missing value does."""


class Label(Frozen):
    """A label of a metric, with its closed list of values or where that list is found."""

    name: str
    values: tuple[str, ...] = ()
    values_from: Literal["paid plans"] | None = None


class MetricFamily(Frozen):
    """A Prometheus family, and when exactly it moves."""

    name: str
    type: Literal["counter"]
    capability: str
    """Whoever declares it exposes the family."""
    labels: tuple[Label, ...] = ()
    moves: tuple[str, ...]
    never: tuple[str, ...]


class Unobservable(Frozen):
    """A rule that no black box can see, listed with the reason."""

    text: str
    reason: str


class Law(Frozen):
    """The whole contract but for the wire."""

    clauses: tuple[Clause, ...]
    tombstones: tuple[Tombstone, ...]
    capabilities: tuple[Capability, ...]
    plans: tuple[Plan, ...]
    stages: tuple[LifecycleStage, ...] = ()
    environment: tuple[EnvironmentVariable, ...]
    metrics: tuple[MetricFamily, ...]
    unobservable: tuple[Unobservable, ...]
    tables: Tables
    pages: tuple[Page, ...]

    @cached_property
    def by_id(self) -> dict[str, Clause]:
        """The clauses by their ids."""
        return {clause.id: clause for clause in self.clauses}

    def clause(self, clause_id: str) -> Clause:
        """The clause of this id; KeyError when the contract has none."""
        return self.by_id[clause_id]

    def closure(self, clause_ids: set[str]) -> set[str]:
        """These clauses and all that they need, transitively."""
        found: set[str] = set()
        waiting = list(clause_ids)
        while waiting:
            clause_id = waiting.pop()
            if clause_id not in found:
                found.add(clause_id)
                waiting += self.clause(clause_id).needs
        return found

    def plan(self, key: str) -> Plan:
        """The plan of this key; KeyError when the catalogue has none."""
        return {plan.key: plan for plan in self.plans}[key]
