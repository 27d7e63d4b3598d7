"""Ids in archives tell the channel where they are, so that no index of them is kept; of older ones one last list is."""

import sqlalchemy as sa
from alembic import op

revision = "r0013"
down_revision = "r0012"
branch_labels = None
depends_on = None

CLUSTERED = {"sqlite_with_rowid": False}


def upgrade() -> None:
    """Write down where the ids there are lead to, and drop what found them. SQLite copies the tables for that."""
    op.create_table(
        "old_ids",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("node", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name="fk_old_ids_channels", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("channel_id", "node", "position", name="pk_old_ids"),
        **CLUSTERED,
    )
    op.create_index("ix_old_ids_channel_id_id", "old_ids", ["channel_id", "id"])
    columns = "channel_id, node, position, id"
    op.execute(f"INSERT INTO old_ids ({columns}) SELECT {columns} FROM archive UNION ALL SELECT {columns} FROM items")
    for table in ("archive", "items"):
        with op.batch_alter_table(table, table_kwargs=CLUSTERED) as batch:
            batch.drop_constraint(f"uq_{table}_channel_id_id", type_="unique")
