"""The tables. Rows never leave the repository: it maps them to values and back.

Times are microseconds since 1970 and JIDs are text, so that both databases keep them alike and compare them by byte.
People stay in `participants` after they have left, for those who have to find out who somebody was.
"""

from typing import Final

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, MetaData, String, Table, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

NAMES: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
"""Every constraint has a name, so that a migration can speak of it."""

CLUSTERED: Final = {"sqlite_with_rowid": False}
"""SQLite keeps the rows in the order of the primary key: a page of an archive is one piece of the file."""

BY_BYTE: Final = String().with_variant(String(collation="C"), "postgresql")
"""Text that is sorted as SQLite and Python sort it, whatever language the server speaks."""

STILL_HERE: Final = text("left_at IS NULL")


class Row(SQLModel):
    """A row, with metadata of our own; it never prints what it holds."""

    metadata = MetaData(naming_convention=NAMES)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class ChannelRow(Row, table=True):
    """A channel: key, settings, subject."""

    __tablename__ = "channels"

    id: int | None = Field(default=None, primary_key=True)
    jid: str = Field(unique=True, sa_type=BY_BYTE)
    key: bytes
    created: int = Field(sa_type=BigInteger)
    made_by: str | None = Field(index=True)
    """Nobody knows of some from before it was written down."""
    adhoc: bool
    locked: bool
    config: str = Field(sa_type=Text)
    config_at: int = Field(sa_type=BigInteger)
    config_by: str | None
    info: str = Field(sa_type=Text)
    info_at: int = Field(sa_type=BigInteger)
    # What the directory asks of all channels at once, taken out of `config`:
    listed: bool
    members_only: bool
    info_for: str
    # What the clock asks of all channels at once:
    end_of_life: int | None = Field(default=None, sa_type=BigInteger)
    subject: str | None = Field(sa_type=Text)
    subject_sender: str | None
    subject_nick: str | None
    subject_nick_key: str | None
    subject_at: int | None = Field(sa_type=BigInteger)
    avatar: str | None = Field(sa_type=Text)
    moves: int | None = Field(default=None, sa_type=BigInteger)


class ParticipantRow(Row, table=True):
    """Somebody who is, or was, a participant."""

    __tablename__ = "participants"
    __table_args__ = (
        Index(None, "channel_id", sqlite_where=STILL_HERE, postgresql_where=STILL_HERE),
        Index(None, "jid", sqlite_where=STILL_HERE, postgresql_where=STILL_HERE),
        CLUSTERED,
    )

    channel_id: int = Field(primary_key=True, foreign_key="channels.id", ondelete="CASCADE")
    id: str = Field(primary_key=True)
    jid: str
    nick: str | None
    nick_key: str | None
    stays: bool
    since: int = Field(sa_type=BigInteger)
    preferences: str = Field(sa_type=Text)
    grant: str | None
    left_at: int | None = Field(sa_type=BigInteger)
    left_reason: str | None


class ListRow(Row, table=True):
    """Somebody, or a domain, on one of a channel's lists."""

    __tablename__ = "lists"
    __table_args__ = (Index(None, "jid"), CLUSTERED)

    channel_id: int = Field(primary_key=True, foreign_key="channels.id", ondelete="CASCADE")
    which: str = Field(primary_key=True)
    jid: str = Field(primary_key=True)


class AdmissionRow(Row, table=True):
    """Since when somebody may know what is said, where newcomers see no past; an empty address is everybody else."""

    __tablename__ = "admissions"
    __table_args__ = (CLUSTERED,)

    channel_id: int = Field(primary_key=True, foreign_key="channels.id", ondelete="CASCADE")
    jid: str = Field(primary_key=True)
    since: int = Field(sa_type=BigInteger)


class ReservedNickRow(Row, table=True):
    """A nick kept for an account, whether it is in or not."""

    __tablename__ = "reserved_nicks"
    __table_args__ = (Index(None, "jid"), CLUSTERED)

    channel_id: int = Field(primary_key=True, foreign_key="channels.id", ondelete="CASCADE")
    jid: str = Field(primary_key=True)
    nick: str
    nick_key: str


class InvitationRow(Row, table=True):
    """Who invited whom, for the answer."""

    __tablename__ = "invitations"
    __table_args__ = (CLUSTERED,)

    channel_id: int = Field(primary_key=True, foreign_key="channels.id", ondelete="CASCADE")
    id: str = Field(primary_key=True)
    invitee: str
    inviter: str
    at: int = Field(sa_type=BigInteger)


class MoveRow(Row, table=True):
    """Somebody's other place in the lists."""

    __tablename__ = "moves"
    __table_args__ = (CLUSTERED,)

    channel_id: int = Field(primary_key=True, foreign_key="channels.id", ondelete="CASCADE")
    number: int = Field(primary_key=True, sa_type=BigInteger)
    jid: str
    before: int
    now: int


class HatRow(Row, table=True):
    """A hat people can wear."""

    __tablename__ = "hats"
    __table_args__ = (CLUSTERED,)

    channel_id: int = Field(primary_key=True, foreign_key="channels.id", ondelete="CASCADE")
    uri: str = Field(primary_key=True)
    title: str
    hue: str | None
    lang: str | None


class WornHatRow(Row, table=True):
    """That an account wears a hat."""

    __tablename__ = "worn_hats"
    __table_args__ = (CLUSTERED,)

    channel_id: int = Field(primary_key=True, foreign_key="channels.id", ondelete="CASCADE")
    uri: str = Field(primary_key=True)
    jid: str = Field(primary_key=True)


