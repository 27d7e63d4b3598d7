"""Messages on the wire: the copies of a channel message, and how archived ones look (XEP-0369 §7.1.6, §7.2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from mix.core.addresses import split_local
from mix.core.channel import Channel, Message
from mix.core.commands import Command, Ignore, PostMessage
from mix.core.events import MessagePosted, SubjectChanged
from mix.core.payload import Payload
from mix.core.refusals import MalformedRequest, NoSuchChannel
from mix.core.visibility import Audience
from mix.face import private, recipients, retraction
from mix.face.stanzas import CORE, SID
from pubsubnodes.addresses import VisibleAddress
from pubsubnodes.stanza import Delivery, Fanout, Inbound, Replay, Stanza
from pubsubnodes.xml import escape

TO_THE_SERVER: Final = "<mix xmlns=''/>"
"""Beside the real `<mix/>` in what goes to an account itself. COMPAT: without it ejabberd's mod_mix_pam passes on
nothing, since it looks for an element without namespace; other servers and clients do not look at it."""


def parse(inbound: Inbound, channel: Channel | None, *, alone: bool) -> Command | None:
    """What is said to the channel itself. Clients in the room speak through the room (MIX-MSG-27, MIX-MSG-28)."""
    encoded, _ = split_local(inbound.target.local)
    if encoded is not None:
        return private.parse(inbound, encoded, channel)
    if not alone and not _is_for_mix(inbound, channel):
        return None
    if channel is None:
        raise NoSuchChannel()
    if retraction.is_one(inbound) and inbound.type in ("groupchat", "normal", "") and not inbound.target.resource:
        return retraction.parse(inbound, channel)
    if inbound.type != "groupchat":
        if inbound.type == "headline":
            return Ignore(actor=inbound.sender)
        raise MalformedRequest()
    if inbound.target.resource:
        raise MalformedRequest()
    return PostMessage(
        actor=inbound.sender,
        payload=Payload.from_user(inbound.xml, inbound.sender, channel.jid, channel.room),
        client_id=inbound.id,
        lang=inbound.lang,
        from_room=False,
    )


def _is_for_mix(inbound: Inbound, channel: Channel | None) -> bool:
    """Whether a message is this face's, where the room is another's: it comes from a participant's MIX client."""
    if channel is None:
        return False
    is_said_to_all = inbound.type == "groupchat" or (
        inbound.type in ("", "chat", "normal")
        and not inbound.target.resource
        and (inbound.child("body") is not None or retraction.is_one(inbound))
    )
    if not is_said_to_all:
        return False
    me = channel.participant_of(inbound.sender.bare)
    session = channel.session_of(inbound.sender)
    return me is not None and me.stays and (session is None or not session.in_room)


def render(event: MessagePosted | SubjectChanged, channel: Channel, cause: Inbound | None) -> Iterable[Delivery]:
    """A copy for everybody subscribed to messages; the client it came from gets its own id back, too."""
    message, copies = event.message, recipients.copies(channel)
    if not copies:
        return
    kept = f"<stanza-id xmlns='{SID}' by='{escape(channel.jid.text)}' id='{escape(message.id)}'/>"
    sender, address = channel.participants.get(message.sender), channel.jid.sender(message.sender)
    for (audience, at_account), people in copies.items():
        jid = channel.sight.real_jid(sender, audience=audience) if sender is not None else None
        content = retraction.content(channel, message, audience)
        after = f"{TO_THE_SERVER if at_account else ''}{kept if message.archived else ''}"
        speaker = event.client.bare if at_account else event.client
        others = people.without(speaker) if message.client_id else people
        if others is not people:
            yield Replay([_stanza(message, address, content, _mix(message, jid, message.client_id) + after)], speaker)
        if len(others):
            yield Fanout(_stanza(message, address, content, _mix(message, jid) + after), others)


def archived(channel: Channel, message: Message, audience: Audience) -> Stanza:
    """A message as the archive gives it out: without `to`, and with an address only if it was shown and is (§7.2.2)."""
    sender = channel.participants.get(message.sender)
    jid = channel.sight.archived_jid(sender, disclosed_then=message.disclosed, audience=audience)
    content = retraction.content(channel, message, audience)
    return _stanza(message, channel.jid.sender(message.sender), content, _mix(message, jid))


def _stanza(message: Message, sender: VisibleAddress, content: Payload, marks: str) -> Stanza:
    return Stanza("message", sender, "groupchat", message.id, (content, Payload.stored(marks)), message.lang)


def _mix(message: Message, jid: VisibleAddress | None, submission: str | None = None) -> str:
    """Who speaks (§7.1.6), as text right away: this stands in every copy of every message."""
    nick = f"<nick>{escape(message.nick.text)}</nick>" if message.nick is not None else ""
    known = f"<jid>{escape(jid.text)}</jid>" if jid is not None else ""
    own = f"<submission-id>{escape(submission)}</submission-id>" if submission is not None else ""
    return f"<mix xmlns='{CORE}'>{nick}{known}{own}</mix>"
