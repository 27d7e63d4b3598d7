"""Which images a channel keeps, and who may change them."""

import pytest

from mix.core.avatar import OfferImage, ShowAvatar
from mix.core.pictures import MOST_IMAGES, Avatar, Image, ImageInfo
from mix.core.refusals import NoSuchNode, NotAllowed, TooLarge, ValueUnacceptable
from tests.core.workshop import Workshop, jid

CAULDRON, CAT = Image(b"cauldron"), Image(b"cat")


def info(image: Image) -> ImageInfo:
    return ImageInfo(image.id, len(image.data), "image/png")


def offer(image: Image, who: str = "crone1") -> OfferImage:
    return OfferImage(actor=jid(who), image=image)


def show(*shown: ImageInfo, images: tuple[Image, ...] = ()) -> ShowAvatar:
    return ShowAvatar(actor=jid("crone1"), shown=shown, images=images)


def test_an_image_that_is_shown_stays_while_others_are_offered() -> None:
    workshop = Workshop()
    workshop.does(offer(CAULDRON))
    assert not workshop.does(offer(CAULDRON))
    workshop.does(show(info(CAULDRON)))
    for number in range(10):
        workshop.does(offer(Image(b"try %d" % number)))
    kept = workshop.coven.avatar.images
    assert len(kept) == MOST_IMAGES
    assert kept[0] == CAULDRON
    assert kept[-1] == Image(b"try 9")
    workshop.does(show(info(kept[-1])))
    assert workshop.coven.avatar == Avatar((kept[-1],), (info(kept[-1]),))


def test_even_when_all_are_shown_there_is_room_for_the_next() -> None:
    workshop = Workshop()
    images = tuple(Image(b"format %d" % number) for number in range(MOST_IMAGES))
    workshop.does(show(*map(info, images), images=images))
    workshop.does(offer(CAT))
    assert workshop.coven.avatar.image(CAT.id) == CAT


def test_images_may_come_with_the_wish() -> None:
    workshop = Workshop()
    assert workshop.does(show(info(CAULDRON), info(CAT), images=(CAULDRON, CAT)))
    assert workshop.coven.avatar.images == (CAULDRON, CAT)
    assert not workshop.does(show(info(CAULDRON), info(CAT), images=(CAULDRON, CAT)))
    workshop.does(show())
    assert workshop.coven.avatar == Avatar()


def test_what_is_somewhere_else_need_not_be_held() -> None:
    workshop = Workshop()
    elsewhere = ImageInfo("f" * 40, 9, "image/png", url="https://example.org/cat.png")
    workshop.does(show(elsewhere))
    assert workshop.coven.avatar == Avatar((), (elsewhere,))
    with pytest.raises(ValueUnacceptable):
        workshop.does(show(info(CAT)))
    with pytest.raises(ValueUnacceptable):
        workshop.does(show(*[elsewhere] * (MOST_IMAGES + 1)))


def test_rights_size_and_nodes_are_looked_at() -> None:
    workshop = Workshop(max_avatar=8)
    with pytest.raises(NotAllowed):
        workshop.does(offer(CAT, "hag66"))
    with pytest.raises(TooLarge):
        workshop.does(offer(Image(b"nine long")))
    with pytest.raises(TooLarge):
        workshop.does(show(info(Image(b"nine long")), images=(Image(b"nine long"),)))
    workshop.sets(nodes=frozenset())
    with pytest.raises(NoSuchNode):
        workshop.does(offer(CAT))


def test_a_channel_that_loses_its_nodes_loses_its_picture() -> None:
    workshop = Workshop()
    workshop.does(show(info(CAT), images=(CAT,)))
    workshop.configures(nodes=frozenset())
    assert workshop.coven.avatar == Avatar()
