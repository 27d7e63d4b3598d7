"""Run migrations on the connection we are given; the service opens it, and no other way leads here."""

from alembic import context

from mix.shell.tables import Row

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Row.metadata,
    render_as_batch=True,  # SQLite changes a table by making it anew
    transactional_ddl=False,  # the transaction is the caller's, around all revisions
)
context.run_migrations()
