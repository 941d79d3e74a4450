"""Differences that are known and have a reason: the rows of `tolerated.yaml`, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.suite.fidelity.shapes import Difference


@dataclass(frozen=True)
class ObjectRow:
    """A member of a kind of object in which the sandbox and Stripe's document differ."""

    object: str
    field: str
    problem: str
    reason: str

    @property
    def difference(self) -> Difference:
        """What it tolerates."""
        return Difference(self.object, self.field, self.problem)


@dataclass(frozen=True)
class RequestRow:
    """A call that the sandbox and stripe-mock judge differently; `says` is in the refusal."""

    call: str
    accepted_by: str
    says: str
    reason: str


def objects() -> list[ObjectRow]:
    """The rows about objects."""
    return [ObjectRow(**row) for row in _rows()["objects"]]


def requests() -> list[RequestRow]:
    """The rows about calls."""
    return [RequestRow(**row) for row in _rows()["requests"]]


@cache
def _rows() -> dict[str, list[dict[str, Any]]]:
    text = Path(__file__).with_name("tolerated.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))
