"""Subscriptions know their customer; of earlier ones he is known once Stripe is read again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column."""
    op.add_column("subscriptions", sa.Column("customer_id", sa.String))
