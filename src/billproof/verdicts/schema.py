"""The published JSON Schema of `results.json`; `python -m billproof.verdicts.schema` writes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from billproof.verdicts.results import SCHEMA_VERSION, Results

PATH = Path(__file__).with_name("results.schema.json")


def schema() -> dict[str, Any]:
    """The schema that follows from the models: what a reader may rely on."""
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:billproof:results:{SCHEMA_VERSION}",
    }
    return head | Results.model_json_schema(mode="serialization")


def text() -> str:
    """The file's content."""
    return json.dumps(schema(), indent=2) + "\n"


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
