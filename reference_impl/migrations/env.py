"""Alembic's door: migrations run on the connection that `migrate` holds."""

from __future__ import annotations

from alembic import context

from reference_impl.store import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
context.run_migrations()
