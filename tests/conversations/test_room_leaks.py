"""What a room must not tell, tried from outside and from inside (XEP-0045 §14; the eavesdropper hears it all)."""

from __future__ import annotations

import base64
import hashlib
import logging
import re
from itertools import pairwise

import pytest

from mix.core.ids import archive_id, position_in
from mix.shell.clock import SystemDice
from tests.conversations.words import mam
from tests.stage import Person, Service
from tests.stage.ranks import asks, condition, court, item, jid, reads
from tests.stage.room import MUC, ROOM, USER, configure, enter, room


def heard(someone: Person, xml: str) -> list[str]:
    """What somebody gets for a stanza, without what differs by chance."""
    someone.forgets()
    someone.sends(xml)
    found = [one.raw for one in someone.unread()]
    someone.forgets()
    return found


@pytest.mark.req("MUC-LEAK-08")
@pytest.mark.parametrize("closed", [{"membersonly": "1"}, {"roomsecret": "cauldron"}])
def test_who_may_not_enter_cannot_try_out_nicks(rooms: Service, closed: dict[str, str]) -> None:
    """XEP-0045 §7.2: the same answer for a nick that is taken, and one that is free."""
    hag66, *_ = room(rooms, "hag66")
    configure(hag66, **closed)
    stranger = rooms.person("pistol")
    taken, free = heard(stranger, enter("hag")), heard(stranger, enter("nobody"))
    assert [one.replace("/hag", "/nobody") for one in taken] == free


@pytest.mark.req("MUC-LEAK-13")
def test_ids_are_no_hashes_of_addresses(rooms: Service) -> None:
    """XEP-0421 §4.1: whoever guesses an address cannot test it."""
    hag66, hecate = room(rooms, "hag66", "hecate")
    hecate.sends(f"<message type='groupchat' to='{ROOM}'><body>hail</body></message>")
    (message,) = hag66.takes()
    found = message.find("{urn:xmpp:occupant-id:0}occupant-id")
    assert found is not None
    shown = (found.get("id") or "").casefold()
    for address in (hecate.jid, hecate.phone.jid, f"{hecate.jid}{ROOM}", f"{ROOM}{hecate.jid}"):
        for name in ("md5", "sha1", "sha256", "sha512", "sha3_256", "blake2b"):
            digest = hashlib.new(name, address.encode()).digest()
            texts = (digest.hex(), base64.b64encode(digest).decode(), base64.b32encode(digest).decode())
            assert not [text for text in texts if text.casefold().startswith(shown[:16])]


@pytest.mark.req("MUC-LEAK-15")
def test_ids_of_messages_hold_neither_order_nor_time() -> None:
    """XEP-0359 §6: whoever has not the channel's key sees 128 random bits, however alike the places are."""
    dice = SystemDice()
    key = dice.channel_key()
    ids = [archive_id(key, position, dice.salt()) for position in range(1, 1001)]
    assert len({id[:16] for id in ids}) == len({id[16:] for id in ids}) == 1000
    rising = sum(a < b for a, b in pairwise(ids)), sum(a[16:] < b[16:] for a, b in pairwise(ids))
    assert all(400 < count < 600 for count in rising)
    bits = [int(id, 16) for id in ids]
    assert all(400 < sum(one >> place & 1 for one in bits) < 600 for place in range(128))
    assert not [id for id in ids if position_in(dice.channel_key(), id) is not None]


@pytest.mark.req("MUC-LEAK-14")
def test_the_archive_does_not_say_whose_address_is_whose(rooms: Service) -> None:
    """XEP-0313 §4.1.1: asking for a person's real address is as asking for nobody's."""
    _, hecate, pistol = room(rooms, "hag66", "hecate", "pistol")
    pistol.sends(f"<message type='groupchat' to='{ROOM}'><body>hail</body></message>")

    def found(jid: str) -> list[str]:
        form = (
            "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>urn:xmpp:mam:2</value></field>"
            f"<field var='with'><value>{jid}</value></field></x>"
        )
        return heard(hecate, mam(form).replace("<iq", f"<iq to='{ROOM}'"))

    assert found("{pistol}") == found("nobody@shakespeare.example")
    assert len(found("{pistol}")) == 1


