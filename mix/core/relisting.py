"""What follows when people stand elsewhere in the lists, whichever wish moved them (XEP-0406 §3.3, XEP-0045 §9-10)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from copy import copy
from dataclasses import replace

from mix.core import onlookers
from mix.core.admissions import InvitationEnded, NickReserved
from mix.core.channel import Channel, Participant
from mix.core.config import Config, Lists
from mix.core.departure import departed, emptied
from mix.core.events import (
    Departure,
    Event,
    GrantChanged,
    ListsChanged,
    ParticipantLeft,
    Unsubscribed,
)
from mix.core.moves import moves
from mix.core.nodes import Node
from mix.core.ports import Moment
from mix.core.refusals import ListFull
from mix.core.rights import Grant, Standing, exists, listed_standing, may_subscribe, standing
from mix.core.visibility import can_coexist
from pubsubnodes.addresses import RealJid

Texts = Mapping[RealJid, str]
"""What is said about whom when they are moved."""


def relist(
    channel: Channel, lists: Lists, by: RealJid, moment: Moment, texts: Texts, gone: Collection[RealJid] = ()
) -> list[Event]:
    """Other lists, and all that follows: who has to leave, what they lose, and the end of a room nobody is left in.

    `gone` are those who leave in events of the same wish, before these.
    """
    if lists == channel.lists:
        return []
    after = prospect(channel, channel.config, lists)
    leaving = leavers(channel, after, by, moment, texts, gone)
    out = dict.fromkeys((*gone, *(event.jid for event in leaving)))
    return [
        *leaving,
        *closed_subscriptions(channel, after, out),
        *moved(channel, lists, by, moment, texts, out),
        *emptied(channel, {channel.id_of(jid) for jid in out}),
    ]


def prospect(channel: Channel, config: Config, lists: Lists) -> Channel:
    """The channel as it will be, to ask the rights of tomorrow. Never applied to, never kept."""
    after = copy(channel)
    after.config, after.lists = config, lists
    return after


def leavers(
    channel: Channel, after: Channel, by: RealJid | None, moment: Moment, texts: Texts, gone: Collection[RealJid] = ()
) -> list[ParticipantLeft]:
    """Those who cannot stay in the channel as it will be."""
    reasons = ((someone, _why_leave(after, someone)) for someone in channel.participants.values())
    leaving = [
        departed(channel, someone, why, moment, by=by, text=texts.get(someone.jid, ""))
        for someone, why in reasons
        if why is not None and someone.jid not in gone
    ]
    how = {move.jid: move for move in moves(channel, after.lists, [event.jid for event in leaving])}
    return [replace(event, move=how.get(event.jid)) for event in leaving]


def _why_leave(after: Channel, someone: Participant) -> Departure | None:
    """Why a participant cannot stay in the channel as it will be, if so."""
    rank = standing(after, someone.jid)
    if rank is Standing.BANNED:
        return Departure.BANNED
    if not can_coexist(after.config.mode, someone.preferences.visibility):
        return Departure.CANNOT_COEXIST
    listed = rank >= Standing.ADMIN or someone.jid.is_covered_by(after.lists.allowed)
    return Departure.NOT_ALLOWED if after.config.members_only and not listed else None


def moved(
    channel: Channel, lists: Lists, by: RealJid, moment: Moment, texts: Texts, gone: Collection[RealJid]
) -> list[Event]:
    """The lists as they will be; whoever loses their place loses their nick, and whoever sinks what they were granted.

    A rise ends a muting, a fall ends voice and moderation: the rank alone says what follows (XEP-0045 §5.1.3). `gone`
    are those who leave before, in this order.
    """
    if lists == channel.lists:
        return []
    _check_length(channel.lists, lists, moment)
    events: list[Event] = [
        NickReserved(jid, nick, None)
        for jid, nick in channel.reserved.items()
        if listed_standing(lists, jid, channel.operators) <= Standing.NONE
    ]
    events += [  # also for when the ban is lifted (XEP-0406 §2.3)
        InvitationEnded(one)
        for one in channel.invitations.values()
        if any(one.invitee.bare.matches(entry) for entry in lists.banned - channel.lists.banned)
    ]
    events += onlookers.put_out(channel, channel.config, lists)
    for someone in channel.participants.values():
        before, now = listed_standing(channel.lists, someone.jid), listed_standing(lists, someone.jid)
        ends = (Grant.MUTED,) if now > before else (Grant.VOICE, Grant.MODERATOR)
        if now is not before and someone.grant in ends and someone.jid not in gone:
            events.append(GrantChanged(someone.id, someone.grant, None, by=by, ranked=True))
    how = moves(channel, lists, gone)
    return [*events, ListsChanged(channel.lists, lists, by, moment.now, texts, frozenset(gone), how)]


def _check_length(before: Lists, now: Lists, moment: Moment) -> None:
    """No list grows beyond all measure, for everybody who registers or is invited gets onto one (XEP-0045 §14.6)."""
    for name in Lists.__dataclass_fields__:
        length = len(getattr(now, name))
        if length > moment.rules.max_participants and length > len(getattr(before, name)):
            raise ListFull()


def closed_subscriptions(channel: Channel, after: Channel, gone: Collection[RealJid]) -> list[Unsubscribed]:
    """Subscriptions that people who stay may not keep in the channel as it will be.

    They end before the change that ends them is told: it may hold addresses that are none of their business any more.
    """
    return _unsubscribed(channel, gone, lambda jid, n: exists(after, n) and not may_subscribe(after, jid, n))


def lost_subscriptions(channel: Channel, after: Channel, gone: Collection[RealJid]) -> list[Unsubscribed]:
    """Subscriptions to nodes that will not be there: they end last, after that has been told."""
    return _unsubscribed(channel, gone, lambda jid, n: not exists(after, n))


def _unsubscribed(
    channel: Channel, gone: Collection[RealJid], ends: Callable[[RealJid, Node], bool]
) -> list[Unsubscribed]:
    ending = (
        (jid, frozenset(node for node in nodes if ends(jid, node)))
        for jid, nodes in channel.subscriptions.items()
        if jid not in gone
    )
    return [Unsubscribed(jid, nodes) for jid, nodes in ending if nodes]
