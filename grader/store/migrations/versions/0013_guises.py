"""As whom a member of the staff sees a course for a while."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ID = sa.String(26).with_variant(sa.String(26, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "guises",
        sa.Column("session", sa.String(64), nullable=False),
        sa.Column("course", sa.String(64), nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("session", name="pk_guises"),
        sa.ForeignKeyConstraint(
            ["session"], ["sessions.digest"], name="fk_guises_sessions", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["course"], ["courses.id"], name="fk_guises_courses"),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name="fk_guises_people"),
    )
    op.create_index("ix_guises_person", "guises", ["person"])
    op.create_index("ix_guises_ends_at", "guises", ["ends_at"])


def downgrade() -> None:
    op.drop_table("guises")
