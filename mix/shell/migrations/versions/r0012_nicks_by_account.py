"""In how many channels a nick is kept for an account, found without looking at all of them."""

from alembic import op

revision = "r0012"
down_revision = "r0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.create_index("ix_reserved_nicks_jid", "reserved_nicks", ["jid"])
