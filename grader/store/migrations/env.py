"""Alembic's environment: runs the migrations in the transaction that `migrate` holds."""

from __future__ import annotations

from alembic import context

from grader.store.models import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    render_as_batch=True,
    # migrate() owns the transaction: all or nothing, on both databases.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
