"""Since when people may know what is said, in channels whose newcomers see no past."""

import sqlalchemy as sa
from alembic import op

revision = "r0007"
down_revision = "r0006"
branch_labels = None
depends_on = None

CLUSTERED = {"sqlite_with_rowid": False}


def upgrade() -> None:
    """Add the table. No channel has hidden its past so far."""
    op.create_table(
        "admissions",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("jid", sa.String(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name="fk_admissions_channels", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("channel_id", "jid", name="pk_admissions"),
        **CLUSTERED,
    )
