"""Rooms where people go by the nick that is kept for them (XEP-0045 §7.10, §7.12, §18.1)."""

from __future__ import annotations

import pytest

from tests.conversations.test_registration import form, kept, registers
from tests.conversations.words import error, failed, join, nick_set, setnick
from tests.stage import Person, Scene, Service
from tests.stage.ranks import asks, item
from tests.stage.room import MUC, ROOM, codes, enter, kinds, room


def locks(owner: Person, *, on: bool = True, to: str = ROOM) -> None:
    """The owner locks nicks down, or lets people choose again."""
    owner.sends(
        f"<iq type='set' id='c' to='{to}'><query xmlns='{MUC}#owner'><x xmlns='jabber:x:data' type='submit'>"
        f"<field var='FORM_TYPE'><value>{MUC}#roomconfig</value></field>"
        f"<field var='{{urn:mixd:room:0}}lock_nicks'><value>{int(on)}</value></field></x></query></iq>"
    )
    owner.receives(f"<iq type='result' id='c' from='{to}'/>")


@pytest.mark.req("MUC-ENT-13")
def test_by_default_people_choose(rooms: Service) -> None:
    """XEP-0045 §7.12: a nick kept for somebody is for them to use or not."""
    hag66, ariel = room(rooms, "hag66", "ariel")
    assert registers(ariel, form("Spirit")) == "ok"
    ariel.sends(f"<presence type='unavailable' to='{ROOM}'/>")
    rooms.everybody_forgets()
    ariel.sends(enter("airy"))
    told = ariel.takes()
    assert kinds(told) == ["other", "self", "subject"]
    assert (told[1].get("from"), codes(told[1])) == (f"{ROOM}/airy", [110])
    ariel.sends(f"<presence to='{ROOM}/Spirit'/>")
    assert codes(ariel.takes()[0]) == [110, 303]
    assert kept(ariel) == "Spirit"
    assert len(hag66.takes()) == 3


@pytest.mark.req("MUC-ENT-14", "MUC-NICK-10", "MUC-CODE-12", "MUC-NICK-09")
def test_who_has_a_nick_kept_is_let_in_under_it(rooms: Service) -> None:
    """XEP-0045 §7.10: instead of an error; and the nick is to be found out before."""
    hag66, pistol = room(rooms, "hag66", "pistol")
    ariel = rooms.person("ariel")
    assert registers(ariel, form("Spirit")) == "ok"
    locks(hag66)
    assert kept(ariel) == "Spirit"
    rooms.everybody_forgets()
    ariel.sends(enter("airy"))
    told = ariel.takes()
    assert kinds(told) == ["other", "other", "self", "subject"]
    assert (told[2].get("from"), codes(told[2])) == (f"{ROOM}/Spirit", [110, 210])
    for someone in (hag66, pistol):
        (come,) = someone.takes()
        assert (come.get("from"), codes(come)) == (f"{ROOM}/Spirit", [])
    ariel.sends(enter("airy"))  # again, as who is in already: everything once more, and no error (§7.12)
    told = ariel.takes()
    assert kinds(told) == ["other", "other", "self", "subject"]
    assert codes(told[2]) == [110, 210]
    rooms.is_silent()


@pytest.mark.req("MUC-NCH-10", "MUC-ERR-11")
def test_a_locked_nick_is_not_changed(rooms: Service) -> None:
    """XEP-0045 §7.6: not by presence; who registers another one goes by that, and who has none chooses."""
    hag66, ariel, pistol = room(rooms, "hag66", "ariel", "pistol")
    assert registers(ariel, form("Spirit")) == "ok"
    locks(hag66)
    rooms.everybody_forgets()
    ariel.sends(f"<presence id='n' to='{ROOM}/airy'/>")
    ariel.receives(
        f"""<presence type='error' from='{ROOM}/airy' id='n'><x xmlns='{MUC}'/>
          {error("cancel", "not-acceptable", by=ROOM)}</presence>"""
    )
    rooms.is_silent()
    ariel.sends(f"<presence to='{ROOM}/Spirit'><show>away</show></presence>")
    assert [one.get("from") for one in hag66.takes()] == [f"{ROOM}/Spirit"]
    ariel.forgets()
    assert registers(ariel, form("Airy")) == "ok"
    assert [codes(one) for one in ariel.takes() if one.tag.endswith("presence")][:2] == [[110, 303], [110, 210]]
    pistol.forgets()
    pistol.sends(f"<presence to='{ROOM}/ancient'/>")
    assert codes(pistol.takes()[0]) == [110, 303]
    locks(hag66, on=False)
    ariel.forgets()
    ariel.sends(f"<presence to='{ROOM}/free'/>")
    assert codes(ariel.takes()[0]) == [110, 303]


@pytest.mark.req("MUC-NICK-10", "MUC-CODE-12")
def test_from_then_on_everybody_goes_by_the_nick_kept_for_them(rooms: Service) -> None:
    """XEP-0045 §7.10: whoever is in when nicks are locked down, or when one is kept for them."""
    hag66, ariel, pistol = room(rooms, "hag66", "ariel", "pistol")
    assert asks(hag66, item(jid=ariel.jid, affiliation="member", nick="Spirit")) == "ok"
    rooms.everybody_forgets()
    locks(hag66)
    renamed = [one for one in ariel.takes() if one.tag.endswith("presence")]
    assert [(one.get("from"), codes(one)) for one in renamed] == [
        (f"{ROOM}/ari", [110, 303]),
        (f"{ROOM}/Spirit", [110, 210]),
    ]
    rooms.everybody_forgets()
    assert asks(hag66, item(jid=pistol.jid, affiliation="member", nick="Ancient")) == "ok"
    renamed = [one for one in pistol.takes() if codes(one)]
    assert [codes(one) for one in renamed] == [[110], [110, 303], [110, 210]]
    assert renamed[-1].get("from") == f"{ROOM}/Ancient"


def test_mix_clients_go_by_it_as_well(coven: Scene) -> None:
    """XEP-0369 §7.1.2, §7.1.4: a join is answered with the nick there is; it is not changed by MIX, either."""
    hecate = coven.people("hecate")
    assert asks(coven.owner, item(jid=hecate.jid, affiliation="member", nick="moon"), to=coven.jid) == "ok"
    locks(coven.owner, to=coven.jid)
    hecate.sends(join("sun", "messages"))
    (answer,) = hecate.takes()
    assert answer.findtext(".//{urn:xmpp:mix:core:1}nick") == "moon"
    hecate.sends(setnick("sun"))
    hecate.receives(failed("n1", "cancel", "not-acceptable"))
    hecate.sends(setnick(None))
    hecate.receives(nick_set("moon"))
    hecate.sends(enter("sun").replace(ROOM, coven.jid))
    (own,) = [one for one in hecate.takes() if codes(one)]
    assert (own.get("from"), codes(own)) == (f"{coven.jid}/moon", [110, 210])
