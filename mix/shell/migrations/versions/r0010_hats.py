"""Hats, and who wears them (XEP-0317)."""

import sqlalchemy as sa
from alembic import op

revision = "r0010"
down_revision = "r0009"
branch_labels = None
depends_on = None

CLUSTERED = {"sqlite_with_rowid": False}


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "hats",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("uri", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("hue", sa.String(), nullable=True),
        sa.Column("lang", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name="fk_hats_channels", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("channel_id", "uri", name="pk_hats"),
        **CLUSTERED,
    )
    op.create_table(
        "worn_hats",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("uri", sa.String(), nullable=False),
        sa.Column("jid", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name="fk_worn_hats_channels", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("channel_id", "uri", "jid", name="pk_worn_hats"),
        **CLUSTERED,
    )
