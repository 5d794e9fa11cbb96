"""Access tokens, the ids by which platforms know people, and the token that sent a submission."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.String(26).with_variant(sa.String(26, collation="C"), "postgresql")
SLUG = sa.String(64)
INSTANT = sa.DateTime(timezone=True)
#: All ids but those that people share.
IDENTIFIES = sa.text("kind <> 'section'")


def upgrade() -> None:
    _create_tokens()
    op.create_table(
        "external_ids",
        sa.Column("course", SLUG, nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("value", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["course"], ["courses.id"], name="fk_external_ids_courses"),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name="fk_external_ids_people"),
        sa.PrimaryKeyConstraint("course", "person", "kind", name="pk_external_ids"),
    )
    op.create_index(
        "ix_external_ids_course_kind_value",
        "external_ids",
        ["course", "kind", "value"],
        unique=True,
        sqlite_where=IDENTIFIES,
        postgresql_where=IDENTIFIES,
    )
    op.add_column("submissions", sa.Column("sent_by_token", ID, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("submissions") as batch:
        batch.drop_column("sent_by_token")
    op.drop_table("external_ids")
    op.drop_table("access_tokens")


def _create_tokens() -> None:
    op.create_table(
        "access_tokens",
        sa.Column("id", ID, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("scope", sa.String(16), nullable=False),
        sa.Column("course", SLUG, nullable=True),
        sa.Column("created_by", ID, nullable=True),
        sa.Column("parent", ID, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.Column("last_used_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name="fk_access_tokens_people"),
        sa.ForeignKeyConstraint(["course"], ["courses.id"], name="fk_access_tokens_courses"),
        sa.PrimaryKeyConstraint("id", name="pk_access_tokens"),
    )
    op.create_index("ix_access_tokens_digest", "access_tokens", ["digest"], unique=True)
    op.create_index("ix_access_tokens_person_id", "access_tokens", ["person", "id"])
    op.create_index("ix_access_tokens_course_id", "access_tokens", ["course", "id"])
    op.create_index("ix_access_tokens_parent", "access_tokens", ["parent"])
    op.create_index("ix_access_tokens_expires_at", "access_tokens", ["expires_at"])
