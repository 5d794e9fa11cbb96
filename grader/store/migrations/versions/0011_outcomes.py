"""Tallies of how students do, and the triggers that say which of them are to be counted again.

Triggers, because many write submissions, extensions and deadlines: none of them can forget it, and
what is deleted or mended by hand counts too.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ID = sa.String(26).with_variant(sa.String(26, collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

DUE = "INSERT INTO tally_dues (assignment, person)"
#: What a standing is counted from, as far as it is an assignment's.
RULES = ("due_at", "late_penalty", "attempts")


def upgrade() -> None:
    _create_tables()
    statements = _for_postgresql() if _is_postgresql() else _for_sqlite()
    for statement in statements:
        op.execute(statement)
    op.execute(
        f"{DUE} SELECT DISTINCT assignment, person FROM submissions "
        "WHERE assignment IS NOT NULL AND person IS NOT NULL"
    )


def downgrade() -> None:
    for table in ("submissions", "extensions", "assignments", "courses"):
        if _is_postgresql():
            op.execute(f"DROP TRIGGER tallies_of_{table} ON {table}")
            op.execute(f"DROP FUNCTION tallies_of_{table}()")
        else:
            for event in _SQLITE[table]:
                op.execute(f"DROP TRIGGER tallies_of_{table}_{event}")
    for name in ("tally_dues", "outcomes", "tallies"):
        op.drop_table(name)


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _create_tables() -> None:
    op.create_table(
        "tallies",
        sa.Column("assignment", ID, nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("course", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("earned", sa.Double(), nullable=True),
        sa.Column("max_score", sa.Double(), nullable=True),
        sa.Column("days_late", sa.Integer(), nullable=False),
        sa.Column("attempts_used", sa.Integer(), nullable=False),
        sa.Column("pending", sa.Integer(), nullable=False),
        sa.Column("best", ID, nullable=True),
        sa.Column("latest", ID, nullable=False),
        sa.Column("judged", ID, nullable=True),
        sa.Column("first_at", INSTANT, nullable=False),
        sa.Column("latest_at", INSTANT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=True),
        sa.Column("pass_seconds", sa.Integer(), nullable=True),
        sa.Column("look", sa.String(16), nullable=True),
        sa.Column("snag_part", sa.String(64), nullable=True),
        sa.Column("snag_kind", sa.String(16), nullable=True),
        sa.Column("snag", sa.String(64), nullable=True),
        sa.Column("snag_said", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("assignment", "person", name="pk_tallies"),
    )
    columns = ["course", "person", "assignment", "state", "score", "days_late"]
    op.create_index(f"ix_tallies_{'_'.join(columns)}", "tallies", columns)
    op.create_table(
        "outcomes",
        sa.Column("submission", ID, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(64), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("points", sa.Double(), nullable=False),
        sa.Column("max_points", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("submission", "position", name="pk_outcomes"),
    )
    op.create_table(
        "tally_dues",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("assignment", ID, nullable=False),
        sa.Column("person", ID, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_tally_dues"),
    )
    op.create_index("ix_tally_dues_assignment", "tally_dues", ["assignment"])


_NEW = "NEW.assignment IS NOT NULL AND NEW.person IS NOT NULL"
_OLD = "OLD.assignment IS NOT NULL AND OLD.person IS NOT NULL"
#: By table and name of the trigger: on what, when, and what is due then. A submission that is not
#: graded yet changes often, and none of that is counted.
_SQLITE: dict[str, dict[str, tuple[str, str, str | None]]] = {
    "submissions": {
        "inserted": ("AFTER INSERT", _NEW, "NEW"),
        "deleted": ("AFTER DELETE", _OLD, "OLD"),
        "graded": (
            "AFTER UPDATE",
            f"{_OLD} AND (OLD.state = 'graded' OR "
            "NEW.state = 'graded' OR OLD.person IS NOT NEW.person OR "
            "OLD.assignment IS NOT NEW.assignment)",
            "OLD",
        ),
        "moved": (
            "AFTER UPDATE",
            f"{_NEW} AND (OLD.person IS NOT NEW.person OR OLD.assignment IS NOT NEW.assignment)",
            "NEW",
        ),
    },
    "extensions": {
        "inserted": ("AFTER INSERT", "1", "NEW"),
        "updated": ("AFTER UPDATE", "1", "NEW"),
        "deleted": ("AFTER DELETE", "1", "OLD"),
    },
    "assignments": {
        "updated": (
            f"AFTER UPDATE OF {', '.join(RULES)}",
            " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in RULES),
            None,
        ),
    },
    "courses": {
        "updated": ("AFTER UPDATE OF time_zone", "OLD.time_zone IS NOT NEW.time_zone", None),
    },
}
#: What is due of everybody, where a table says nothing of one student.
_OF_ALL = {
    "assignments": f"{DUE} VALUES (NEW.id, NULL);",
    "courses": f"{DUE} SELECT id, NULL FROM assignments WHERE course = NEW.id;",
}


def _for_sqlite() -> list[str]:
    return [
        f"CREATE TRIGGER tallies_of_{table}_{name} {event} ON {table} WHEN {condition} BEGIN "
        + (_OF_ALL[table] if row is None else f"{DUE} VALUES ({row}.assignment, {row}.person);")
        + " END"
        for table, triggers in _SQLITE.items()
        for name, (event, condition, row) in triggers.items()
    ]


_POSTGRESQL = {
    "submissions": f"""
        IF TG_OP <> 'INSERT' THEN
            IF OLD.assignment IS NOT NULL AND OLD.person IS NOT NULL THEN
                IF TG_OP = 'DELETE' THEN
                    {DUE} VALUES (OLD.assignment, OLD.person);
                ELSIF OLD.state = 'graded' OR NEW.state = 'graded'
                        OR OLD.person IS DISTINCT FROM NEW.person
                        OR OLD.assignment IS DISTINCT FROM NEW.assignment THEN
                    {DUE} VALUES (OLD.assignment, OLD.person);
                END IF;
            END IF;
        END IF;
        IF TG_OP <> 'DELETE' THEN
            IF NEW.assignment IS NOT NULL AND NEW.person IS NOT NULL THEN
                IF TG_OP = 'INSERT' THEN
                    {DUE} VALUES (NEW.assignment, NEW.person);
                ELSIF OLD.person IS DISTINCT FROM NEW.person
                        OR OLD.assignment IS DISTINCT FROM NEW.assignment THEN
                    {DUE} VALUES (NEW.assignment, NEW.person);
                END IF;
            END IF;
        END IF;""",
    "extensions": f"""
        IF TG_OP = 'DELETE' THEN
            {DUE} VALUES (OLD.assignment, OLD.person);
        ELSE
            {DUE} VALUES (NEW.assignment, NEW.person);
        END IF;""",
    "assignments": f"""
        IF {" OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in RULES)} THEN
            {_OF_ALL["assignments"]}
        END IF;""",
    "courses": f"""
        IF OLD.time_zone IS DISTINCT FROM NEW.time_zone THEN
            {_OF_ALL["courses"]}
        END IF;""",
}
_EVENTS = {
    "submissions": "INSERT OR UPDATE OR DELETE",
    "extensions": "INSERT OR UPDATE OR DELETE",
    "assignments": "UPDATE",
    "courses": "UPDATE",
}


def _for_postgresql() -> list[str]:
    statements = []
    for table, body in _POSTGRESQL.items():
        statements += [
            f"CREATE FUNCTION tallies_of_{table}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {body} RETURN NULL; END $$",
            f"CREATE TRIGGER tallies_of_{table} AFTER {_EVENTS[table]} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION tallies_of_{table}()",
        ]
    return statements
