"""Submissions, their attempts and files, and the capacity that the hand-out saw."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.String(26).with_variant(sa.String(26, collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_submissions()
    _create_attempts()
    op.create_table(
        "files",
        sa.Column("submission", ID, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("media_type", sa.String(128), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission", "attempt"],
            ["attempts.submission", "attempts.number"],
            name="fk_files_attempts",
        ),
        sa.PrimaryKeyConstraint("submission", "attempt", "name", name="pk_files"),
    )
    op.create_table(
        "capacity",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_capacity"),
    )


def downgrade() -> None:
    for table in ("capacity", "files", "attempts", "submissions"):
        op.drop_table(table)


def _create_submissions() -> None:
    op.create_table(
        "submissions",
        sa.Column("id", ID, nullable=False),
        sa.Column("exercise", sa.String(64), nullable=False),
        sa.Column("exercise_version", sa.String(64), nullable=False),
        sa.Column("course", sa.Text(), nullable=False),
        sa.Column("student", sa.Text(), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("accepted_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("started_at", INSTANT, nullable=True),
        sa.Column("graded_at", INSTANT, nullable=True),
        sa.Column("verdict", sa.String(32), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("max_score", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_submissions"),
    )
    fair_order = ["state", "course", "student", "id", "due_at"]
    for columns in (fair_order, ["exercise", "id"], ["student", "id"]):
        op.create_index(f"ix_submissions_{'_'.join(columns)}", "submissions", columns)


def _create_attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("submission", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("handed_out_at", INSTANT, nullable=False),
        sa.Column("lease_expires_at", INSTANT, nullable=False),
        sa.Column("started_at", INSTANT, nullable=True),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.Column("ended", sa.String(16), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("report", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["submission"], ["submissions.id"], name="fk_attempts_submissions"),
        sa.PrimaryKeyConstraint("submission", "number", name="pk_attempts"),
    )
    op.create_index("ix_attempts_finished_at", "attempts", ["finished_at"])
