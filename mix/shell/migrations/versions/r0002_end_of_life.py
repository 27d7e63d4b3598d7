"""When channels end, in a column of its own: after a start one query has to find those that wait for it."""

import json
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "r0002"
down_revision = "r0001"
branch_labels = None
depends_on = None

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def upgrade() -> None:
    """Add the column, and fill it from the configurations there are."""
    op.add_column("channels", sa.Column("end_of_life", sa.BigInteger(), nullable=True))
    connection = op.get_bind()
    for number, config in connection.execute(sa.text("SELECT id, config FROM channels")).all():
        end = json.loads(config).get("end_of_life")
        if end is not None:
            at = (datetime.fromisoformat(end) - EPOCH) // timedelta(microseconds=1)
            connection.execute(
                sa.text("UPDATE channels SET end_of_life = :at WHERE id = :id"), {"at": at, "id": number}
            )
