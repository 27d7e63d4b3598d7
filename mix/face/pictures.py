"""The avatar nodes' items as XEP-0084 writes them."""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Final
from xml.etree.ElementTree import Element

from mix.core.nodes import Node
from mix.core.pictures import Avatar, Image, ImageInfo
from mix.core.refusals import MalformedRequest, ValueUnacceptable
from pubsubnodes.xml import element, text_of

SPEC = "XEP-0084 v1.1.4"

DATA: Final = Node.AVATAR_DATA.value
METADATA: Final = Node.AVATAR_METADATA.value


def write_data(avatar: Avatar, name: str) -> Element | None:
    """An image (XEP-0084 §4.1)."""
    image = avatar.image(name)
    return element(DATA, "data", text=b64encode(image.data).decode()) if image is not None else None


def write_metadata(shown: Sequence[ImageInfo]) -> Element:
    """What is said of the images that are shown; nothing when there are none (XEP-0084 §4.2)."""
    return element(METADATA, "metadata", *map(_info, shown))


def _info(info: ImageInfo) -> Element:
    return element(
        METADATA,
        "info",
        id=info.id,
        bytes=str(info.bytes),
        type=info.type,
        width=str(info.width) if info.width is not None else None,
        height=str(info.height) if info.height is not None else None,
        url=info.url,
    )


def read_data(payload: Element | None) -> Image:
    """The image in an item. Raises a `Refusal`."""
    if payload is None or payload.tag != f"{{{DATA}}}data":
        raise MalformedRequest("invalid-payload")
    try:
        data = b64decode("".join(text_of(payload).split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedRequest("invalid-payload") from error
    if not data:
        raise MalformedRequest("invalid-payload")
    return Image(data)


def read_metadata(payload: Element | None) -> list[ImageInfo]:
    """What is said of images in an item. Raises a `Refusal`."""
    if payload is None or payload.tag != f"{{{METADATA}}}metadata":
        raise MalformedRequest("invalid-payload")
    return [_read_info(info) for info in payload.findall(f"{{{METADATA}}}info")]


def _read_info(info: Element) -> ImageInfo:
    size = _number(info, "bytes")
    kind = info.get("type", "")
    if size is None or not info.get("id") or not kind.startswith("image/"):
        raise ValueUnacceptable()
    return ImageInfo(
        id=info.get("id", "").lower(),
        bytes=size,
        type=kind,
        width=_number(info, "width"),
        height=_number(info, "height"),
        url=info.get("url"),
    )


def _number(info: Element, name: str) -> int | None:
    text = info.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise ValueUnacceptable()
    return int(text)
