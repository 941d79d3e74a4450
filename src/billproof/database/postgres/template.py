"""A database that is made once in a run, sealed, and cloned by all workers of the run."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import NullPool, create_engine

from billproof.database.folders import RunFolder
from billproof.database.postgres import guard
from billproof.database.postgres.cluster import locked
from billproof.database.postgres.server import Server
from billproof.database.schema import Schema
from billproof.errors import UsageError


@dataclass(frozen=True)
class Template:
    """A sealed one: `mark` is what the server said of it then."""

    name: str
    mark: str
    hindrance: str | None
    """Why its clones cannot be emptied, if they cannot."""

    def check(self, server: Server) -> None:
        """UsageError when it is no longer what it was."""
        found = server.mark(self.name)
        if found == self.mark:
            return
        raise UsageError(
            f"The template {self.name} was {'changed' if found else 'dropped'} after it had "
            "been sealed.",
            "Somebody alters it by its name: use `database.url`, which every test has of its "
            "own, and fill the template with `seed=`.",
        )


def template_of(server: Server, schema: Schema, folder: RunFolder, key: str) -> Template:
    """The run's template of a schema, made by the first process that asks for it."""
    note = folder.path / f"{key}.template.json"
    with locked(folder.path / f"{key}.template.lock"):
        # With the last of its processes the run's template went, and now there is one more.
        if not note.exists() or server.mark(server.name(key)) is None:
            made = _made(server, schema, server.name(key))
            note.write_text(json.dumps([made.name, made.mark, made.hindrance]))
    return Template(*json.loads(note.read_text()))


def _made(server: Server, schema: Schema, name: str) -> Template:
    server.create(name)
    try:
        _fill(server, schema, name)
        hindrance = _guard(server, name)
        server.seal(name)
    except BaseException:
        server.drop(name)
        raise
    return Template(name, str(server.mark(name)), hindrance)


def _fill(server: Server, schema: Schema, name: str) -> None:
    engine = create_engine(server.admin_url(name), poolclass=NullPool)
    with engine.connect() as connection:
        schema.make(connection, server.url(name))


def _guard(server: Server, name: str) -> str | None:
    if not server.is_superuser:
        return "the role is no superuser"
    with server.connect(name) as inside:
        return guard.install(inside)
