"""Whether it is ready: its database says so, and nothing that stands in for it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from billproof.errors import NotObservableHere
from billproof.trials import check_that, clause
from fixtures.launching import check_ready

if TYPE_CHECKING:
    from billproof.targets.protocol import Backend, Target

SPARE_SECONDS = 5
"""How much more than twice its time a start has in which it must not become ready."""
NO_SERVER = "127.0.0.1:9"
"""Where nobody listens: the port of RFC 863."""


NO_DATABASE = "What a full disk has left is no database.\n" * 200
"""More than a page of SQLite's, so that no reader takes it for an empty file."""


def out_of_reach(url: str, folder: Path) -> list[str]:
    """Some DATABASE_URL of the same kind as `url`, of databases that nobody can open or make."""
    scheme, _, place = url.partition(":")
    if scheme != "sqlite":
        return [f"{scheme}://nobody@{NO_SERVER}/nothing"]
    if not Path(place).exists():
        reason = "the backend has made no file where DATABASE_URL says: its store is its own"
        raise NotObservableHere("own-store", reason, "Its readiness is its own affair.")
    no_folder = folder / "file"
    no_folder.touch()
    broken = folder / "broken.db"
    broken.write_text(NO_DATABASE, "ascii")
    return [f"sqlite:{no_folder / 'app.db'}", f"sqlite:{broken}"]


@clause("ENV-016")
def test_it_is_not_ready_without_its_database(
    target: Target, backend: Backend, tmp_path: Path
) -> None:
    """With one that can be opened it is; with one that cannot, it ends or is not ready.

    Neither where no file can be made nor where there is one already that is no database: what
    lies there may be all that is left of who has paid.
    """
    assert backend.environ
    begun = time.monotonic()
    with target.launch() as launched:
        check_ready(launched)
        needed = time.monotonic() - begun
        places = out_of_reach(launched.environ["DATABASE_URL"], tmp_path)

    for lost in places:
        with target.launch(DATABASE_URL=lost) as launched:
            is_ready = launched.wait_ready(2 * needed + SPARE_SECONDS)

        what = "/readyz of a process whose database cannot be opened"
        check_that(what, not is_ready, expected="anything but 200", got="200")
