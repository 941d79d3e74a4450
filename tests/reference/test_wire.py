"""The wire is what openapi.yaml says: generated, committed, and fresh."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from reference_impl.wire import generate
from reference_impl.wire.operations import OPERATIONS

WIRE = Path(generate.__file__).parent
CONTRACT = Path(__file__).parents[2] / "openapi.yaml"


@pytest.mark.parametrize(
    ("make", "name"),
    [(generate.models, "models.py"), (generate.operations, "operations.py")],
    ids=["models", "operations"],
)
def test_what_is_committed_is_fresh(
    make: Callable[[Path], None], name: str, tmp_path: Path
) -> None:
    """`python reference_impl/wire/generate.py` would write the same."""
    shutil.copy(CONTRACT.parent / "pyproject.toml", tmp_path)  # says how long a line may be

    make(tmp_path / name)

    assert (tmp_path / name).read_text() == (WIRE / name).read_text()


def test_another_contract_is_another_wire(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is generated follows the contract: a field more there is a field more here."""
    document = yaml.safe_load(CONTRACT.read_text())
    document["components"]["schemas"]["Portal"]["properties"]["planted"] = {"type": "string"}
    document["paths"]["/livez"]["get"]["operationId"] = "plantedOperation"
    (tmp_path / "openapi.yaml").write_text(yaml.safe_dump(document, sort_keys=False))
    monkeypatch.setattr(generate, "CONTRACT", tmp_path / "openapi.yaml")

    generate.models(tmp_path / "models.py")
    generate.operations(tmp_path / "operations.py")

    assert "    planted: " in (tmp_path / "models.py").read_text()
    assert '    "plantedOperation": Operation(' in (tmp_path / "operations.py").read_text()


def test_every_operation_is_in_the_table() -> None:
    """By its operationId, with its method and path."""
    document = yaml.safe_load(CONTRACT.read_text())
    told = {
        operation["operationId"]: (method.upper(), path)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }

    assert {name: (one.method, one.path) for name, one in OPERATIONS.items()} == told
