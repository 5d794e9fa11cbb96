"""What is kept of each function, to compare it with others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ID = sa.String(26).with_variant(sa.String(26, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "fingerprints",
        sa.Column("submission", ID, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("assignment", ID, nullable=True),
        sa.Column("person", ID, nullable=True),
        sa.Column("exercise", sa.String(64), nullable=False),
        sa.Column("misconception", sa.String(64), nullable=False),
        sa.Column("law_passed", sa.Boolean(), nullable=True),
        sa.Column("origin", sa.String(80), nullable=False),
        sa.Column("law", sa.LargeBinary(), nullable=True),
        sa.Column("law_noise", sa.Double(), nullable=True),
        sa.Column("thumbnail", sa.LargeBinary(), nullable=True),
        sa.Column("behaviour", sa.LargeBinary(), nullable=True),
        sa.Column("grams", sa.LargeBinary(), nullable=False),
        sa.Column("constants", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("submission", name="pk_fingerprints"),
        sa.ForeignKeyConstraint(
            ["submission"], ["submissions.id"], name="fk_fingerprints_submissions"
        ),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name="fk_fingerprints_people"),
    )
    op.create_index(
        "ix_fingerprints_assignment_person_submission",
        "fingerprints",
        ["assignment", "person", "submission"],
    )


def downgrade() -> None:
    op.drop_table("fingerprints")
