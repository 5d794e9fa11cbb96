"""Up to which closing time of an assignment it was told that grades are shown."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ID = sa.String(26).with_variant(sa.String(26, collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    closings = op.create_table(
        "closings",
        sa.Column("assignment", ID, nullable=False),
        sa.Column("closes_at", INSTANT, nullable=False),
        sa.Column("told_to", ID, nullable=True),
        sa.PrimaryKeyConstraint("assignment", name="pk_closings"),
        sa.ForeignKeyConstraint(["assignment"], ["assignments.id"], name="fk_closings_assignments"),
    )
    # What has closed by now was shown long ago: nobody wants to be told of all of it at once.
    known = op.get_bind().execute(sa.text("SELECT id FROM assignments")).scalars().all()
    now = datetime.now(UTC)
    op.bulk_insert(closings, [{"assignment": one, "closes_at": now} for one in known])


def downgrade() -> None:
    op.drop_table("closings")
