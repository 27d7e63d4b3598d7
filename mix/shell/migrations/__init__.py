"""One line of history of the tables (alembic)."""
