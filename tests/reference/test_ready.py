"""Alive and ready are two things: the second needs the database."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from reference_impl.store import Store
from tests.reference.backend import Backend, problem, started

NOBODY = "postgres://nobody@127.0.0.1:9/nothing"
"""Where nobody listens: the port of RFC 863."""


async def test_with_its_database_it_is_alive_and_ready(backend: Backend) -> None:
    """Both say so, without credentials."""
    answers = [await backend.http.get(path) for path in ("/livez", "/readyz")]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert [answer.json() for answer in answers] == [{"status": "ok"}] * 2


async def test_without_its_database_it_is_alive_and_not_ready(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And ready again once it is back."""
    gone = Store(NOBODY)
    with monkeypatch.context() as away:
        away.setattr(Store, "read", lambda _, read=Store.read: read(gone))
        alive, ready = [await backend.http.get(path) for path in ("/livez", "/readyz")]

    assert alive.status_code == 200
    assert problem(ready) == (503, "not-ready")
    assert (await backend.http.get("/readyz")).status_code == 200
    await gone.close()


async def test_it_does_not_start_without_its_database(environ: dict[str, str]) -> None:
    """Whoever started it sees why; it never says that it is ready."""
    environ["DATABASE_URL"] = NOBODY

    with pytest.raises(Exception, match=r"127\.0\.0\.1"):
        async with asyncio.timeout(10), started(environ):
            raise AssertionError("it has started")  # pragma: no cover


async def test_it_starts_where_no_file_is(environ: dict[str, str], tmp_path: Path) -> None:
    """The file is made; its folder must be there."""
    environ["DATABASE_URL"] = f"sqlite:{tmp_path / 'new.db'}"
    async with started(environ) as backend:
        assert (await backend.http.get("/readyz")).status_code == 200

    assert (tmp_path / "new.db").exists()
