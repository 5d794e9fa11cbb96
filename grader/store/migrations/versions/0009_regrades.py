"""Regrades and their trial gradings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ID = sa.String(26).with_variant(sa.String(26, collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)
#: Of millions of submissions the few that failed for a reason of ours.
FAILED = sa.text("verdict = 'internal_error'")


def upgrade() -> None:
    op.create_table(
        "regrades",
        sa.Column("id", ID, nullable=False),
        sa.Column("course", sa.String(64), nullable=False),
        sa.Column("assignment", ID, nullable=False),
        sa.Column("exercise_version", sa.String(64), nullable=False),
        sa.Column("which", sa.String(16), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("person", ID, nullable=True),
        sa.Column("token", ID, nullable=True),
        sa.Column("tried_at", MOMENT, nullable=True),
        sa.Column("never_lower", sa.Boolean(), nullable=True),
        sa.Column("moves_version", sa.Boolean(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_person", ID, nullable=True),
        sa.Column("decided_token", ID, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_regrades"),
        sa.ForeignKeyConstraint(["course"], ["courses.id"], name="fk_regrades_courses"),
        sa.ForeignKeyConstraint(["assignment"], ["assignments.id"], name="fk_regrades_assignments"),
    )
    op.create_index("ix_regrades_course_id", "regrades", ["course", "id"])
    op.create_index("ix_regrades_assignment_id", "regrades", ["assignment", "id"])
    op.create_index("ix_regrades_stage", "regrades", ["stage"])
    _create_trials()
    op.create_index(
        "ix_submissions_course_id_failed",
        "submissions",
        ["course", "id"],
        sqlite_where=FAILED,
        postgresql_where=FAILED,
    )


def _create_trials() -> None:
    op.create_table(
        "trials",
        sa.Column("id", ID, nullable=False),
        sa.Column("regrade", ID, nullable=False),
        sa.Column("submission", ID, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("handed_out_at", MOMENT, nullable=True),
        sa.Column("lease_expires_at", MOMENT, nullable=True),
        sa.Column("started_at", MOMENT, nullable=True),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("needs_files", sa.Boolean(), nullable=False),
        sa.Column("counted_before", sa.Double(), nullable=True),
        sa.Column("counted_after", sa.Double(), nullable=True),
        sa.Column("verdict_before", sa.String(32), nullable=True),
        sa.Column("verdict", sa.String(32), nullable=True),
        sa.Column("max_before", sa.Double(), nullable=True),
        sa.Column("max_score", sa.Double(), nullable=True),
        sa.Column("change", sa.Double(), nullable=True),
        sa.Column("size", sa.Double(), nullable=False),
        sa.Column("is_lower", sa.Boolean(), nullable=True),
        sa.Column("is_overridden", sa.Boolean(), nullable=True),
        sa.Column("is_inconclusive", sa.Boolean(), nullable=True),
        sa.Column("criteria", sa.Text(), nullable=True),
        sa.Column("is_chosen", sa.Boolean(), nullable=False),
        sa.Column("fate", sa.String(16), nullable=True),
        sa.Column("report", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_trials"),
        sa.ForeignKeyConstraint(["regrade"], ["regrades.id"], name="fk_trials_regrades"),
        sa.ForeignKeyConstraint(["submission"], ["submissions.id"], name="fk_trials_submissions"),
    )
    op.create_index("ix_trials_state_place_id", "trials", ["state", "place", "id"])
    op.create_index("ix_trials_regrade_state_fate", "trials", ["regrade", "state", "fate"])
    op.create_index("ix_trials_regrade_size_id", "trials", ["regrade", "size", "id"])
    op.create_index(
        "ix_trials_regrade_submission", "trials", ["regrade", "submission"], unique=True
    )
    op.create_index("ix_trials_submission", "trials", ["submission"])
    op.create_table(
        "trial_files",
        sa.Column("trial", ID, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("media_type", sa.String(128), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("trial", "name", name="pk_trial_files"),
        sa.ForeignKeyConstraint(["trial"], ["trials.id"], name="fk_trial_files_trials"),
    )


def downgrade() -> None:
    op.drop_index("ix_submissions_course_id_failed", table_name="submissions")
    op.drop_table("trial_files")
    op.drop_table("trials")
    op.drop_table("regrades")
