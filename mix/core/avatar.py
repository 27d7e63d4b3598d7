"""Giving a channel a picture, and taking it away (XEP-0407 §2, XEP-0084, XEP-0486)."""

from __future__ import annotations

from collections.abc import Sequence

from mix.core.channel import Channel
from mix.core.commands import Command
from mix.core.events import Event
from mix.core.nodes import Node
from mix.core.pictures import MOST_IMAGES, Avatar, Image, ImageInfo
from mix.core.ports import Moment
from mix.core.refusals import NoSuchNode, NotAllowed, TooLarge, ValueUnacceptable
from mix.core.rights import exists, is_in, standing
from pubsubnodes.addresses import RealJid
from pubsubnodes.frozen import frozen, frozen_by_name


@frozen_by_name
class OfferImage(Command):
    """Give the channel an image that is to be its picture next (XEP-0084 §3.1)."""

    image: Image


@frozen_by_name
class ShowAvatar(Command):
    """Say which images are the channel's picture, in several formats perhaps; none takes it away (XEP-0084 §3.2)."""

    shown: Sequence[ImageInfo]
    images: Sequence[Image] = ()
    """Those of them that come with the wish."""


@frozen
class AvatarChanged(Event):
    """The channel holds other images, or shows another picture (XEP-0407 §2)."""

    old: Avatar
    new: Avatar

    def apply(self, channel: Channel) -> None:
        channel.avatar = self.new


def offer(channel: Channel, cmd: OfferImage, moment: Moment) -> list[AvatarChanged]:
    """Keep an image that is to be shown next; nobody looks at it yet (XEP-0084 §3.1)."""
    _check(channel, cmd.actor)
    image, now = cmd.image, channel.avatar
    _check_size(image, moment)
    if now.image(image.id) is not None:
        return []
    shown = {info.id for info in now.shown}
    kept = [other for other in now.images if other.id in shown]
    waiting = [other for other in now.images if other.id not in shown]
    room = max(MOST_IMAGES - len(kept), 1)
    return _changed(channel, Avatar((*kept, *[*waiting, image][-room:]), now.shown))


def show(channel: Channel, cmd: ShowAvatar, moment: Moment) -> list[AvatarChanged]:
    """Show images the channel holds, or those that come with the wish; none takes the picture away (XEP-0084 §3.2)."""
    _check(channel, cmd.actor)
    if len(cmd.shown) > MOST_IMAGES:
        raise ValueUnacceptable()
    offered = {image.id: image for image in (*channel.avatar.images, *cmd.images)}
    for image in cmd.images:
        _check_size(image, moment)
    for info in cmd.shown:
        held = offered.get(info.id)
        if (held is None and info.url is None) or (held is not None and info.bytes != len(held.data)):
            raise ValueUnacceptable()
    images = tuple(offered[info.id] for info in cmd.shown if info.id in offered)
    return _changed(channel, Avatar(images, tuple(cmd.shown)))


def _check(channel: Channel, who: RealJid) -> None:
    if not exists(channel, Node.AVATAR_METADATA):
        raise NoSuchNode()
    if not is_in(channel.config.avatar_by, standing(channel, who)):
        raise NotAllowed()


def _check_size(image: Image, moment: Moment) -> None:
    if len(image.data) > moment.rules.max_avatar:
        raise TooLarge("payload-too-big")


def _changed(channel: Channel, new: Avatar) -> list[AvatarChanged]:
    return [AvatarChanged(channel.avatar, new)] if new != channel.avatar else []
