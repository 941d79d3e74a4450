"""Scripts and styles of the pages."""

from __future__ import annotations

import pytest

from tests.reference.backend import Backend, problem


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("billing.js", "text/javascript; charset=utf-8"),
        ("style.css", "text/css; charset=utf-8"),
        ("icon.svg", "image/svg+xml"),
    ],
)
async def test_an_asset_says_what_it_is(backend: Backend, name: str, media_type: str) -> None:
    """With the headers of the pages; whoever has it already is not sent it again."""
    shown = await backend.http.get(f"/app/assets/{name}")
    known = {"If-None-Match": shown.headers["etag"]}
    again = await backend.http.get(f"/app/assets/{name}", headers=known)

    assert (shown.status_code, again.status_code) == (200, 304)
    assert shown.headers["content-type"].startswith(media_type.partition(";")[0])
    assert shown.headers["x-content-type-options"] == "nosniff"


async def test_what_is_no_asset_is_not_found(backend: Backend) -> None:
    """A problem document, as everywhere."""
    assert problem(await backend.http.get("/app/assets/none.js")) == (404, "not-found")
