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
    for name in ("none.js", "%00", "..%2f..%2fsettings.py", "a" * 300):
        assert problem(await backend.http.get(f"/app/assets/{name}")) == (404, "not-found")


@pytest.mark.parametrize("part", ["bytes=9000000-", "bytes=a-b", "pages=1-2"])
async def test_a_part_that_there_is_not_is_no_error(backend: Backend, part: str) -> None:
    """Every error is a problem document; of a range none is made (RFC 9110, 14.2)."""
    whole = await backend.http.get("/app/assets/billing.js")

    shown = await backend.http.get("/app/assets/billing.js", headers={"Range": part})

    assert (shown.status_code, shown.content) == (200, whole.content)
