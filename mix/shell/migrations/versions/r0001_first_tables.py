"""The first tables: channels, their people, lists, subscriptions, clients, the archive, and the audit.

SQLite keeps all but channels and audit in the order of their primary keys (WITHOUT ROWID): what is read together
lies together.
"""

import sqlalchemy as sa
from alembic import op

revision = "r0001"
down_revision = None
branch_labels = None
depends_on = None

CLUSTERED = {"sqlite_with_rowid": False}
STILL_HERE = sa.text("left_at IS NULL")


def upgrade() -> None:
    """Make all tables."""
    op.create_table(
        "channels",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jid", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("adhoc", sa.Boolean(), nullable=False),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.Column("config", sa.Text(), nullable=False),
        sa.Column("config_at", sa.BigInteger(), nullable=False),
        sa.Column("config_by", sa.String(), nullable=True),
        sa.Column("info", sa.Text(), nullable=False),
        sa.Column("info_at", sa.BigInteger(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("members_only", sa.Boolean(), nullable=False),
        sa.Column("info_for", sa.String(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("subject_sender", sa.String(), nullable=True),
        sa.Column("subject_nick", sa.String(), nullable=True),
        sa.Column("subject_nick_key", sa.String(), nullable=True),
        sa.Column("subject_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_channels"),
        sa.UniqueConstraint("jid", name="uq_channels_jid"),
    )
    op.create_table(
        "participants",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("jid", sa.String(), nullable=False),
        sa.Column("nick", sa.String(), nullable=True),
        sa.Column("nick_key", sa.String(), nullable=True),
        sa.Column("stays", sa.Boolean(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("preferences", sa.Text(), nullable=False),
        sa.Column("grant", sa.String(), nullable=True),
        sa.Column("left_at", sa.BigInteger(), nullable=True),
        sa.Column("left_reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name="fk_participants_channels", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("channel_id", "id", name="pk_participants"),
        **CLUSTERED,
    )
    for column in ("channel_id", "jid"):
        name = f"ix_participants_{column}"
        op.create_index(name, "participants", [column], sqlite_where=STILL_HERE, postgresql_where=STILL_HERE)
    op.create_table(
        "lists",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("which", sa.String(), nullable=False),
        sa.Column("jid", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name="fk_lists_channels", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("channel_id", "which", "jid", name="pk_lists"),
        **CLUSTERED,
    )
    op.create_index("ix_lists_jid", "lists", ["jid"])
    op.create_table(
        "subscriptions",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("jid", sa.String(), nullable=False),
        sa.Column("node", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name="fk_subscriptions_channels", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("channel_id", "jid", "node", name="pk_subscriptions"),
        **CLUSTERED,
    )
    op.create_table(
        "sessions",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("participant", sa.String(), nullable=False),
        sa.Column("jid", sa.String(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("in_room", sa.Boolean(), nullable=False),
        sa.Column("in_channel", sa.Boolean(), nullable=False),
        sa.Column("presence", sa.Text(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id", "participant"],
            ["participants.channel_id", "participants.id"],
            name="fk_sessions_participants",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("channel_id", "participant", "jid", name="pk_sessions"),
        **CLUSTERED,
    )
    op.create_table(
        "archive",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("node", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("nick", sa.String(), nullable=True),
        sa.Column("nick_key", sa.String(), nullable=True),
        sa.Column("disclosed", sa.Boolean(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=True),
        sa.Column("lang", sa.String(), nullable=True),
        sa.Column("subject", sa.Boolean(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name="fk_archive_channels", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("channel_id", "position", name="pk_archive"),
        sa.UniqueConstraint("channel_id", "id", name="uq_archive_channel_id_id"),
        **CLUSTERED,
    )
    for column in ("at", "sender", "nick_key"):
        op.create_index(f"ix_archive_channel_id_{column}_position", "archive", ["channel_id", column, "position"])
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("participant", sa.String(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
