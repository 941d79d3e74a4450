"""The law: the contract's data, loaded, typed and linted."""

from billproof.law.lint import Problem, lint
from billproof.law.loader import load_law
from billproof.law.model import (
    Capability,
    Clause,
    EnvironmentVariable,
    Label,
    Law,
    Level,
    MetricFamily,
    Operation,
    Plan,
    Tombstone,
    Unobservable,
)

__all__ = [
    "Capability",
    "Clause",
    "EnvironmentVariable",
    "Label",
    "Law",
    "Level",
    "MetricFamily",
    "Operation",
    "Plan",
    "Problem",
    "Tombstone",
    "Unobservable",
    "lint",
    "load_law",
]
