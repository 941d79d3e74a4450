"""Malformed calls, made from the table: an unknown parameter, and a wrong value for each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import httpx

from billproof.sandbox.api import schema
from billproof.sandbox.api.operations import OPERATIONS, Operation
from tests.suite.fidelity.exchanges import Exchange
from tests.suite.fidelity.stripe_mock.oracle import FORM

WRONG = "not-of-this-type"
"""No integer, no boolean, no decimal, no choice, no list and no object."""


def probes(sandbox: httpx.Client) -> Iterator[Exchange]:
    """Each malformed call, and what the sandbox answers."""
    for operation in OPERATIONS:
        tree = schema.trees()[operation.call]
        yield _sent(operation, {"billproof_unknown": "1"}, sandbox)
        for name in sorted(tree):
            if _refuses_words(tree[name]):
                yield _sent(operation, {name.rstrip("!"): WRONG}, sandbox)


def _refuses_words(kind: Any) -> bool:
    """Whether the parameter's type excludes a text."""
    if isinstance(kind, dict) and "|" in kind:
        return all(_refuses_words(each) for each in kind["|"] if each != "")
    return kind not in ("s", "any", "")


def _sent(operation: Operation, form: dict[str, str], sandbox: httpx.Client) -> Exchange:
    path, text = operation.path.replace("{id}", "id_of_nothing"), urlencode(form)
    reads = operation.method == "GET"
    answer = sandbox.request(
        operation.method,
        f"{path}?{text}" if reads else path,
        content=None if reads else text.encode(),
        headers={"Content-Type": FORM},
    )
    return Exchange(
        method=operation.method,
        path=path,
        query=text if reads else "",
        form="" if reads else text,
        type=FORM,
        version=None,
        key="Bearer sk_test_probe",
        status=answer.status_code,
        answer=answer.json(),
    )
