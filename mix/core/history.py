"""Reading the archive: who may, and what their filters mean here (XEP-0313 §4.1, XEP-0442, XEP-0404 §2.3)."""

from __future__ import annotations

from mix.core import past
from mix.core.addresses import split_local
from mix.core.channel import Channel
from mix.core.commands import ReadArchive
from mix.core.disclosure import LookedUp
from mix.core.nicknames import prepare
from mix.core.nodes import Node
from mix.core.ports import ArchiveWindow, Moment
from mix.core.refusals import NickMalformed, NickUnacceptable, NodeClosed, NoSuchNode
from mix.core.rights import Standing, exists, is_insider, may_read, standing
from mix.core.visibility import Audience
from pubsubnodes.addresses import RealJid


def read(channel: Channel, cmd: ReadArchive, moment: Moment) -> ArchiveWindow:
    """A page of an archive for those who may read its node; members may although they are not in (MUC-MAM-16)."""
    if not exists(channel, cmd.node):
        raise NoSuchNode()
    if not (may_read(channel, cmd.actor, cmd.node) or _is_member(channel, cmd)):
        raise NodeClosed()
    query = cmd.query
    sender, nick, nothing = _sender(channel, cmd)
    return ArchiveWindow(
        channel=channel.jid,
        node=cmd.node,
        page=query.page,
        sender=sender,
        nick=nick,
        start=query.start,
        end=query.end,
        before_id=query.before_id,
        after_id=query.after_id,
        ids=query.ids,
        nothing=nothing,
        since=past.since(channel, cmd.actor),
        ends=cmd.ends,
        noted=_noted(channel, cmd, sender, moment),
    )


def _noted(channel: Channel, cmd: ReadArchive, sender: str | None, moment: Moment) -> tuple[LookedUp, ...]:
    """To look for somebody by their address is to ask who they are here, where that is hidden."""
    jid = cmd.query.with_jid
    if jid is None or sender is None or jid.bare == cmd.actor.bare or channel.id_of(jid) != sender:
        return ()
    someone = channel.participant_of(jid.bare)
    if someone is not None and channel.sight.shows(someone, Audience.PUBLIC):
        return ()
    return (LookedUp(cmd.actor.bare, (sender,), moment.now, "archive, by address"),)


def _is_member(channel: Channel, cmd: ReadArchive) -> bool:
    """Whether somebody may read what is said although they are not in; a ban of their whole domain counts before."""
    bare = cmd.actor.bare
    is_banned = standing(channel, bare) is Standing.BANNED
    return cmd.node is Node.MESSAGES and channel.is_listed(bare) and not is_banned


def _sender(channel: Channel, cmd: ReadArchive) -> tuple[str | None, str | None, bool]:
    """Whom `with` means: id, or nick then; and whether it can match nothing.

    A real JID finds somebody only for those who may see it, and otherwise is like one that never spoke.
    """
    text, jid = cmd.query.with_text, cmd.query.with_jid
    if text is None:
        return None, None, False
    if cmd.node is not Node.MESSAGES:  # the channel itself publishes what is in the others
        return None, None, jid is None or jid.bare != RealJid.parse(channel.jid.text)
    bare, _, resource = text.partition("/")
    local, _, domain = bare.partition("@")
    id, name = split_local(local)
    if domain in (channel.jid.domain, channel.room.domain) and name == channel.jid.local:
        if id is not None:
            return id, None, False
        return _named(channel, resource) if resource else (None, None, False)
    if jid is None or not _may_find(channel, cmd.actor, jid):
        return None, None, True
    return channel.id_of(jid), None, False


def _named(channel: Channel, resource: str) -> tuple[str | None, str | None, bool]:
    if resource in channel.participants:
        return resource, None, False
    try:
        return None, prepare(resource).key, False
    except NickUnacceptable:
        return resource, None, False  # the id of somebody who has left
    except NickMalformed:
        return None, None, True


def _may_find(channel: Channel, actor: RealJid, jid: RealJid) -> bool:
    if actor.bare == jid.bare or is_insider(channel, actor):
        return True
    someone = channel.participant_of(jid.bare)
    return someone is not None and channel.sight.shows(someone, Audience.PUBLIC)
