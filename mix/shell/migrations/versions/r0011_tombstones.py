"""Names of channels that have ended, which nobody gets for a while."""

import sqlalchemy as sa
from alembic import op

revision = "r0011"
down_revision = "r0010"
branch_labels = None
depends_on = None

CLUSTERED = {"sqlite_with_rowid": False}


def upgrade() -> None:
    """Add the table, empty: all names are free."""
    op.create_table(
        "tombstones",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("alternate", sa.String(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_tombstones"),
        **CLUSTERED,
    )
