"""One person addressing another: who may, and where the other is reached."""

import pytest

from mix.core import commands
from mix.core.correspondence import addressee, client_at, client_tagged, introduce, reached
from mix.core.events import SessionOpened
from mix.core.refusals import NoSuchItem, NotAParticipant
from mix.core.transient import Delivered
from tests.core.workshop import Workshop, jid


@pytest.mark.req("MIX-RES-07")
def test_a_client_that_speaks_first_gets_a_tag() -> None:
    """XEP-0404 §2.4: or nobody could write back to it."""
    workshop = Workshop()
    me = workshop.joins("hag66")
    person, tag, (opened,) = introduce(workshop.coven, jid("hag66/broom"), workshop.moment)
    assert isinstance(opened, SessionOpened)
    assert (person, tag) == (me, opened.session.tag)
    workshop.coven.apply(opened)
    assert introduce(workshop.coven, jid("hag66/broom"), workshop.moment) == (me, tag, ())


def test_an_account_has_no_tag() -> None:
    """What a server says for its user is said by no client."""
    workshop = Workshop()
    me = workshop.joins("hag66")
    assert introduce(workshop.coven, jid("hag66"), workshop.moment) == (me, None, ())
    assert client_at(me, jid("hag66")) is None


def test_visitors_address_others_from_inside_the_room_only() -> None:
    """XEP-0045 §7.5."""
    workshop = Workshop()
    workshop.enters("hag66/broom")
    me, tag, noticed = introduce(workshop.coven, jid("hag66/broom"), workshop.moment)
    assert (tag, noticed) == (me.sessions[jid("hag66/broom")].tag, ())
    for stranger in ("hag66/pda", "hag66", "pistol/x"):
        with pytest.raises(NotAParticipant):
            introduce(workshop.coven, jid(stranger), workshop.moment)


@pytest.mark.req("MIX-SPI-12")
def test_who_has_left_is_nobody() -> None:
    """XEP-0403 §3.2."""
    workshop = Workshop()
    me = workshop.joins("hag66")
    assert addressee(workshop.coven, me.id) is me
    workshop.does(commands.Leave(actor=jid("hag66")))
    with pytest.raises(NoSuchItem):
        addressee(workshop.coven, me.id)


def test_each_client_is_reached_in_its_own_words() -> None:
    """A client in the room hears it there, whatever else it speaks."""
    workshop = Workshop()
    me = workshop.joins("hag66")
    assert reached(me) == Delivered()
    workshop.shows("hag66/broom")
    workshop.enters("hag66/pda", "nick of hag66")
    broom, pda = me.sessions[jid("hag66/broom")], me.sessions[jid("hag66/pda")]
    assert reached(me) == Delivered(in_room=(pda.jid,), outside=(broom.jid,))
    assert reached(me, broom.tag) == Delivered(outside=(broom.jid,))
    assert reached(me, "nobody's") == Delivered()
    assert client_tagged(me, pda.tag) is pda
    assert client_tagged(me, "nobody's") is None
