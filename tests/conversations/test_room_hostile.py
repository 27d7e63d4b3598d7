"""Whatever anybody sends to a room gets an error of its own or silence, and the room goes on."""

from __future__ import annotations

import logging

import pytest

from tests.stage import Service
from tests.stage.room import MUC, ROOM, USER, enter, kinds, room

TARGETS = (
    ROOM,
    f"{ROOM}/hag",
    f"{ROOM}/nobody",
    f"{ROOM}/ \u3000 ",
    f"{ROOM}/{'x' * 900}",
    f"abcdefghijklmnopqrstuvwxyz#{ROOM}",
    "nowhere@mix.shakespeare.example",
    "nowhere@mix.shakespeare.example/nobody",
)
PRESENCES = (
    f"<x xmlns='{MUC}'/>",
    f"<x xmlns='{MUC}'><password/><password>a</password><history/><history maxstanzas=''/><foreign xmlns='f'/></x>",
    f"<x xmlns='{MUC}'><history since='0001-01-01T00:00:00+23:59' seconds='999999999' maxchars='-'/></x>",
    "<priority>1e9</priority><show/><status/>",
    "<priority>-999</priority>",
    f"<x xmlns='{USER}'><item/></x><x xmlns='{USER}'/>",
    f"<show>{'x' * 20_000}</show>",
    "<error/>",
    "<error type='cancel'><gone/></error>",
)
MESSAGES = (
    "",
    "<body/>",
    "<subject/>",
    "<subject/><subject/>",
    f"<x xmlns='{USER}'><invite/></x>",
    "<error/>",
    "<stanza-id xmlns='urn:xmpp:sid:0'/>",
    "<delay xmlns='urn:xmpp:delay'/>",
)


def form(*fields: str, form_type: str = f"{MUC}#roomconfig") -> str:
    """An owner's form with these fields, written out."""
    first = f"<field var='FORM_TYPE'><value>{form_type}</value></field>" if form_type else ""
    return f"<query xmlns='{MUC}#owner'><x xmlns='jabber:x:data' type='submit'>{first}{''.join(fields)}</x></query>"


REQUESTS = (
    "",
    "<a/><b/>",
    "<query xmlns='http://jabber.org/protocol/disco#info' node=''/>",
    "<query xmlns='http://jabber.org/protocol/disco#items' node='x-roomuser-item'/>",
    f"<query xmlns='{MUC}#admin'/>",
    f"<query xmlns='{MUC}#owner'/>",
    f"<query xmlns='{MUC}#owner'><destroy jid='@@'/></query>",
    form("<field/>", "<field var=''/>", form_type=""),
    form("<field var='muc#maxhistoryfetch'><value>\u0661</value></field>"),
    form("<field var='muc#roomconfig_maxusers'><value>9999999999</value></field>"),
    form("<field var='muc#roomconfig_roomowners'/>"),
    form(*["<field var='a'/>"] * 300),
    form(*[f"<field var='a{number}'/>" for number in range(300)]),
    "<query xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'><max>-1</max></set></query>",
    "<query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data'/></query>",
    "<query xmlns='urn:xmpp:mam:2' node='bogus'/>",
    "<metadata xmlns='urn:xmpp:mam:2'/>",
    "<ping xmlns='urn:xmpp:ping'/>",
    "<vCard xmlns='vcard-temp'/>",
)


@pytest.mark.req("MUC-EXIT-18", "MUC-ENT-35", "MUC-HIST-19", "MUC-IQ-19")
@pytest.mark.parametrize("to", TARGETS)
def test_nothing_breaks_a_room(rooms: Service, to: str, caplog: pytest.LogCaptureFixture) -> None:
    hag66, hecate = room(rooms, "hag66", "hecate")
    crone1 = rooms.person("crone1")
    stanzas = [
        *(f"<presence to='{to}'{type}>{inside}</presence>" for inside in PRESENCES
          for type in ("", " type='unavailable'", " type='probe'", " type='error'", " type='subscribe'", " type='?'")),
        *(f"<message to='{to}'{type}>{inside}</message>" for inside in MESSAGES
          for type in ("", " type='groupchat'", " type='chat'", " type='error'", " type='headline'", " type='?'")),
        *(f"<iq id='1' to='{to}' type='{type}'>{inside}</iq>" for inside in REQUESTS
          for type in ("get", "set", "result", "error")),
    ]  # fmt: skip
    with caplog.at_level(logging.WARNING):
        for stanza in stanzas:
            for client in (crone1.phone, hecate.phone, hecate.account, hag66.phone):
                client.sends(stanza)
                answers = client.takes()
                if " type='error'" in stanza or " type='result'" in stanza:
                    assert not [one for one in answers if one.get("type") == "error"], stanza
                assert not [one for one in answers if "internal-server-error" in str([e.tag for e in one.iter()])], (
                    stanza
                )
    assert not caplog.records, caplog.text
    rooms.everybody_forgets()
    if rooms.channel("heath") is not None:
        hag66.sends(enter("hag"))
        assert kinds(hag66.takes())[-2:] == ["self", "subject"]