@pytest.mark.req("MUC-LEAK-21", "MUC-CNOT-16")
def test_lifting_the_veil_does_not_unveil_the_past(rooms: Service) -> None:
    """XEP-0045 §10.2.1: who spoke hidden, and has left, stays hidden in history and archive."""
    hag66, hecate, pistol = room(rooms, "hag66", "hecate", "pistol")
    pistol.sends(f"<message type='groupchat' to='{ROOM}'><body>hail</body></message>")
    pistol.sends(f"<presence type='unavailable' to='{ROOM}/pis'/>")
    configure(hag66, whois="anyone")
    told = heard(hecate, mam().replace("<iq", f"<iq to='{ROOM}'"))
    hecate.sends(f"<presence type='unavailable' to='{ROOM}/hec'/>")
    told += heard(hecate, enter("hec"))
    assert any("hail" in one for one in told)
    assert not [one for one in told if "pistol" in one]


@pytest.mark.req("MUC-LEAK-23")
def test_what_is_for_the_room_alone_stays_there(rooms: Service) -> None:
    """XEP-0045 §17.3: passwords and wishes for history or versions are nobody else's."""
    hag66, *_ = room(rooms, "hag66")
    configure(hag66, roomsecret="cauldron")
    rooms.person("pistol").sends(
        f"<presence to='{ROOM}/pis'><x xmlns='{MUC}'><password>cauldron</password><history maxstanzas='3'/>"
        "<mav xmlns='urn:xmpp:muc:affiliations:1'/></x></presence>"
    )
    (shown,) = [one.raw for one in hag66.unread() if "/pis" in one.raw]
    for word in ("cauldron", "maxstanzas", "mav", f"'{MUC}'", f'"{MUC}"'):
        assert word not in shown


@pytest.mark.req("MUC-LEAK-22")
@pytest.mark.parametrize(
    "said",
    [
        "<message type='groupchat'{to}><body>x</body></message>",
        "<message{to}><x xmlns='http://jabber.org/protocol/muc#user'><invite to='ann@x.example'/></x></message>",
        "<message{to}><x xmlns='http://jabber.org/protocol/muc#user'><decline to='ann@x.example'/></x></message>",
        "<message type='chat'{to_nick}><body>x</body></message>",
        "<iq type='get' id='1'{to}><query xmlns='http://jabber.org/protocol/muc#owner'/></iq>",
        "<iq type='get' id='1'{to}><query xmlns='http://jabber.org/protocol/muc#admin'>"
        "<item affiliation='member'/></query></iq>",
        "<iq type='get' id='1'{to}><query xmlns='jabber:iq:register'/></iq>",
        "<iq type='get' id='1'{to}><vCard xmlns='vcard-temp'/></iq>",
        "<iq type='set' id='1'{to}><query xmlns='urn:xmpp:mam:2'/></iq>",
        "<iq type='get' id='1'{to_nick}><ping xmlns='urn:xmpp:ping'/></iq>",
        "<presence{to_nick}/>",
    ],
)
def test_an_adhoc_channel_is_no_room_to_strangers(stage: Service, said: str) -> None:
    """XEP-0369 §7.3.3: whoever has heard of its name does not find out whether it is still there."""
    hag66, pistol = stage.person("hag66"), stage.person("pistol")
    hag66.sends("<iq type='set' id='c' to='{service}'><create xmlns='urn:xmpp:mix:core:1'/></iq>")
    (made,) = hag66.takes()
    name = made[0].get("channel") or ""

    def answer(name: str) -> list[str]:
        to = f"{name}@{stage.domain}"
        told = heard(pistol, said.format(to=f" to='{to}'", to_nick=f" to='{to}/nick'"))
        return [one.replace(name, "secretly") for one in told]

    assert answer(name) == answer("nowhere")


