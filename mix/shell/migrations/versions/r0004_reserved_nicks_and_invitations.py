"""Nicks kept for people, in or not, and invitations whose answer has to find the inviter."""

import sqlalchemy as sa
from alembic import op

revision = "r0004"
down_revision = "r0003"
branch_labels = None
depends_on = None

CLUSTERED = {"sqlite_with_rowid": False}


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "reserved_nicks",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("jid", sa.String(), nullable=False),
        sa.Column("nick", sa.String(), nullable=False),
        sa.Column("nick_key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name="fk_reserved_nicks_channels", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("channel_id", "jid", name="pk_reserved_nicks"),
        **CLUSTERED,
    )
    op.create_table(
        "invitations",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("invitee", sa.String(), nullable=False),
        sa.Column("inviter", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name="fk_invitations_channels", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("channel_id", "id", name="pk_invitations"),
        **CLUSTERED,
    )
