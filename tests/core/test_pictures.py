"""Images by their hash, and which of them a channel shows."""

import hashlib

from mix.core.pictures import Avatar, Image, ImageInfo

CAULDRON = Image(b"cauldron")


def test_an_image_goes_by_what_it_is_made_of() -> None:
    assert CAULDRON.id == hashlib.sha1(b"cauldron").hexdigest()
    assert Image(b"cauldron") == CAULDRON
    assert "cauldron" not in repr(CAULDRON)


def test_a_photo_is_an_image_that_is_both_shown_and_held() -> None:
    held = ImageInfo(CAULDRON.id, 8, "image/png")
    elsewhere = ImageInfo("f" * 40, 9, "image/png", url="https://example.org/cat.png")
    avatar = Avatar((CAULDRON, Image(b"waiting")), (held, elsewhere))
    assert avatar.photos == ((held, CAULDRON),)
    assert avatar.image("f" * 40) is None
