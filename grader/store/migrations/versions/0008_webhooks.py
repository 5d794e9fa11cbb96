"""Webhooks and their outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ID = sa.String(26).with_variant(sa.String(26, collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", ID, nullable=False),
        sa.Column("course", sa.String(64), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("events", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("old_secret", sa.Text(), nullable=True),
        sa.Column("old_secret_until", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("paused_at", INSTANT, nullable=True),
        sa.Column("paused", sa.String(16), nullable=True),
        sa.Column("failing_since", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_webhooks"),
        sa.ForeignKeyConstraint(["course"], ["courses.id"], name="fk_webhooks_courses"),
    )
    op.create_index("ix_webhooks_course_id", "webhooks", ["course", "id"])
    op.create_table(
        "deliveries",
        sa.Column("id", ID, nullable=False),
        sa.Column("webhook", ID, nullable=False),
        sa.Column("event", ID, nullable=False),
        sa.Column("type", sa.String(32), nullable=False),
        sa.Column("submission", ID, nullable=True),
        sa.Column("person", ID, nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("begun_at", INSTANT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("claim", ID, nullable=True),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.Column("tried_at", INSTANT, nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
    )
    op.create_index("ix_deliveries_webhook_event", "deliveries", ["webhook", "event"], unique=True)
    op.create_index(
        "ix_deliveries_webhook_state_due_at_type",
        "deliveries",
        ["webhook", "state", "due_at", "type"],
    )
    op.create_index("ix_deliveries_webhook_id", "deliveries", ["webhook", "id"])
    op.create_index("ix_deliveries_state_begun_at", "deliveries", ["state", "begun_at"])
    op.create_index("ix_deliveries_settled_at", "deliveries", ["settled_at"])
    op.create_index("ix_deliveries_person", "deliveries", ["person"])


def downgrade() -> None:
    op.drop_table("deliveries")
    op.drop_table("webhooks")
