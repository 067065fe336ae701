"""Decisions made at once, on many photos of the grid: an event a photo, and a name that they share."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("decision_event", sa.Column("batch", sa.String(length=36), nullable=True))
    op.create_index("ix_decision_event_batch", "decision_event", ["batch"])


def downgrade() -> None:
    op.drop_index("ix_decision_event_batch", "decision_event")
    op.drop_column("decision_event", "batch")
