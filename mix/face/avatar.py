"""Publishing the avatar of a channel, and telling of it (XEP-0407 §2, XEP-0084)."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree.ElementTree import Element

from mix.core.avatar import AvatarChanged, OfferImage, ShowAvatar
from mix.core.channel import Channel
from mix.core.commands import Command
from mix.core.nodes import Node
from mix.core.ports import Outcome
from mix.core.refusals import NotAllowed, ValueUnacceptable
from mix.core.rights import is_in, standing
from mix.face import nodes, pictures
from mix.face.stanzas import PUBSUB
from pubsubnodes.errors import result
from pubsubnodes.stanza import Delivery, Inbound, Stanza
from pubsubnodes.xml import element


def parse_data(inbound: Inbound, item: Element, channel: Channel) -> Command:
    """Publish an image under its SHA-1 (XEP-0084 §3.1)."""
    _must_publish(inbound, channel)
    image = pictures.read_data(_payload(item))
    if item.get("id", image.id).lower() != image.id:
        raise ValueUnacceptable()
    return OfferImage(actor=inbound.sender, image=image)


def parse_metadata(inbound: Inbound, item: Element, channel: Channel) -> Command:
    """Say which images are shown; none turns the avatar off (XEP-0084 §3.2 and §3.5)."""
    _must_publish(inbound, channel)
    return ShowAvatar(actor=inbound.sender, shown=pictures.read_metadata(_payload(item)))


def _must_publish(inbound: Inbound, channel: Channel) -> None:
    """Whether somebody may is said before a word on what is wrong with the item."""
    if not is_in(channel.config.avatar_by, standing(channel, inbound.sender)):
        raise NotAllowed()


def _payload(item: Element) -> Element | None:
    return item[0] if len(item) == 1 else None


def reply(inbound: Inbound, channel: Channel | None, outcome: Outcome) -> Iterable[Stanza]:
    """The id of the item: of an image its hash, of the metadata that of the first image."""
    command = outcome.command
    if isinstance(command, OfferImage):
        node, id = Node.AVATAR_DATA, command.image.id
    else:
        assert isinstance(command, ShowAvatar)
        node, id = Node.AVATAR_METADATA, command.shown[0].id if command.shown else _OFF
    published = element(PUBSUB, "publish", element(PUBSUB, "item", id=id), node=node.value)
    return [result(inbound, element(PUBSUB, "pubsub", published))]


def render(event: AvatarChanged, channel: Channel, cause: Inbound | None) -> Iterable[Delivery]:
    """New images, then what is shown, then the images that are gone."""
    before = {image.id for image in event.old.images}
    after = {image.id for image in event.new.images}
    yield from nodes.announce(channel, Node.AVATAR_DATA, sorted(after - before))
    if event.new.shown:
        if event.new.shown != event.old.shown:
            yield from nodes.announce(channel, Node.AVATAR_METADATA, nodes.names_on(channel, Node.AVATAR_METADATA))
    elif event.old.shown:
        yield from nodes.told(
            channel,
            Node.AVATAR_METADATA,
            [nodes.item_published(channel, Node.AVATAR_METADATA, _OFF, pictures.write_metadata(()))],
        )
    yield from nodes.told(channel, Node.AVATAR_DATA, nodes.retracted(channel, Node.AVATAR_DATA, sorted(before - after)))


_OFF = "current"
"""The item that says that nothing is shown; it has no image to be named after."""
