"""The picture of a channel, and the nicks people have registered for all channels."""

import sqlalchemy as sa
from alembic import op

revision = "r0005"
down_revision = "r0004"
branch_labels = None
depends_on = None

CLUSTERED = {"sqlite_with_rowid": False}


def upgrade() -> None:
    """Add a column that few channels fill, and the table of nicks."""
    op.add_column("channels", sa.Column("avatar", sa.Text(), nullable=True))
    op.create_table(
        "registered_nicks",
        sa.Column("jid", sa.String(), nullable=False),
        sa.Column("nick", sa.String(), nullable=False),
        sa.Column("nick_key", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("jid", name="pk_registered_nicks"),
        sa.UniqueConstraint("nick_key", name="uq_registered_nicks_nick_key"),
        **CLUSTERED,
    )
