"""Who is kept out of the service as a whole."""

import sqlalchemy as sa
from alembic import op

revision = "r0009"
down_revision = "r0008"
branch_labels = None
depends_on = None

CLUSTERED = {"sqlite_with_rowid": False}


def upgrade() -> None:
    """Add the table, empty: nobody is."""
    op.create_table(
        "barred",
        sa.Column("jid", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("jid", name="pk_barred"),
        **CLUSTERED,
    )
