"""The audit log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.String(26).with_variant(sa.String(26, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("course", sa.String(64), nullable=True),
        sa.Column("person", ID, nullable=True),
        sa.Column("token", ID, nullable=True),
        sa.Column("deed", sa.String(48), nullable=False),
        sa.Column("submission", ID, nullable=True),
        sa.Column("assignment", ID, nullable=True),
        sa.Column("about", ID, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_course_id", "audit", ["course", "id"])
    op.create_index("ix_audit_submission_id", "audit", ["submission", "id"])


def downgrade() -> None:
    op.drop_table("audit")
