"""Messages that were taken back and those that say so; and the archives of nodes other than messages.

Both are facts beside a message's payload, so that the faces can say them in their own words.
"""

import sqlalchemy as sa
from alembic import op

revision = "r0003"
down_revision = "r0002"
branch_labels = None
depends_on = None

CLUSTERED = {"sqlite_with_rowid": False}


def upgrade() -> None:
    """Add two columns that are hardly ever filled, and the table of items."""
    for name in ("retraction", "tombstone"):
        op.add_column("archive", sa.Column(name, sa.Text(), nullable=True))
    op.create_table(
        "items",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("node", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name="fk_items_channels", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("channel_id", "node", "position", name="pk_items"),
        sa.UniqueConstraint("channel_id", "id", name="uq_items_channel_id_id"),
        **CLUSTERED,
    )
