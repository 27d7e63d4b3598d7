"""Taking messages back: one's own, or as somebody with a right over all (XEP-0407 §4, XEP-0424, XEP-0425)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from mix.core import messages
from mix.core.channel import Channel, Message, Participant, Retraction, Tombstone
from mix.core.commands import Retract
from mix.core.events import Event, MessagePosted, MessageRetracted
from mix.core.payload import Payload
from mix.core.ports import MessageSought, Moment
from mix.core.presence import noticed
from mix.core.refusals import NoSuchItem, NotAllowed, NotRetractable, Protected, RetractionOff, RetractionTooLate
from mix.core.rights import listed_standing, may_moderate
from pubsubnodes.addresses import RealJid


def retract(channel: Channel, cmd: Retract, moment: Moment) -> MessageSought:
    """Look for the message, however far back it is, after the checks that do not depend on it."""
    if cmd.as_moderator:
        if not may_moderate(channel, cmd.actor):
            raise NotAllowed()
        return MessageSought(channel.jid, cmd.id, partial(_moderate, channel, cmd, moment))
    me = messages.speaker(channel, cmd)
    # COMPAT: Converse.js calls its own messages in rooms by the id it gave them, and not by the room's.
    author = me.id if cmd.from_room else None
    return MessageSought(channel.jid, cmd.id, partial(_retract, channel, cmd, moment, me), author)


def _moderate(channel: Channel, cmd: Retract, moment: Moment, target: Message | None) -> Sequence[Event]:
    """As a moderator, who need not be in the channel; what is gone already is none the worse (XEP-0425 §3)."""
    if target is None:
        raise NoSuchItem()
    if target.tombstone is not None:
        return []
    _check_reach(channel, cmd.actor.bare, target)
    me = channel.participant_of(cmd.actor.bare)
    return _taken_back(channel, cmd, moment, me, target, moderated=True)


def _retract(
    channel: Channel, cmd: Retract, moment: Moment, me: Participant, target: Message | None
) -> Sequence[Event]:
    """In one's own name. Somebody else's message only those with a right over it may take back that way, and in
    a room nobody: clients there would take it for the author's own doing, or for none (XEP-0424 §5)."""
    seen = [] if cmd.from_room else noticed(me, cmd.actor, moment)
    if target is None and cmd.from_room:  # rooms also pass on what names an id of somebody else's making
        said = messages.said(channel, cmd, me, moment, retraction=Retraction(cmd.id))
        return [MessagePosted(said, cmd.actor)]
    if target is None:
        raise NoSuchItem()
    above = may_moderate(channel, cmd.actor)
    if target.sender != me.id and (cmd.from_room or not above):
        raise NotAllowed()
    if target.sender != me.id:
        _check_reach(channel, me.jid, target)
    own = target.sender == me.id and channel.config.user_retraction
    if not (own or above):
        raise RetractionOff()
    if not above and moment.rules.retraction is not None and moment.now - target.at > moment.rules.retraction:
        raise RetractionTooLate()
    if target.tombstone is not None:
        raise NoSuchItem()
    return [*seen, *_taken_back(channel, cmd, moment, me, target, moderated=not own)]


def _check_reach(channel: Channel, by: RealJid, target: Message) -> None:
    """Where ranks are protected, nobody takes back what somebody above them said, whether that one is in or not."""
    if not channel.config.ranks_protected:
        return
    lists, operators = channel.lists, channel.operators
    rank = listed_standing(lists, by, operators)
    people = lists.owners | lists.admins | lists.allowed | operators
    if any(listed_standing(lists, one, operators) > rank and channel.id_of(one) == target.sender for one in people):
        raise Protected()


def _taken_back(
    channel: Channel, cmd: Retract, moment: Moment, me: Participant | None, target: Message, *, moderated: bool
) -> Sequence[Event]:
    """The message goes, its place stays (XEP-0313 §3.2), and everybody is told."""
    if target.retraction is not None or target.payload.is_subject:
        raise NotRetractable()
    called = cmd.id if cmd.id != target.id else ""
    said = messages.said(channel, cmd, me, moment, retraction=Retraction(target.id, moderated, cmd.reason, called))
    name = said.id if moderated else said.client_id or said.id
    tombstone = Tombstone(said.sender, said.nick, said.disclosed, said.at, name, moderated, cmd.reason)
    left = replace(target, payload=Payload.stored(""), lang=None, tombstone=tombstone, memo={})
    return [MessageRetracted(left), MessagePosted(said, cmd.actor)]
