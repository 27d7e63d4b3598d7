"""Who has moved in the lists: so that a client that knows them from before reads only what has changed (XEP-0463)."""

import sqlalchemy as sa
from alembic import op

revision = "r0006"
down_revision = "r0005"
branch_labels = None
depends_on = None

CLUSTERED = {"sqlite_with_rowid": False}


def upgrade() -> None:
    """Add the table of moves, and the number of the newest one; of those before nothing is known."""
    op.add_column("channels", sa.Column("moves", sa.BigInteger(), nullable=True))
    op.create_table(
        "moves",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("jid", sa.String(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.Column("now", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name="fk_moves_channels", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("channel_id", "number", name="pk_moves"),
        **CLUSTERED,
    )
