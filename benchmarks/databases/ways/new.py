"""Ways that give each test a new database, with a new engine."""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks.databases.body import METADATA
from benchmarks.databases.grounds import Ground
from benchmarks.databases.sites import Site


class FileCopy:
    """SQLite: a file with the tables is copied."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._template = ground.new_url()
        site = ground.site(self._template)
        site.work(METADATA.create_all)
        site.dispose()

    def begin(self) -> Site:
        """A copy."""
        url = self._ground.new_url()
        shutil.copyfile(str(self._template.database), str(url.database))
        self._site: Site = self._ground.site(url)
        return self._site

    def end(self) -> None:
        """Remove it."""
        self._site.dispose()
        Path(str(self._site.url.database)).unlink()

    def close(self) -> None:
        """Nothing is open."""


class TemplateClone:
    """PostgreSQL: CREATE DATABASE … TEMPLATE, as it does that by default."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._admin = ground.postgres.connect("postgres")
        url = ground.new_url()
        self._template = str(url.database)
        site = ground.site(url)
        site.work(METADATA.create_all)
        site.dispose()

    def begin(self) -> Site:
        """A clone."""
        self._name = self._ground.new_name()
        self._run(f'CREATE DATABASE "{self._name}" TEMPLATE "{self._template}"')
        self._site: Site = self._ground.site(self._ground.at(self._name))
        return self._site

    def end(self) -> None:
        """Drop it, whoever is connected."""
        self._site.dispose()
        self._run(f'DROP DATABASE "{self._name}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        self._admin.execute(statement.encode())

    def close(self) -> None:
        """Close our own connection."""
        self._admin.close()
