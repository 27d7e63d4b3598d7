"""The picture of a room, as its vCard (XEP-0486, XEP-0054)."""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element

from mix.core.avatar import ShowAvatar
from mix.core.channel import Channel
from mix.core.commands import Command, Look
from mix.core.nodes import Node
from mix.core.pictures import Image, ImageInfo
from mix.core.refusals import MalformedRequest, NoSuchChannel, NotAllowed, UnsupportedRequest, ValueUnacceptable
from mix.core.rights import Standing, exists, may_know_of, standing
from muccompat.questions import Question
from pubsubnodes.addresses import RealJid
from pubsubnodes.forms import Field
from pubsubnodes.stanza import Inbound
from pubsubnodes.xml import element, text_of

SPEC: Final = "XEP-0486 v0.2"

VCARD: Final = "vcard-temp"
REQUEST: Final = f"{{{VCARD}}}vCard"


def is_offered(channel: Channel) -> bool:
    """Whether the room has a place for a picture."""
    return exists(channel, Node.AVATAR_METADATA)


def parse(inbound: Inbound, channel: Channel | None, asked: Element) -> Command:
    """Ask for the room's picture, or give it another one; no photo takes it away (XEP-0486 §3.2, §3.4)."""
    if channel is None or not may_look(channel, inbound.sender):
        raise NoSuchChannel()
    if not is_offered(channel):
        raise UnsupportedRequest()
    if inbound.type == "get":
        return Look(actor=inbound.sender, subject=Question.VCARD)
    if standing(channel, inbound.sender) is not Standing.OWNER:
        raise NotAllowed()
    photos = list(_photos(asked))
    return ShowAvatar(
        actor=inbound.sender,
        shown=[ImageInfo(image.id, len(image.data), kind) for kind, image in photos],
        images=[image for _, image in photos],
    )


def may_look(channel: Channel, who: RealJid) -> bool:
    """Who may find the room; where it is hidden and closed, only those who may enter (MUC-AVA-08)."""
    config = channel.config
    if config.members_only and not config.listed and standing(channel, who) < Standing.ALLOWED:
        return False
    return may_know_of(channel, who)


def _photos(vcard: Element) -> Iterator[tuple[str, Image]]:
    for photo in vcard.findall(f"{{{VCARD}}}PHOTO"):
        binval = photo.find(f"{{{VCARD}}}BINVAL")
        if binval is None:
            continue
        try:
            data = b64decode("".join(text_of(binval).split()), validate=True)
        except (binascii.Error, ValueError) as error:
            raise MalformedRequest() from error
        kind = text_of(photo.find(f"{{{VCARD}}}TYPE")).strip().lower()
        if not data:
            raise MalformedRequest()
        if not kind.startswith("image/"):
            raise ValueUnacceptable()
        yield kind, Image(data)


def write(channel: Channel) -> Element:
    """The pictures that are shown; an empty card when there are none."""
    return element(VCARD, "vCard", *(_photo(info, image) for info, image in channel.avatar.photos))


def _photo(info: ImageInfo, image: Image) -> Element:
    kind = element(VCARD, "TYPE", text=info.type)
    return element(VCARD, "PHOTO", kind, element(VCARD, "BINVAL", text=b64encode(image.data).decode()))


def hashes(channel: Channel, viewer: RealJid) -> Iterator[Field]:
    """The field that says which pictures a client that has looked before need not fetch (XEP-0486 §3.3).

    Only where it may fetch them: a hash tells which picture it is to everybody who has seen it elsewhere.
    """
    if (photos := channel.avatar.photos) and may_look(channel, viewer):
        yield Field("muc#roominfo_avatarhash", "text-multi", [image.id for _, image in photos], "Avatar hash")
