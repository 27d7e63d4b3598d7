"""The nodes of a channel as pubsub shows them: projected from the channel, so never out of step (XEP-0369 §4.7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from xml.etree.ElementTree import Element

from mix.core.channel import Channel, Participant
from mix.core.nodes import Node
from mix.core.visibility import Audience
from mix.face import configform, infoform, pictures, recipients
from mix.face.stanzas import ANON, CORE, PUBSUB_EVENT, fresh_id
from pubsubnodes.addresses import RealJid, Recipients
from pubsubnodes.mam import stamp
from pubsubnodes.stanza import Fanout, Stanza
from pubsubnodes.xml import element

ITEMS_AN_EVENT = 50
"""Items one notification carries when many change at once: a stanza has to stay far below 512 KiB."""


def names_on(channel: Channel, node: Node) -> Sequence[str]:
    """The ids of the items a node has now; information and configuration always have exactly one."""
    match node:
        case Node.PARTICIPANTS | Node.JIDMAP:
            return list(channel.participants)
        case Node.INFO:
            return [stamp(channel.info_at)]
        case Node.CONFIG:
            return [stamp(channel.config_at)]
        case Node.ALLOWED:
            return names_of(channel, channel.lists.allowed)
        case Node.BANNED:
            return names_of(channel, channel.lists.banned)
        case Node.AVATAR_DATA:
            return [image.id for image in channel.avatar.images]
        case Node.AVATAR_METADATA:
            return [channel.avatar.shown[0].id] if channel.avatar.shown else []
        case _:
            return []  # messages and presence hold no items


def names_of(channel: Channel, entries: Iterable[RealJid]) -> list[str]:
    """The item ids of entries of the allowed and banned nodes: the addresses themselves (XEP-0406 §2.2)."""
    return sorted(channel.sight.listed_jid(entry).text for entry in entries)


def payload_of(channel: Channel, node: Node, name: str, audience: Audience) -> Element | None:
    """What an item holds, for an audience; entries of the allowed and banned nodes hold nothing."""
    match node:
        case Node.PARTICIPANTS:
            return _participant(channel, channel.participants[name], audience)
        case Node.JIDMAP:
            jid = element(ANON, "jid", text=channel.sight.mapped_jid(channel.participants[name]).text)
            return element(ANON, "participant", jid)
        case Node.INFO:
            return infoform.write(channel)
        case Node.CONFIG:
            return configform.write(channel)
        case Node.AVATAR_DATA:
            return pictures.write_data(channel.avatar, name)
        case Node.AVATAR_METADATA:
            return pictures.write_metadata(channel.avatar.shown)
        case _:
            return None


def reading(channel: Channel, node: Node, who: RealJid) -> Audience:
    """The audience somebody is when they read a node.

    In the participants node an administrator sees what participants see, and has the jidmap for the rest
    (XEP-0404 §2.3).
    """
    audience = recipients.audience_of(channel, who)
    return Audience.PUBLIC if node is Node.PARTICIPANTS and audience is Audience.INSIDERS else audience


def announce(channel: Channel, node: Node, names: Sequence[str]) -> Iterator[Fanout]:
    """Notify a node's subscribers of items, in as many renderings as they read differently (XEP-0060 §7.1.2.1)."""
    if node is Node.PARTICIPANTS and any(channel.sight.shows(channel.participants[name]) for name in names):
        for audience, people in recipients.audiences(channel, node).items():
            shown = Audience.PUBLIC if audience is Audience.INSIDERS else audience
            yield from (Fanout(told, people) for told in published(channel, node, names, shown))
    else:
        everybody = recipients.subscribers(channel, node)
        if len(everybody):
            yield from (Fanout(told, everybody) for told in published(channel, node, names))


def published(
    channel: Channel, node: Node, names: Sequence[str], audience: Audience = Audience.PUBLIC
) -> Iterator[Stanza]:
    """Notifications of published items."""
    left = iter(names)
    while some := list(islice(left, ITEMS_AN_EVENT)):
        yield _event(
            channel,
            element(
                PUBSUB_EVENT,
                "items",
                *(element(PUBSUB_EVENT, "item", payload_of(channel, node, name, audience), id=name) for name in some),
                node=node.value,
            ),
        )


def item_published(channel: Channel, node: Node, name: str, payload: Element) -> Stanza:
    """The notification of an item that the node does not go on to hold."""
    item = element(PUBSUB_EVENT, "item", payload, id=name)
    return _event(channel, element(PUBSUB_EVENT, "items", item, node=node.value))


def retracted(channel: Channel, node: Node, names: Iterable[str]) -> Iterator[Stanza]:
    """Notifications of retracted items (XEP-0060 §7.2.2.1)."""
    left = iter(names)
    while some := list(islice(left, ITEMS_AN_EVENT)):
        gone = (element(PUBSUB_EVENT, "retract", id=name) for name in some)
        yield _event(channel, element(PUBSUB_EVENT, "items", *gone, node=node.value))


def purged(channel: Channel, node: Node) -> Stanza:
    """The notification that a node has no items any more (XEP-0060 §8.5.2)."""
    return _event(channel, element(PUBSUB_EVENT, "purge", node=node.value))


def deleted(channel: Channel, node: Node) -> Stanza:
    """The notification that there is no such node any more (XEP-0060 §8.4.2)."""
    return _event(channel, element(PUBSUB_EVENT, "delete", node=node.value))


def told(channel: Channel, node: Node, stanzas: Iterable[Stanza]) -> Iterator[Fanout]:
    """The same notifications to everybody subscribed to a node."""
    everybody: Recipients = recipients.subscribers(channel, node)
    if len(everybody):
        yield from (Fanout(stanza, everybody) for stanza in stanzas)


def _event(channel: Channel, what: Element) -> Stanza:
    return notification(channel, what, fresh_id())


def notification(channel: Channel, what: Element, id: str) -> Stanza:
    """A notification of a node, of now or of once (XEP-0060 §7.1.2.1, XEP-0442 §3)."""
    # Headlines reach every client and are not stored for those offline (MIX-DEC-040).
    return Stanza(
        kind="message",
        sender=channel.jid,
        type="headline",
        id=id,
        children=[element(PUBSUB_EVENT, "event", what)],
    )


def _participant(channel: Channel, someone: Participant, audience: Audience) -> Element:
    jid = channel.sight.real_jid(someone, audience=audience)
    return element(
        CORE,
        "participant",
        element(CORE, "nick", text=someone.nick.text) if someone.nick is not None else None,
        element(CORE, "jid", text=jid.text) if jid is not None else None,
    )