@pytest.mark.req("MUC-LEAK-20")
def test_passwords_stay_where_they_are(rooms: Service, caplog: pytest.LogCaptureFixture) -> None:
    """XEP-0045 §7.2.5: neither the right one nor a wrong one stands in an error, in what others see, or in a log."""
    caplog.set_level("DEBUG")
    hag66, hecate = room(rooms, "hag66", "hecate")
    configure(hag66, roomsecret="cauldron")
    stranger = rooms.person("pistol")
    for wrong in ("", "<password>eyeofnewt</password>"):
        (refused,) = heard(stranger, enter("pis", wrong))
        assert "not-authorized" in refused
        assert not {"cauldron", "eyeofnewt"} & set(re.findall(r"\w+", refused))
    stranger.sends(enter("pis", "<password>cauldron</password>"))
    for someone in (stranger, hecate):
        assert all("cauldron" not in one.raw for one in someone.unread())
    assert not any(word in caplog.text for word in ("cauldron", "eyeofnewt"))


@pytest.mark.req("MUC-LEAK-09")
def test_lists_of_people_are_closed_where_addresses_are_hidden(rooms: Service) -> None:
    """XEP-0045 §9.5: to members and everybody below; where addresses are shown, members read them."""
    people = court(rooms)
    for who in ("banquo", "pistol"):
        for affiliation in ("member", "admin", "owner", "outcast"):
            assert reads(people[who], affiliation=affiliation) == "auth forbidden"
    configure(people["hag66"], whois="anyone")
    rooms.everybody_forgets()
    for other in people.values():
        rooms.eavesdropper.excuses(people["banquo"], other)
    members = reads(people["banquo"], affiliation="member")
    assert [one["jid"] for one in members if isinstance(one, dict)] == [jid("ariel"), jid("banquo")]


@pytest.mark.req("MUC-LEAK-10")
@pytest.mark.parametrize("change", [item(nick="ros", role="none"), item(jid=jid("ross"), affiliation="outcast")])
def test_whoever_does_it_is_named_by_nick(rooms: Service, change: str) -> None:
    """XEP-0045 §8.2: by address to those alone who may see it."""
    people = court(rooms)
    assert asks(people["crone1"], change) == "ok"
    for who, address in (("pistol", None), ("banquo", None), ("hag66", jid("crone1"))):
        (gone,) = people[who].takes()
        (actor,) = gone.iter(f"{{{USER}}}actor")
        assert (actor.get("nick"), actor.get("jid")) == ("cro", address)


@pytest.mark.req("MUC-LEAK-12")
def test_who_asks_for_voice_is_known_to_those_who_keep_order(rooms: Service) -> None:
    """XEP-0045 §8.6: the form with the address goes to nobody else."""
    people = court(rooms, moderatedroom="1")
    people["pistol"].sends(
        f"<message to='{ROOM}'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>{MUC}#request"
        "</value></field><field var='muc#role'><value>participant</value></field></x></message>"
    )
    told = {name for name, someone in people.items() if any(jid("pistol") in one.raw for one in someone.unread())}
    assert told == {"hag66", "hecate", "crone1", "macbeth"}
    for name in people.keys() - told:
        people[name].receives_nothing()


@pytest.mark.req("MUC-LEAK-20")
def test_no_log_has_a_password(rooms: Service, caplog: pytest.LogCaptureFixture) -> None:
    """Neither the room's nor one somebody tried, however much is logged."""
    caplog.set_level(logging.DEBUG)
    hag66, *_ = room(rooms, "hag66")
    configure(hag66, roomsecret="cauldron")
    pistol = rooms.person("pistol")
    for word in ("kettle", "cauldron"):
        pistol.sends(enter("pis", f"<password>{word}</password>"))
    assert condition(pistol.takes()[0]) == "auth not-authorized"
    assert not [text for text in caplog.text.split() if "kettle" in text or "cauldron" in text]
