"""What a page may ask for: this machine, and nothing else."""

from __future__ import annotations

import pytest

from fixtures.telegram import ELSEWHERE


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8000/app/billing",
        "http://localhost/",
        "https://localhost:8443/x",
        "http://[::1]:8000/",
        "ws://127.0.0.1:8000/live",
        "wss://localhost/",
    ],
)
def test_this_machine_is_no_elsewhere(url: str) -> None:
    """Under any of its names."""
    assert not ELSEWHERE.search(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/",
        "http://127.0.0.1.example.com/",
        "http://127.0.0.1:80@example.com/",
        "http://localhost.example.com:8000/",
        "http://localhost:x@example.com/",
        "http://127.0.0.10/",
        "https://example.com/?at=http://127.0.0.1/",
        "ftp://127.0.0.1/",
        "wss://example.com/",
        "ws://127.0.0.1.example.com/",
    ],
)
def test_all_else_is_elsewhere(url: str) -> None:
    """However much it looks like this machine."""
    assert ELSEWHERE.search(url)
