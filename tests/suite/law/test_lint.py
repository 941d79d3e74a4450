"""The linter: the real contract has no fault, and each kind of fault is found."""

from __future__ import annotations

from typing import Any

import pytest

from billproof.law import (
    Capability,
    Clause,
    EnvironmentVariable,
    Label,
    Law,
    MetricFamily,
    Operation,
    Tombstone,
    lint,
    load_wire,
)
from billproof.law.files import lint_suite

WIRE = load_wire()


def test_the_real_contract_has_no_fault() -> None:
    """Form, wording, needs, capabilities, wire, catalogue, environment and metrics."""
    assert lint_suite() == []


def test_the_real_contract_is_all_there(law: Law) -> None:
    """A linter that is shown nothing finds nothing."""
    assert len(law.clauses) >= 82
    assert len(WIRE) == 14
    assert {len(law.plans), len(law.environment), len(law.metrics)} == {4, 10, 5}


def with_clause(law: Law, clause_id: str = "AUT-002", **changes: Any) -> Law:
    """The law with one clause changed."""
    clauses = [
        Clause.model_validate({**one.model_dump(), **changes}) if one.id == clause_id else one
        for one in law.clauses
    ]
    return law.model_copy(update={"clauses": tuple(clauses)})


def found(law: Law, wire: tuple[Operation, ...] = WIRE) -> list[str]:
    """What the linter says, as lines."""
    return [str(problem) for problem in lint(law, wire)]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"text": f"{'x' * 140}."}, "AUT-002: text has 141 characters, 140 at most"),
        ({"text": "It is 401"}, "AUT-002: text is not one line that ends with a full stop"),
        ({"text": "It is\n401."}, "AUT-002: text is not one line that ends with a full stop"),
        ({"text": "It is 401. It stays."}, "AUT-002: text is more than one sentence"),
        ({"text": "It should be 401."}, "AUT-002: text says 'should': the level says how"),
        ({"text": "It Must be 401."}, "AUT-002: text says 'Must': the level says how"),
        ({"text": "Test that it is 401."}, "AUT-002: text says 'Test that': a clause states"),
        ({"text": "It is 401, 403, etc."}, "AUT-002: text says 'etc': name all that is meant"),
        ({"text": "It is properly refused."}, "AUT-002: text says 'properly': say what"),
        ({"why": "harm"}, "AUT-002: why is not a sentence"),
        ({"hint": "code"}, "AUT-002: hint is not a sentence"),
        ({"needs": ("AUT-999",)}, "AUT-002: needs AUT-999, which is no clause"),
        ({"needs": ("AUT-002",)}, "AUT-002: needs itself"),
        ({"id": "AUT-001"}, "AUT-001: id is used more than once"),
        ({"id": "AUT-900"}, "AUT: clauses are not in order of their ids"),
        ({"id": "XXX-001"}, "XXX-001: prefix does not belong to capability core"),
        ({"capability": "portal"}, "AUT-002: prefix does not belong to capability portal"),
    ],
)
def test_a_fault_of_a_clause_is_found(law: Law, changes: dict[str, Any], problem: str) -> None:
    """By its id, with what is wrong."""
    assert any(line.startswith(problem) for line in found(with_clause(law, **changes)))


def test_a_text_of_140_characters_is_no_fault(law: Law) -> None:
    """The limit itself is allowed."""
    assert found(with_clause(law, text=f"{'x' * 139}.")) == []


def test_needs_that_go_round_are_found(law: Law) -> None:
    """The whole way is told."""
    circle = with_clause(law, "AUT-001", needs=("AUT-002",))

    (line,) = found(circle)

    assert "needs itself by way of" in line
    assert {"AUT-001", "AUT-002"} <= set(line.replace(":", "").split())


def test_a_retired_id_is_never_used_again(law: Law) -> None:
    """A tombstone keeps its id."""
    grave = Tombstone(id="AUT-002", retired="1.1", reason="It was wrong.")

    assert found(law.model_copy(update={"tombstones": (grave,)})) == [
        "AUT-002: id is used more than once, or was retired"
    ]


def test_two_clauses_that_say_the_same_are_found(law: Law) -> None:
    """Whatever their ids."""
    same = law.clause("AUT-001").text

    assert found(with_clause(law, text=same)) == [f"{same}: two clauses say the same"]


