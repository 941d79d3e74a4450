"""The law: the contract's data, loaded, typed, ordered and linted."""

from billproof.law.ladder import ladder
from billproof.law.lint import lint
from billproof.law.loader import load_law
from billproof.law.model import (
    Capability,
    Clause,
    EnvironmentVariable,
    Label,
    Law,
    Level,
    LifecycleStage,
    MetricFamily,
    Operation,
    Plan,
    Tombstone,
    Unobservable,
)
from billproof.law.problem import Problem
from billproof.law.selection import select
from billproof.law.wire import load_wire

__all__ = [
    "Capability",
    "Clause",
    "EnvironmentVariable",
    "Label",
    "Law",
    "Level",
    "LifecycleStage",
    "MetricFamily",
    "Operation",
    "Plan",
    "Problem",
    "Tombstone",
    "Unobservable",
    "ladder",
    "lint",
    "load_law",
    "load_wire",
    "select",
]
