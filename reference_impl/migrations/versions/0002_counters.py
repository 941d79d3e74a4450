"""Counters that all workers share."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "counters",
        sa.Column("family", sa.String, primary_key=True),
        sa.Column("labels", sa.String, primary_key=True),
        sa.Column("value", sa.BigInteger, nullable=False),
    )