def with_capability(law: Law, which: str, **changes: Any) -> Law:
    """The law with one capability changed."""
    capabilities = [
        Capability.model_validate({**one.model_dump(), **changes}) if one.name == which else one
        for one in law.capabilities
    ]
    return law.model_copy(update={"capabilities": tuple(capabilities)})


def test_a_prefix_belongs_to_one_capability(law: Law) -> None:
    """Or `--only` and `--capabilities` would disagree."""
    doubled = with_capability(law, "invoices", prefixes=("INV", "DEV"))

    assert "capabilities.yaml: prefix DEV belongs to two capabilities" in found(doubled)


def test_core_is_always_there(law: Law) -> None:
    """Every backend has it."""
    assert "capabilities.yaml: there is no capability core" in found(
        with_capability(law, "core", name="centre")
    )


def test_capabilities_and_the_wire_name_the_same_operations(law: Law) -> None:
    """Both ways; a wire that is not there is not missed."""
    moved = Operation(id="createPortal", method="GET", path="/portal")
    changed = with_capability(law, "portal", operations=(moved.model_dump(),))

    assert found(changed) == [
        "capabilities.yaml: createPortal is not so in openapi.yaml",
        "capabilities.yaml: createPortal belongs to no capability",
    ]
    assert found(changed, ()) == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"key": "pro"}, "plans.json: two plans have the key pro"),
        ({"rank": 2}, "plans.json: two plans have the rank 2"),
        ({"price": "price_billproof_pro"}, "plans.json: two plans have the price"),
        ({"price": None}, "plans.json: basic: free alone has no price"),
        ({"amount": 0}, "plans.json: basic: free alone has no price"),
    ],
)
def test_a_fault_of_the_catalogue_is_found(law: Law, changes: dict[str, Any], problem: str) -> None:
    """Keys, ranks and prices tell plans apart, and free is free."""
    plans = [one.model_copy(update=changes) if one.key == "basic" else one for one in law.plans]

    lines = found(law.model_copy(update={"plans": tuple(plans)}))

    assert any(line.startswith(problem) for line in lines)


def variable(**changes: Any) -> EnvironmentVariable:
    """A further variable, sound but for the changes."""
    sound = {"name": "FURTHER", "required": False, "secret": False, "text": "x.", "format": "x."}
    return EnvironmentVariable.model_validate(
        {**sound, "pattern": r"\d+", "example": "1", "blank": "x.", **changes}
    )


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"name": "PORT"}, "PORT is listed more than once"),
        ({"example": "x1"}, "FURTHER: the example does not agree with the pattern"),
        ({"pattern": "("}, "FURTHER: the pattern is no regular expression"),
    ],
)
def test_a_fault_of_the_environment_is_found(
    law: Law, changes: dict[str, Any], problem: str
) -> None:
    """A sound variable beside it is none."""
    sound = law.model_copy(update={"environment": (*law.environment, variable())})
    broken = law.model_copy(update={"environment": (*law.environment, variable(**changes))})

    assert found(sound) == []
    assert [problem in line for line in found(broken)] == [True]


def family(**changes: Any) -> MetricFamily:
    """A further family, sound but for the changes."""
    sound: dict[str, Any] = {
        "name": "further_total",
        "type": "counter",
        "capability": "core",
        "labels": (Label(name="kind", values=("a", "b")),),
        "moves": ("x.",),
        "never": ("x.",),
    }
    return MetricFamily.model_validate({**sound, **changes})


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"name": "further"}, "further: a counter's name ends in _total"),
        ({"name": "miniapp_portal_open_total"}, "is listed more than once"),
        ({"capability": "sales"}, "further_total: no capability sales"),
        ({"labels": (Label(name="kind"),)}, "further_total: kind has no closed list"),
        ({"labels": (Label(name="kind", values=("a", "a")),)}, "has a value more than once"),
    ],
)
def test_a_fault_of_the_metrics_is_found(law: Law, changes: dict[str, Any], problem: str) -> None:
    """A sound family beside it is none."""
    sound = law.model_copy(update={"metrics": (*law.metrics, family())})
    broken = law.model_copy(update={"metrics": (*law.metrics, family(**changes))})

    assert found(sound) == []
    assert [problem in line for line in found(broken)] == [True]