class SubscriptionRow(Row, table=True):
    """An account's subscription to a node."""

    __tablename__ = "subscriptions"
    __table_args__ = (CLUSTERED,)

    channel_id: int = Field(primary_key=True, foreign_key="channels.id", ondelete="CASCADE")
    jid: str = Field(primary_key=True)
    node: str = Field(primary_key=True)


class SessionRow(Row, table=True):
    """A client of a participant."""

    __tablename__ = "sessions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["channel_id", "participant"], ["participants.channel_id", "participants.id"], ondelete="CASCADE"
        ),
        CLUSTERED,
    )

    channel_id: int = Field(primary_key=True)
    participant: str = Field(primary_key=True)
    jid: str = Field(primary_key=True)
    tag: str
    since: int = Field(sa_type=BigInteger)
    in_room: bool
    in_channel: bool
    presence: str | None = Field(sa_type=Text)
    priority: int


class ArchiveRow(Row, table=True):
    """A message: facts, neither stanza nor address."""

    __tablename__ = "archive"
    __table_args__ = (
        Index(None, "channel_id", "at", "position"),
        Index(None, "channel_id", "sender", "position"),
        Index(None, "channel_id", "nick_key", "position"),
        CLUSTERED,
    )

    channel_id: int = Field(primary_key=True, foreign_key="channels.id", ondelete="CASCADE")
    position: int = Field(primary_key=True, sa_type=BigInteger)
    id: str
    node: str
    at: int = Field(sa_type=BigInteger)
    sender: str
    nick: str | None
    nick_key: str | None
    disclosed: bool
    client_id: str | None
    lang: str | None
    subject: bool
    payload: str = Field(sa_type=Text)
    # What the message takes back, or what is known of it since it was taken back itself; hardly ever there.
    retraction: str | None = Field(sa_type=Text)
    tombstone: str | None = Field(sa_type=Text)


class ItemRow(Row, table=True):
    """A change of a node other than messages, as the node's archive has it: a fact as well."""

    __tablename__ = "items"
    __table_args__ = (CLUSTERED,)

    channel_id: int = Field(primary_key=True, foreign_key="channels.id", ondelete="CASCADE")
    node: str = Field(primary_key=True)
    position: int = Field(primary_key=True, sa_type=BigInteger)
    id: str
    at: int = Field(sa_type=BigInteger)
    fact: str = Field(sa_type=Text)


class OldIdRow(Row, table=True):
    """Where an entry of an archive is whose id does not tell; of ids from before those that do."""

    __tablename__ = "old_ids"
    __table_args__ = (Index(None, "channel_id", "id"), CLUSTERED)

    channel_id: int = Field(primary_key=True, foreign_key="channels.id", ondelete="CASCADE")
    node: str = Field(primary_key=True)
    position: int = Field(primary_key=True, sa_type=BigInteger)
    id: str


class RegisteredNickRow(Row, table=True):
    """A nick somebody has registered with the service, for all channels."""

    __tablename__ = "registered_nicks"
    __table_args__ = (UniqueConstraint("nick_key"), CLUSTERED)

    jid: str = Field(primary_key=True)
    nick: str
    nick_key: str


class WatchingRow(Row, table=True):
    """A client that wants to hear of rooms in which something is said."""

    __tablename__ = "watching"
    __table_args__ = (CLUSTERED,)

    jid: str = Field(primary_key=True)


class BarredRow(Row, table=True):
    """An account or a domain that is kept out of the service."""

    __tablename__ = "barred"
    __table_args__ = (CLUSTERED,)

    jid: str = Field(primary_key=True)


class TombstoneRow(Row, table=True):
    """A name of a channel that has ended, which nobody has until then."""

    __tablename__ = "tombstones"
    __table_args__ = (CLUSTERED,)

    name: str = Field(primary_key=True)
    alternate: str
    until: int = Field(sa_type=BigInteger)


class AuditRow(Row, table=True):
    """An administrator learned whose JID is behind a participant id. Outlives the channel."""

    __tablename__ = "audit"

    id: int | None = Field(default=None, primary_key=True)
    at: int = Field(sa_type=BigInteger, index=True)
    who: str
    channel: str
    participant: str
    how: str


def _table(row: type[Row]) -> Table:
    return Row.metadata.tables[str(row.__tablename__)]


CHANNELS: Final = _table(ChannelRow)
PARTICIPANTS: Final = _table(ParticipantRow)
LISTS: Final = _table(ListRow)
ADMISSIONS: Final = _table(AdmissionRow)
RESERVED_NICKS: Final = _table(ReservedNickRow)
INVITATIONS: Final = _table(InvitationRow)
MOVES: Final = _table(MoveRow)
HATS: Final = _table(HatRow)
WORN_HATS: Final = _table(WornHatRow)
SUBSCRIPTIONS: Final = _table(SubscriptionRow)
SESSIONS: Final = _table(SessionRow)
ARCHIVE: Final = _table(ArchiveRow)
ITEMS: Final = _table(ItemRow)
REGISTERED_NICKS: Final = _table(RegisteredNickRow)
WATCHING: Final = _table(WatchingRow)
BARRED: Final = _table(BarredRow)
TOMBSTONES: Final = _table(TombstoneRow)
AUDIT: Final = _table(AuditRow)
