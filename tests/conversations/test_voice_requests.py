"""Asking for voice, and granting it by form (XEP-0045 §7.13, §8.6), by MUC clients alone."""

from __future__ import annotations

import pytest

from tests.stage import Service
from tests.stage.ranks import about, asks, condition, court, item, nick, roles
from tests.stage.room import MUC, ROOM, enter

FORM_TYPE = f"{MUC}#request"


def form(type: str = "submit", **fields: str) -> str:
    """A message with a form about voice."""
    inside = "".join(f"<field var='muc#{name}'><value>{value}</value></field>" for name, value in fields.items())
    return (
        f"<message id='v' to='{ROOM}'><x xmlns='jabber:x:data' type='{type}'>"
        f"<field var='FORM_TYPE'><value>{FORM_TYPE}</value></field>{inside}</x></message>"
    )


@pytest.mark.req("MUC-VREQ-01", "MUC-VREQ-02", "MUC-VREQ-03", "MUC-VREQ-04", "MUC-VREQ-05", "MUC-VREQ-09")
@pytest.mark.req("MUC-VREQ-13", "MUC-LEAK-12")
def test_a_visitor_asks_and_a_moderator_grants(rooms: Service) -> None:
    people = court(rooms, moderatedroom="1")
    pistol, crone1 = people["pistol"], people["crone1"]
    pistol.sends(form(role="participant"))
    for name in ("hag66", "hecate", "crone1", "macbeth"):
        people[name].receives(
            f"""<message from='{ROOM}'><x xmlns='jabber:x:data' type='form'><title>*</title>
              <instructions>*</instructions>
              <field var='FORM_TYPE' type='hidden'><value>{FORM_TYPE}</value></field>
              <field var='muc#role' type='list-single' label='*'><value>participant</value>
                <option label='*'><value>participant</value></option></field>
              <field var='muc#jid' type='jid-single' label='*'><value>{{pistol.phone}}</value></field>
              <field var='muc#roomnick' type='text-single' label='*'><value>pis</value></field>
              <field var='muc#request_allow' type='boolean' label='*'><value>false</value></field></x></message>"""
        )
    rooms.is_silent()
    approval = form(role="participant", jid=pistol.phone.jid, roomnick="pis", request_allow="1")
    crone1.sends(approval)
    (seen,) = people["ross"].takes()
    assert about(seen) == ("", "none", "participant")
    rooms.everybody_forgets()
    crone1.sends(approval)
    rooms.is_silent()
    pistol.sends(f"<iq type='set' id='q' to='{ROOM}'><query xmlns='urn:xmpp:mam:2'/></iq>")
    assert not [one for one in pistol.takes() if one.tag.endswith("message")]


@pytest.mark.req("MUC-VREQ-06", "MUC-VREQ-07")
def test_only_moderators_grant_and_only_if_they_say_so(rooms: Service) -> None:
    people = court(rooms, moderatedroom="1")
    for allow in ("1", "0"):
        people["banquo"].sends(form(role="participant", roomnick="pis", request_allow=allow))
        (answer,) = people["banquo"].takes()
        assert condition(answer) == "auth forbidden"
    people["crone1"].sends(form(role="participant", roomnick="pis", request_allow="0"))
    people["crone1"].sends(form("cancel", role="participant", roomnick="pis"))
    rooms.is_silent()
    assert roles(people["hag66"])["pis"] == "visitor"


@pytest.mark.req("MUC-VREQ-08")
def test_voice_is_for_who_asked(rooms: Service) -> None:
    people = court(rooms, moderatedroom="1")
    pistol, crone1 = people["pistol"], people["crone1"]
    pistol.sends(f"<presence type='unavailable' to='{ROOM}/pis'/>")
    other = rooms.person("titania")
    other.sends(enter("pis"))
    rooms.everybody_forgets()
    crone1.sends(form(role="participant", jid=pistol.phone.jid, roomnick="pis", request_allow="1"))
    assert [condition(one) for one in crone1.takes()] == ["cancel item-not-found"]
    rooms.is_silent()
    assert roles(people["hag66"])["pis"] == "visitor"
    crone1.sends(form(role="participant", jid=people["ross"].jid, request_allow="1"))
    rooms.everybody_forgets()
    assert roles(people["hag66"])["ros"] == "participant"


@pytest.mark.req("MUC-VREQ-10", "MUC-VREQ-11")
def test_who_has_no_need_to_ask(rooms: Service) -> None:
    people = court(rooms, moderatedroom="1")
    for name in ("banquo", "crone1"):
        people[name].sends(form(role="participant"))
    rooms.is_silent()
    stranger = rooms.person("puck")
    stranger.sends(form(role="participant"))
    (answer,) = stranger.takes()
    assert condition(answer) == "cancel not-acceptable"
    people["pistol"].sends(form(role="moderator"))
    (answer,) = people["pistol"].takes()
    assert condition(answer) == "modify bad-request"
    rooms.is_silent()


@pytest.mark.req("MUC-VREQ-12")
def test_asking_often_is_no_use(rooms: Service) -> None:
    people = court(rooms, moderatedroom="1")
    pistol, hag66 = people["pistol"], people["hag66"]
    for _ in range(20):
        pistol.sends(form(role="participant"))
    assert {condition(one) for one in pistol.takes()} == {"wait resource-constraint"}
    assert len(hag66.takes()) == 1
    rooms.everybody_forgets()
    rooms.clock.advance(61)
    pistol.sends(form(role="participant"))
    assert len(hag66.takes()) == 1
    assert asks(hag66, item(nick=nick("pistol"), role="participant")) == "ok"
