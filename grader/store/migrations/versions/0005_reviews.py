"""Comments, overrides, requests for a review, and when grades are shown."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.String(26).with_variant(sa.String(26, collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True)

#: By table the columns that people are named in, each a foreign key.
PEOPLE = {
    "comments": ("person",),
    "overrides": ("person",),
    "reviews": ("person", "taken_by", "answered_by"),
}


def upgrade() -> None:
    op.add_column(
        "assignments", sa.Column("release", sa.String(16), nullable=False, server_default="at_once")
    )
    op.add_column("assignments", sa.Column("released_at", INSTANT, nullable=True))
    op.add_column(
        "assignments", sa.Column("hidden_criteria", sa.Text(), nullable=False, server_default="")
    )
    op.add_column("submissions", sa.Column("given_score", sa.Double(), nullable=True))
    op.add_column("submissions", sa.Column("points", sa.Text(), nullable=True))
    _create_comments()
    _create_overrides()
    _create_reviews()


def downgrade() -> None:
    for table in PEOPLE:
        op.drop_table(table)
    for table, column in (
        ("submissions", "points"),
        ("submissions", "given_score"),
        ("assignments", "hidden_criteria"),
        ("assignments", "released_at"),
        ("assignments", "release"),
    ):
        op.drop_column(table, column)


def _create_comments() -> None:
    op.create_table(
        "comments",
        sa.Column("id", ID, nullable=False),
        sa.Column("submission", ID, nullable=False),
        sa.Column("thread", ID, nullable=True),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column("person", ID, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("edited_at", INSTANT, nullable=True),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        *_keys("comments"),
    )
    op.create_index("ix_comments_submission_id", "comments", ["submission", "id"])


def _create_overrides() -> None:
    op.create_table(
        "overrides",
        sa.Column("id", ID, nullable=False),
        sa.Column("submission", ID, nullable=False),
        sa.Column("criterion", sa.String(64), nullable=True),
        sa.Column("points", sa.Double(), nullable=False),
        sa.Column("instead_of", sa.Double(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person", ID, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        *_keys("overrides"),
    )
    op.create_index("ix_overrides_submission_id", "overrides", ["submission", "id"])


def _create_reviews() -> None:
    op.create_table(
        "reviews",
        sa.Column("id", ID, nullable=False),
        sa.Column("submission", ID, nullable=False),
        sa.Column("course", sa.String(64), nullable=False),
        sa.Column("person", ID, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("taken_by", ID, nullable=True),
        sa.Column("taken_at", INSTANT, nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", ID, nullable=True),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["course"], ["courses.id"], name="fk_reviews_courses"),
        *_keys("reviews"),
    )
    for columns in (
        ["course", "answered_at", "id"],
        ["submission", "id"],
        ["course", "taken_by", "id"],
    ):
        op.create_index(f"ix_reviews_{'_'.join(columns)}", "reviews", columns)


def _keys(table: str) -> tuple[sa.Constraint, ...]:
    """Its primary key, and those of the submission and the people that it names."""
    # Several keys to one table need names of their own: PostgreSQL's are unique in a table.
    people = [
        sa.ForeignKeyConstraint(
            [column],
            ["people.id"],
            name=f"fk_{table}_people" + ("" if column == "person" else f"_{column}"),
        )
        for column in PEOPLE[table]
    ]
    return (
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["submission"], ["submissions.id"], name=f"fk_{table}_submissions"),
        *people,
    )
