"""Courses, their assignments and people, and whose submission answers to what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.String(26).with_variant(sa.String(26, collation="C"), "postgresql")
SLUG = sa.String(64)
INSTANT = sa.DateTime(timezone=True)

INDEXES = (["assignment", "person", "id"], ["person", "id"], ["course", "id"], ["regrade_at"])


def upgrade() -> None:
    _create_courses()
    _create_people()
    _create_ways_in()
    # In SQL: Alembic would copy SQLite's whole table for a foreign key, which both can add so.
    collation = ' COLLATE "C"' if op.get_bind().dialect.name == "postgresql" else ""
    for column, table in (("person", "people"), ("assignment", "assignments")):
        op.execute(
            f"ALTER TABLE submissions ADD COLUMN {column} VARCHAR(26){collation} "
            f"CONSTRAINT fk_submissions_{table} REFERENCES {table} (id)"
        )
    op.add_column("submissions", sa.Column("regrade_at", INSTANT, nullable=True))
    for columns in INDEXES:
        op.create_index(f"ix_submissions_{'_'.join(columns)}", "submissions", columns)


def downgrade() -> None:
    for columns in INDEXES:
        op.drop_index(f"ix_submissions_{'_'.join(columns)}", "submissions")
    with op.batch_alter_table("submissions") as batch:
        batch.drop_column("regrade_at")
        for column, table in (("person", "people"), ("assignment", "assignments")):
            batch.drop_constraint(f"fk_submissions_{table}", type_="foreignkey")
            batch.drop_column(column)
    tables = ("sessions", "invitations", "extensions", "memberships", "people", "assignments")
    for name in (*tables, "courses"):
        op.drop_table(name)


def _create_courses() -> None:
    op.create_table(
        "courses",
        sa.Column("id", SLUG, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.String(64), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("archived_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_courses"),
    )
    op.create_table(
        "assignments",
        sa.Column("id", ID, nullable=False),
        sa.Column("course", SLUG, nullable=False),
        sa.Column("exercise", SLUG, nullable=False),
        sa.Column("exercise_version", SLUG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("opens_at", INSTANT, nullable=True),
        sa.Column("due_at", INSTANT, nullable=True),
        sa.Column("closes_at", INSTANT, nullable=True),
        sa.Column("late_penalty", sa.Double(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=True),
        sa.Column("cooldown_seconds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["course"], ["courses.id"], name="fk_assignments_courses"),
        sa.PrimaryKeyConstraint("id", name="pk_assignments"),
    )
    op.create_index("ix_assignments_course_position", "assignments", ["course", "position"])


def _create_people() -> None:
    op.create_table(
        "people",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("username", sa.String(64), nullable=True),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("disabled_at", INSTANT, nullable=True),
        sa.Column("is_operator", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
    )
    op.create_index("ix_people_username", "people", ["username"], unique=True)
    op.create_table(
        "memberships",
        sa.Column("course", SLUG, nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["course"], ["courses.id"], name="fk_memberships_courses"),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name="fk_memberships_people"),
        sa.PrimaryKeyConstraint("course", "person", name="pk_memberships"),
    )
    op.create_index("ix_memberships_person", "memberships", ["person"])
    op.create_table(
        "extensions",
        sa.Column("assignment", ID, nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("due_at", INSTANT, nullable=True),
        sa.Column("closes_at", INSTANT, nullable=True),
        sa.Column("more_attempts", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment"], ["assignments.id"], name="fk_extensions_assignments"
        ),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name="fk_extensions_people"),
        sa.PrimaryKeyConstraint("assignment", "person", name="pk_extensions"),
    )


def _create_ways_in() -> None:
    op.create_table(
        "invitations",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("course", SLUG, nullable=True),
        sa.Column("role", sa.String(16), nullable=True),
        sa.Column("person", ID, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("uses_left", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["course"], ["courses.id"], name="fk_invitations_courses"),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name="fk_invitations_people"),
        sa.PrimaryKeyConstraint("digest", name="pk_invitations"),
    )
    op.create_index("ix_invitations_course", "invitations", ["course"])
    op.create_table(
        "sessions",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name="fk_sessions_people"),
        sa.PrimaryKeyConstraint("digest", name="pk_sessions"),
    )
    op.create_index("ix_sessions_person", "sessions", ["person"])
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"])
