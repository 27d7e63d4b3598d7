"""Clients that want to hear of rooms in which something is said (XEP-0437)."""

import sqlalchemy as sa
from alembic import op

revision = "r0008"
down_revision = "r0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make their table."""
    op.create_table(
        "watching",
        sa.Column("jid", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("jid", name="pk_watching"),
        sqlite_with_rowid=False,
    )
