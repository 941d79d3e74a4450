"""A list of challenges is read as RFC 9110 writes it."""

from __future__ import annotations

import httpx
import pytest

from billproof.trials.answer import Answer
from fixtures.challenges import schemes

READ = {
    "": [],
    "tma": ["tma"],
    "TMA": ["tma"],
    'tma realm="app"': ["tma"],
    'Bearer realm="a, tma b", tma': ["bearer", "tma"],
    'tma realm="app", error="x", Bearer': ["tma", "bearer"],
    'Basic realm = "tma", charset = UTF-8': ["basic"],
    'Bearer realm="a \\", tma"': ["bearer"],
    "Negotiate YII=, tma": ["negotiate", "tma"],
    "Bearer tma=1": ["bearer"],
}


@pytest.mark.parametrize(("header", "read"), READ.items(), ids=map(repr, READ))
def test_the_schemes_of_a_header(header: str, read: list[str]) -> None:
    """Neither a parameter nor what is quoted is a scheme."""
    headers = httpx.Headers({"WWW-Authenticate": header})

    assert schemes(Answer("GET /", 401, headers, b"", 0.0, 0)) == read


def test_several_headers_are_one_list() -> None:
    """As RFC 9110 lets them be joined."""
    headers = httpx.Headers([("WWW-Authenticate", "Bearer"), ("WWW-Authenticate", 'tma realm="x"')])

    assert schemes(Answer("GET /", 401, headers, b"", 0.0, 0)) == ["bearer", "tma"]
