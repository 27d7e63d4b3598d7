"""The picture of a channel: images by their hash, and which of them are shown (XEP-0084)."""

from __future__ import annotations

import hashlib
from dataclasses import field

from pubsubnodes.frozen import frozen

MOST_IMAGES = 4
"""Images a channel keeps: the same picture in several formats, or the next one while it is being published."""


@frozen
class Image:
    """An image, named by the SHA-1 of what it is made of."""

    data: bytes = field(repr=False)

    @property
    def id(self) -> str:
        """Its name: the hash in lower-case hexadecimal."""
        return hashlib.sha1(self.data, usedforsecurity=False).hexdigest()


@frozen
class ImageInfo:
    """What is said of an image: its name, size and kind (XEP-0084 §4.2.1)."""

    id: str
    bytes: int
    type: str
    width: int | None = None
    height: int | None = None
    url: str | None = None
    """Where it is, when the channel does not hold it itself."""


@frozen
class Avatar:
    """The images a channel holds, and those it shows. Nothing of either when it has no picture."""

    images: tuple[Image, ...] = ()
    shown: tuple[ImageInfo, ...] = ()

    def image(self, id: str) -> Image | None:
        """The image of a name, if the channel holds it."""
        return next((image for image in self.images if image.id == id), None)

    @property
    def photos(self) -> tuple[tuple[ImageInfo, Image], ...]:
        """The images that are shown and held."""
        return tuple((info, image) for info in self.shown if (image := self.image(info.id)) is not None)
