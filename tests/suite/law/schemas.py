"""JSON Schemas of the tables, made from their models: `python -m tests.suite.law.schemas`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from billproof.law.forms import FORMS
from billproof.suite import suite_root


def text(name: str) -> str:
    """The schema of a file of the contract."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:billproof:{Path(name).stem}:1",
        "title": f"contracts/{name}.yaml",
        **_without_titles(FORMS[name].model_json_schema()),
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _without_titles(schema: Any) -> Any:
    """What pydantic adds as titles are the names of members once more."""
    if isinstance(schema, list):
        return [_without_titles(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    titled = isinstance(schema.get("title"), str)
    return {
        name: _without_titles(value)
        for name, value in schema.items()
        if not (titled and name == "title")
    }


def file(name: str) -> Path:
    """Where it is kept."""
    return suite_root() / "contracts" / f"{name}.schema.json"


if __name__ == "__main__":
    for name in FORMS:
        file(name).write_text(text(name), encoding="utf-8")
