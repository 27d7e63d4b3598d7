"""Who made a channel, whoever owns it by now: that is what a limit counts (XEP-0045 §14.6)."""

import sqlalchemy as sa
from alembic import op

revision = "r0014"
down_revision = "r0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of channels that are there the one owner they have has made them, as far as anybody knows."""
    op.add_column("channels", sa.Column("made_by", sa.String(), nullable=True))
    op.execute(
        "UPDATE channels SET made_by = (SELECT min(jid) FROM lists WHERE channel_id = channels.id"
        " AND which = 'owners' GROUP BY channel_id HAVING count(*) = 1)"
    )
    op.create_index("ix_channels_made_by", "channels", ["made_by"])
