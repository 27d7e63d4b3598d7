"""From events to the rows they come to: many events of many channels become few statements.

Events are first reduced to what each row shall be in the end, so that it does not matter in which order the
statements run, and a client that came and went within one transaction touches nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, final

from mix.core import admissions, events
from mix.core.addresses import ChannelJid
from mix.core.avatar import AvatarChanged
from mix.core.barring import BarredChanged
from mix.core.channel import Admissions, Message
from mix.core.config import Config, Lists
from mix.core.disclosure import LookedUp
from mix.core.hats import HatAssigned, HatChanged
from mix.core.indicators import WatchBegun, WatchEnded
from mix.core.items import Item, ItemsArchived
from mix.core.moves import Move
from mix.core.nodes import Node
from mix.core.onlookers import HIDING, OnlookerGone, OnlookerShown
from mix.core.operating import PeopleListed
from mix.core.past import AdmissionsChanged
from mix.core.refusals import StorageFailed
from mix.core.registry import NickRegistered
from mix.core.tombstones import NameBuried
from mix.shell.columns import (
    MessageRow,
    archived,
    from_avatar,
    from_config,
    from_hat,
    from_info,
    from_invitation,
    from_jid,
    from_message,
    from_payload,
    from_preferences,
    from_session,
    from_time,
)
from mix.shell.facts import from_fact
from pubsubnodes.addresses import RealJid

Columns = dict[str, Any]
ONLOOKER = "onlooker"
"""In the place of why somebody has left: they never were in, and only showed presence."""

LISTING = "get-online-users-list"
"""How the audit calls a list of all who are there (XEP-0133 §4.20)."""
LISTS = ("owners", "admins", "allowed", "banned")


@final
class Prospect:
    """What the rows of one channel shall be after a transaction."""

    __slots__ = (
        "admitted",
        "channel",
        "emptied",
        "ends",
        "forgotten",
        "hats",
        "invitations",
        "is_new",
        "items",
        "jid",
        "listed",
        "lookups",
        "messages",
        "moves",
        "participants",
        "reserved",
        "rewritten",
        "sessions",
        "subscribed",
        "unsubscribed",
        "worn",
    )

    def __init__(self, jid: ChannelJid) -> None:
        self.jid = jid.text
        self.ends = False
        """Everything stored before goes."""
        self.lookups: list[Columns] = []
        """Whole rows of the audit, which outlives its channels."""
        self._clear()

    def _clear(self) -> None:
        self.is_new = False
        self.channel: Columns = {}
        self.participants: dict[str, Columns] = {}
        """By id; whole rows of those who joined, changed columns of the others."""
        self.emptied: set[str] = set()
        """Participants all of whose stored sessions go."""
        self.sessions: dict[tuple[str, RealJid], Columns | None] = {}
        self.unsubscribed: set[RealJid] = set()
        """Accounts all of whose stored subscriptions go."""
        self.subscribed: dict[tuple[RealJid, Node], bool] = {}
        self.listed: dict[tuple[str, RealJid], bool] = {}
        self.forgotten = False
        """All stored moves go."""
        self.moves: list[Columns] = []
        self.admitted: dict[RealJid | None, Columns | None] = {}
        """By account or domain; None is everybody else."""
        self.hats: dict[str, Columns | None] = {}
        self.worn: dict[tuple[str, RealJid], bool] = {}
        self.reserved: dict[RealJid, Columns | None] = {}
        self.invitations: dict[str, Columns | None] = {}
        self.messages: list[MessageRow] = []
        self.items: list[Columns] = []
        self.rewritten: dict[int, Columns] = {}
        """Changed columns of messages, by position."""

    def take(self, happened: Iterable[events.Event]) -> None:
        """Add events, in the order they happened."""
        for event in happened:
            if self.ends and not self.is_new and not isinstance(event, events.ChannelCreated):
                raise StorageFailed()  # nothing happens in a channel that is gone
            if type(event) is events.MessagePosted:
                self._archive(event.message, subject=False)
            else:
                self._take(event)

    def _take(self, event: events.Event) -> None:
        match event:
            case events.SessionOpened(id, session):
                self.sessions[id, session.jid] = {"participant": id, **from_session(session)}
            case events.SessionChanged(id, _, session):
                self.sessions[id, session.jid] = {"participant": id, **from_session(session)}
            case events.SessionClosed(id, session):
                self.sessions[id, session.jid] = None
            case OnlookerShown(id, session=session):
                self._onlook(event)
                self.sessions[id, session.jid] = {"participant": id, **from_session(session)}
            case OnlookerGone(id, session):
                self.sessions[id, session.jid] = None
            case events.ParticipantJoined():
                self._join(event)
            case events.ParticipantLeft():
                self._leave(event)
            case events.NickChanged(id, _, new):
                self._participant(id, nick=new.text, nick_key=new.key)
            case events.StayChanged(id, _, stays, preferences):
                self._participant(id, stays=stays, preferences=from_preferences(preferences))
            case events.PreferencesChanged(id, _, preferences):
                self._participant(id, preferences=from_preferences(preferences))
            case events.GrantChanged(id, _, grant):
                self._participant(id, grant=grant)
            case events.Subscribed(jid, nodes):
                self.subscribed.update({(jid, node): True for node in nodes})
            case events.Unsubscribed(jid, nodes):
                self.subscribed.update({(jid, node): False for node in nodes})
            case LookedUp(by, ids, at, how):
                row = {"at": from_time(at), "who": from_jid(by), "channel": self.jid, "how": how}
                self.lookups += [{**row, "participant": id} for id in ids or ("*",)]
            case ItemsArchived(items):
                self.items += map(_item, items)
            case events.MessageRetracted(message):
                self.rewritten[message.position] = from_message(message)
            case events.SubjectChanged(message):
                self._subject(message)
            case events.ConfigChanged():
                self.channel |= _config(event.new)
                self.channel |= {"config_at": from_time(event.at), "config_by": from_jid(event.by)}
                if event.old.mode is not event.new.mode:
                    self.channel["info_at"] = from_time(event.at)
                    self.forgotten = True
                    self.moves.clear()
            case events.InfoChanged():
                self.channel |= {"info": from_info(event.new), "info_at": from_time(event.at)}
            case AvatarChanged(_, avatar):
                self.channel["avatar"] = from_avatar(avatar)
            case events.ListsChanged():
                self._lists(event.old, event.new)
                self.moves += map(_move, event.moves)
                if event.moves:
                    self.channel["moves"] = event.moves[-1].number
                if (event.old.owners, event.old.admins) != (event.new.owners, event.new.admins):
                    self.channel |= {"config_at": from_time(event.at), "config_by": from_jid(event.by)}
            case AdmissionsChanged(before, now):
                self._admissions(before, now)
            case HatChanged(uri, _, hat, wearers):
                self.hats[uri] = from_hat(hat)
                if hat is None:
                    self.worn.update({(uri, jid): False for jid in wearers})
            case HatAssigned(uri, wearer, wears):
                self.worn[uri, wearer] = wears
            case admissions.NickReserved(jid, _, kept):
                self.reserved[jid] = {"nick": kept.text, "nick_key": kept.key} if kept is not None else None
            case admissions.Invited(invitation) | admissions.InvitationIssued(invitation):
                self.invitations[invitation.id] = from_invitation(invitation)
            case admissions.InvitationEnded(invitation):
                self.invitations[invitation.id] = None
            case events.ChannelUnlocked():
                self.channel["locked"] = False
            case events.ChannelCreated():
                self._create(event)
            case events.ChannelDestroyed():
                self._clear()
                self.ends = True
            case _:
                raise StorageFailed()  # an event without a place here must not look as if it were stored

    def _create(self, event: events.ChannelCreated) -> None:
        self.is_new = True
        at = from_time(event.at)
        self.channel = {
            "jid": self.jid,
            "key": event.key,
            "created": at,
            "made_by": from_jid(event.by.bare),
            "adhoc": event.adhoc,
            "locked": event.locked,
            **_config(event.config),
            "config_at": at,
            "config_by": from_jid(event.by),
            "info": from_info(event.info),
            "info_at": at,
            "subject": None,
            "subject_sender": None,
            "subject_nick": None,
            "subject_nick_key": None,
            "subject_at": None,
            "avatar": None,
            "moves": None,
        }
        self._lists(Lists(), event.lists)

    def _participant(self, id: str, **columns: object) -> None:
        self.participants.setdefault(id, {}).update(columns)

    def _join(self, event: events.ParticipantJoined) -> None:
        # Everything, since the row may be that of an earlier stay.
        self.participants[event.id] = {
            "jid": from_jid(event.jid),
            "nick": event.nick.text if event.nick is not None else None,
            "nick_key": event.nick.key if event.nick is not None else None,
            "stays": event.stays,
            "since": from_time(event.at),
            "preferences": from_preferences(event.preferences),
            "grant": event.grant,
            "left_at": None,
            "left_reason": None,
        }

    def _onlook(self, event: OnlookerShown) -> None:
        """Somebody who is not in stands where those stand who have left, so that they can be found out as well."""
        grant, left = event.lapsed or (None, event.since)
        self.participants[event.id] = {
            "jid": from_jid(event.jid),
            "nick": event.nick.text,
            "nick_key": event.nick.key,
            "stays": False,
            "since": from_time(event.since),
            "preferences": from_preferences(HIDING),
            "grant": grant,
            "left_at": from_time(left),
            "left_reason": ONLOOKER,
        }

    def _leave(self, event: events.ParticipantLeft) -> None:
        self._participant(event.id, left_at=from_time(event.at), left_reason=event.reason.value, grant=event.grant)
        self.emptied.add(event.id)
        self.sessions = {key: row for key, row in self.sessions.items() if key[0] != event.id}
        self.unsubscribed.add(event.jid)
        self.subscribed = {key: is_on for key, is_on in self.subscribed.items() if key[0] != event.jid}

    def _lists(self, old: Lists, new: Lists) -> None:
        for which in LISTS:
            before: frozenset[RealJid] = getattr(old, which)
            after: frozenset[RealJid] = getattr(new, which)
            self.listed.update({(which, jid): False for jid in before - after})
            self.listed.update({(which, jid): True for jid in after - before})

    def _admissions(self, old: Admissions, new: Admissions) -> None:
        before, after = ({**them.people, None: them.others} for them in (old, new))
        for jid in before.keys() | after.keys():
            if before.get(jid) != (at := after.get(jid)):
                self.admitted[jid] = {"since": from_time(at)} if at is not None else None

    def _subject(self, message: Message) -> None:
        self.channel |= {
            "subject": from_payload(message.payload),
            "subject_sender": message.sender,
            "subject_nick": message.nick.text if message.nick is not None else None,
            "subject_nick_key": message.nick.key if message.nick is not None else None,
            "subject_at": from_time(message.at),
        }
        self._archive(message, subject=True)

    def _archive(self, message: Message, *, subject: bool) -> None:
        if not message.archived:
            return
        self.messages.append(archived(message, subject=subject))


@final
class ServiceProspect:
    """What the rows of the service itself shall be after a transaction."""

    __slots__ = ("barred", "lookups", "nicks", "tombstones", "watching")

    def __init__(self) -> None:
        self.nicks: dict[str, Columns] = {}
        """Whole rows by account."""
        self.watching: dict[str, bool] = {}
        """Clients that watch their rooms, or do so no more."""
        self.barred: dict[str, bool] = {}
        """Who is kept out, or is no more."""
        self.lookups: list[Columns] = []
        """Whole rows of the audit."""
        self.tombstones: dict[str, Columns | None] = {}
        """By name; None for those whose time is over."""

    def take(self, happened: Iterable[events.Event]) -> None:
        """Add events, in the order they happened."""
        for event in happened:
            match event:
                case NickRegistered(jid, nick):
                    self.nicks[from_jid(jid)] = {"jid": from_jid(jid), "nick": nick.text, "nick_key": nick.key}
                case WatchBegun(client):
                    self.watching[from_jid(client)] = True
                case WatchEnded(client):
                    self.watching[from_jid(client)] = False
                case BarredChanged(old, new):
                    self.barred.update((from_jid(jid), jid in new) for jid in old ^ new)
                case NameBuried(name, alternate, until, over):
                    self.tombstones.update(dict.fromkeys(over))
                    self.tombstones[name] = {"alternate": alternate, "until": from_time(until)}
                case PeopleListed(by, whom, at):
                    row = {"at": from_time(at), "who": from_jid(by), "how": LISTING}
                    self.lookups += [{**row, "channel": channel.text, "participant": id} for channel, id in whom]
                case _:
                    raise StorageFailed()  # as of channels


def _item(item: Item) -> Columns:
    return {
        "node": item.node.value,
        "position": item.position,
        "id": item.id,
        "at": from_time(item.at),
        "fact": from_fact(item.fact),
    }


def _move(move: Move) -> Columns:
    return {"number": move.number, "jid": from_jid(move.jid), "before": int(move.before), "now": int(move.now)}


def _config(config: Config) -> Columns:
    return {
        "config": from_config(config),
        "listed": config.listed,
        "members_only": config.members_only,
        "info_for": config.info_for.value,
        "end_of_life": from_time(config.end_of_life) if config.end_of_life is not None else None,
    }
