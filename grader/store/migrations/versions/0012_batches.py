"""Batches: what was handed in for a class, and each of its files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ID = sa.String(26).with_variant(sa.String(26, collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "batches",
        sa.Column("id", ID, nullable=False),
        sa.Column("course", sa.String(64), nullable=False),
        sa.Column("assignment", ID, nullable=False),
        sa.Column("exercise_version", sa.String(64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("stage", sa.String(16), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("passed_over", sa.Text(), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("person", ID, nullable=True),
        sa.Column("token", ID, nullable=True),
        sa.Column("begun_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_batches"),
        sa.ForeignKeyConstraint(["course"], ["courses.id"], name="fk_batches_courses"),
        sa.ForeignKeyConstraint(["assignment"], ["assignments.id"], name="fk_batches_assignments"),
    )
    op.create_index("ix_batches_course_id", "batches", ["course", "id"])
    op.create_index("ix_batches_assignment_id", "batches", ["assignment", "id"])
    op.create_index("ix_batches_stage", "batches", ["stage"])
    op.create_table(
        "batch_items",
        sa.Column("batch", ID, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("person", ID, nullable=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("why", sa.String(32), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=True),
        sa.Column("submission", ID, nullable=True),
        sa.Column("source", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("batch", "place", name="pk_batch_items"),
        sa.ForeignKeyConstraint(["batch"], ["batches.id"], name="fk_batch_items_batches"),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name="fk_batch_items_people"),
        sa.ForeignKeyConstraint(
            ["submission"], ["submissions.id"], name="fk_batch_items_submissions"
        ),
    )
    op.create_index("ix_batch_items_batch_state_place", "batch_items", ["batch", "state", "place"])
    op.create_index("ix_batch_items_person_digest", "batch_items", ["person", "digest"])
    op.create_index("ix_batch_items_submission", "batch_items", ["submission"])


def downgrade() -> None:
    op.drop_table("batch_items")
    op.drop_table("batches")
