"""Joining and leaving for good, and choosing nodes (XEP-0369 §7.1.2-7.1.3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mix.core import lifecycle, onlookers, tokens
from mix.core.channel import Channel, Participant
from mix.core.commands import Join, Leave, UpdateSubscription
from mix.core.config import Preferences, Sharing
from mix.core.departure import departed, granted_before
from mix.core.events import (
    Departure,
    Event,
    ParticipantJoined,
    PreferencesChanged,
    StayChanged,
    Subscribed,
    Unsubscribed,
)
from mix.core.lockdown import locked_nick
from mix.core.nick import renamed
from mix.core.nicknames import Nick, prepare
from mix.core.nodes import Node, node_named
from mix.core.ports import Moment
from mix.core.presence import noticed
from mix.core.refusals import (
    Banned,
    CannotCoexist,
    ChannelFull,
    MalformedRequest,
    MembersOnly,
    NickMissing,
    NickTaken,
    NodeClosed,
    NoSuchNode,
    NotAllowed,
    NothingSubscribable,
    Refusal,
    ValueUnacceptable,
    WrongPassword,
)
from mix.core.registering import may_take, own_nick
from mix.core.rights import Standing, exists, is_in, readers_of, standing
from mix.core.visibility import Mode, can_coexist


def join(channel: Channel, cmd: Join, moment: Moment) -> list[Event]:
    """Become a participant for good; joining again adds to what one has (XEP-0369 §7.1.2)."""
    bare, rank = cmd.actor.bare, standing(channel, cmd.actor)
    if rank is Standing.BANNED:
        raise Banned()
    admission: Sequence[Event] = ()
    if rank is Standing.NONE:
        invited = tokens.admitted(channel, bare, cmd.claim, moment)
        if invited is None:
            raise NotAllowed() if cmd.claim is not None else shut(channel)
        admission = invited
    me = channel.participant_of(bare)
    preferences = cmd.preferences or (me.preferences if me is not None and me.stays else Preferences())
    if not can_coexist(channel.config.mode, preferences.visibility):
        raise CannotCoexist()
    if channel.config.presence_required and preferences.presence is Sharing.NOT_SHARE:
        raise ValueUnacceptable()
    if me is None and len(channel.participants) >= moment.rules.max_participants:
        raise ChannelFull()
    nodes = _subscribable(channel, max(rank, Standing.PARTICIPANT), cmd.nodes)
    nick = _nick_for(channel, me, cmd, moment)
    events: list[Event] = [*admission]
    if me is None:
        id = channel.id_of(bare)
        events += onlookers.gone(channel, bare)
        grant = granted_before(channel, id, moment)
        events.append(ParticipantJoined(id, bare, nick, preferences, stays=True, at=moment.now, grant=grant))
        me = Participant(id, bare, nick, moment.now, stays=True)
    else:
        if not me.stays:
            events.append(StayChanged(me.id, bare, stays=True, preferences=preferences))
        elif preferences != me.preferences:
            events.append(PreferencesChanged(me.id, me.preferences, preferences))
        if nick is not None and nick != me.nick:
            events.append(renamed(me, nick, moment))
    events += noticed(me, cmd.actor, moment)  # first, so that what a subscription brings reaches this client
    if new := nodes - channel.subscriptions.get(bare, frozenset()):
        events.append(Subscribed(bare, new))
    return events


def shut(channel: Channel) -> Refusal:
    """Why somebody does not get in who has no place here. MIX has no way to say a password, so whoever knows it enters
    the room first, is put on the allowed list, or shows an invitation (XEP-0045 §7.2.5)."""
    return MembersOnly() if channel.config.members_only else WrongPassword()


def leave(channel: Channel | None, cmd: Leave, moment: Moment) -> Sequence[Event]:
    """Stop being a MIX participant; leaving twice is as good as leaving once (XEP-0369 §7.1.3).

    Someone who is in the room as well stays there: leaving MIX evicts no occupant (XEP-0408 §2).
    """
    me = channel.participant_of(cmd.actor.bare) if channel is not None else None
    if channel is None or me is None or not me.stays:
        return []
    if any(session.in_room for session in me.sessions.values()):
        stayed = StayChanged(me.id, me.jid, stays=False, preferences=Preferences())
        subscribed = channel.subscriptions.get(me.jid, frozenset())
        return [Unsubscribed(me.jid, subscribed), stayed] if subscribed else [stayed]
    return [departed(channel, me, Departure.LEFT, moment), *lifecycle.after_departure(channel, me)]


def update(channel: Channel, cmd: UpdateSubscription, moment: Moment) -> list[Event]:
    """Change the named subscriptions and no others (XEP-0369 §7.1.2)."""
    if set(cmd.subscribe) & set(cmd.unsubscribe):
        raise MalformedRequest()
    me, had = channel.participant(cmd.actor), channel.subscriptions.get(cmd.actor.bare, frozenset())
    rank = max(standing(channel, cmd.actor), Standing.PARTICIPANT)
    wanted = frozenset[Node]()
    try:
        wanted = _subscribable(channel, rank, cmd.subscribe)
    except NothingSubscribable as refused:
        if not cmd.unsubscribe:
            raise refused.first from refused
    unwanted = frozenset(filter(None, map(node_named, cmd.unsubscribe)))
    events: list[Event] = noticed(me, cmd.actor, moment)
    if wanted - had:
        events.append(Subscribed(me.jid, wanted - had))
    if unwanted & had:
        events.append(Unsubscribed(me.jid, unwanted & had))
    return events


def granted(channel: Channel, names: Iterable[str], bare_nodes: frozenset[Node]) -> list[Node]:
    """Which of the named nodes an account is subscribed to now, in the order asked for, each once."""
    found = (node_named(name) for name in names)
    return list(dict.fromkeys(node for node in found if node is not None and node in bare_nodes))


def _subscribable(channel: Channel, rank: Standing, names: Sequence[str]) -> frozenset[Node]:
    """Those of the named nodes that may be subscribed. Raises `NothingSubscribable` when none of several may."""
    nodes, refused = set[Node](), list[tuple[str, Refusal]]()
    for name in names:
        node = node_named(name)
        if node is None or not exists(channel, node):
            refused.append((name, NoSuchNode()))
        elif not is_in(readers_of(channel, node), rank):
            refused.append((name, NodeClosed()))
        else:
            nodes.add(node)
    if refused and not nodes:
        first = refused[0][1]
        raise NothingSubscribable(first, tuple(name for name, why in refused if type(why) is type(first)))
    return frozenset(nodes)


def _nick_for(channel: Channel, me: Participant | None, cmd: Join, moment: Moment) -> Nick | None:
    if (locked := locked_nick(channel, cmd.actor.bare, moment)) is not None:
        return locked
    if cmd.nick:
        nick = prepare(cmd.nick, moment.rules.max_nick)
        if not may_take(channel, nick, cmd.actor.bare, moment):
            raise NickTaken()
        return nick
    if me is not None and me.nick is not None:
        return me.nick
    if (own := own_nick(channel, cmd.actor.bare, moment)) is not None:
        return own
    if channel.config.mandatory_nicks:
        raise NickMissing()
    if channel.config.mode is Mode.VISIBLE:
        return None
    return prepare(moment.dice.nick())  # where no JID is shown, there has to be a nick (XEP-0369 §7.1.6)
