"""Requests between people, by MIX and by MUC and from one to the other (XEP-0403 §4.5-4.6, XEP-0045 §17.4)."""

from __future__ import annotations

import pytest

from mix.core.relay import MOST_OF_ONE
from tests.conversations.words import INFO, ITEMS, LEAVE, MUC, PUBSUB, STANZAS, configure, prefer, refused, setnick
from tests.stage import Scene

PING = "<ping xmlns='urn:xmpp:ping'/>"
VERSION = "<query xmlns='jabber:iq:version'/>"
VCARD = "<vCard xmlns='vcard-temp'/>"
AVATAR = f"<pubsub xmlns='{PUBSUB}'><items node='urn:xmpp:avatar:metadata'/></pubsub>"


def ask(whom: str, inside: str = VERSION, *, type: str = "get", id: str = "lx09df27") -> str:
    """A request to an address of somebody."""
    return f"<iq type='{type}' id='{id}' to='{whom}'>{inside}</iq>"


def of(who: str, tag: str | None = None) -> str:
    """An encoded address."""
    return f"{{{who}.id}}#{{coven}}" + (f"/{tag}" if tag else "")


def asked(sender: str, inside: str = VERSION, *, type: str = "get", id: str = "{leg}") -> str:
    """The request as it arrives."""
    return f"<iq type='{type}' id='{id}' from='{sender}'>{inside}</iq>"


def answer(to: str, inside: str = "", *, type: str = "result", id: str = "{leg}") -> str:
    """The answer of the one who was asked."""
    return f"<iq type='{type}' id='{id}' to='{to}'>{inside}</iq>"


def answered(sender: str, inside: str = "", *, type: str = "result", id: str = "lx09df27") -> str:
    """The answer as it arrives."""
    return f"<iq type='{type}' id='{id}' from='{sender}'>{inside}</iq>"


@pytest.fixture
def witches(coven: Scene) -> Scene:
    """hag66 and hecate in the channel with their phones; `{his}` and `{hers}` are their tags."""
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66", "hecate"])
    for someone, tag in ((hag66, "his"), (hecate, "hers")):
        someone.sends("<presence/>")
        hecate.receives(f"<presence from='{{{someone.name}.id}}#{{coven}}/{{{tag}}}'>…</presence>")
    coven.service.everybody_forgets()
    return coven


@pytest.fixture
def room(coven: Scene) -> Scene:
    """hag66 and hecate in the room, and nobody else."""
    coven.people("hag66", "hecate", entered=["hag66", "hecate"])
    return coven


# -- by encoded addresses


@pytest.mark.req("MIX-REL-01", "MIX-REL-02", "MIX-REL-03", "MIX-REL-08", "MIX-REL-16", "MIX-SPI-07", "MIX-RES-07")
def test_a_request_reaches_a_client_and_the_answer_comes_back(witches: Scene) -> None:
    hag66, hecate = witches.people("hag66", "hecate")
    hag66.sends(ask(of("hecate", "{hers}"), f"<query xmlns='{INFO}' node='n#v'/>"))
    hecate.phone.receives(asked(of("hag66", "{his}"), f"<query xmlns='{INFO}' node='n#v'/>"))
    features = f"<query xmlns='{INFO}' node='n#v'><feature var='urn:xmpp:ping'/></query>"
    hecate.sends(answer(of("hag66", "{his}"), features))
    hag66.phone.receives(answered(of("hecate", "{hers}"), features))
    witches.is_silent()


@pytest.mark.req("MIX-REL-15")
def test_who_blocks_a_channel_blocks_what_it_passes_on(witches: Scene) -> None:
    """XEP-0405 §2.12: questions, answers and errors come from its domain, from one address of the person each."""
    hag66, hecate = witches.people("hag66", "hecate")
    for to, response in (
        ("hecate", answer(of("hag66", "{his}"))),
        ("hecate", answer(of("hag66", "{his}"), type="error")),
    ):
        hag66.sends(ask(of(to, "{hers}")))
        (question,) = hecate.takes()
        hecate.sends(response.replace("{leg}", question.get("id", "")))
        (reply,) = hag66.takes()
        assert question.get("from", "").partition("/")[0] == f"{hag66.id}#{witches.jid}"
        assert reply.get("from", "").partition("/")[0] == f"{hecate.id}#{witches.jid}"


@pytest.mark.req("MIX-REL-08")
def test_a_request_to_the_bare_address_reaches_the_account(witches: Scene) -> None:
    hag66, hecate = witches.people("hag66", "hecate")
    hag66.sends(ask(of("hecate"), PING))
    hecate.account.receives(asked(of("hag66", "{his}"), PING))
    hecate.account.sends(answer(of("hag66", "{his}")))
    hag66.phone.receives(answered(of("hecate")))
    witches.is_silent()


@pytest.mark.req("MIX-RES-07", "MIX-REL-16")
def test_a_client_that_shows_nothing_gets_a_tag_by_asking(witches: Scene) -> None:
    hag66, hecate = witches.people("hag66", "hecate")
    hag66.laptop.sends(ask(of("hecate", "{hers}")))
    hecate.phone.receives(asked(of("hag66", "{other}")))
    assert witches.service.known["other"] != witches.service.known["his"]
    hecate.sends(ask(of("hag66", "{other}"), id="back"))
    hag66.laptop.receives(asked(of("hecate", "{hers}"), id="{second}"))


@pytest.mark.req("MIX-REL-04", "MIX-REL-06", "MIX-REL-07", "MIX-PRF-15")
def test_a_vcard_is_given_out_by_the_account_if_its_owner_lets_it(witches: Scene) -> None:
    hag66, hecate = witches.people("hag66", "hecate")
    hag66.sends(ask(of("hecate"), VCARD))
    assert refused(hag66.phone) == "cancel service-unavailable"
    hecate.sends(prefer(("vCard", "allow")))
    witches.service.everybody_forgets()
    for whom in (of("hecate"), of("hecate", "{hers}")):
        hag66.sends(ask(whom, VCARD))
        hecate.account.receives(asked(of("hag66", "{his}"), VCARD))
        card = "<FN>Queen of the Night</FN><PHOTO><BINVAL>AAAA</BINVAL></PHOTO>"
        hecate.account.sends(
            answer(of("hag66", "{his}"), f"<vCard xmlns='vcard-temp'>{card}<JABBERID>{{hecate}}</JABBERID></vCard>")
        )
        hag66.phone.receives(answered(whom, f"<vCard xmlns='vcard-temp'>{card}</vCard>"))
        del witches.service.known["leg"]
    witches.is_silent()


@pytest.mark.req("MIX-REL-07")
def test_a_vcard_stays_as_it_is_where_addresses_are_shown(coven: Scene) -> None:
    coven.owner.sends(configure(("JID Visibility", "jid-visible")))
    hag66, hecate = coven.people("hag66", "hecate")
    coven.joins(hag66, "third witch")
    coven.joins(hecate, "moon", preferences={"vCard": "allow"})
    hag66.sends(ask(of("hecate"), VCARD))
    hecate.account.receives(asked(of("hag66", "{tag}"), VCARD))
    card = "<vCard xmlns='vcard-temp'><JABBERID>{hecate}</JABBERID></vCard>"
    hecate.account.sends(answer(of("hag66", "{tag}"), card))
    hag66.phone.receives(answered(of("hecate"), card))


@pytest.mark.req("MIX-REL-17", "MIX-REL-04")
def test_pep_is_asked_of_the_account_and_names_nobody(witches: Scene) -> None:
    hag66, hecate = witches.people("hag66", "hecate")
    hag66.sends(ask(of("hecate"), AVATAR))
    assert refused(hag66.phone) == "cancel service-unavailable"
    hecate.sends(prefer(("vCard", "allow")))
    witches.service.everybody_forgets()
    item = (
        f"<pubsub xmlns='{PUBSUB}'><items node='urn:xmpp:avatar:metadata'><item id='1' publisher='{{0}}'>"
        "<metadata xmlns='urn:xmpp:avatar:metadata'/></item></items></pubsub>"
    )
    hag66.sends(ask(of("hecate"), AVATAR))
    hecate.account.receives(asked(of("hag66", "{his}"), AVATAR))
    hecate.account.sends(answer(of("hag66", "{his}"), item.format("{hecate.phone}")))
    hag66.phone.receives(answered(of("hecate"), item.format(of("hecate"))))
    witches.is_silent()


@pytest.mark.req("MIX-REL-07", "MIX-SEC-09")
def test_discovery_names_nobody_either(witches: Scene) -> None:
    hag66, hecate = witches.people("hag66", "hecate")
    hag66.sends(ask(of("hecate"), f"<query xmlns='{ITEMS}'/>"))
    hecate.account.receives(asked(of("hag66", "{his}"), f"<query xmlns='{ITEMS}'/>"))
    hecate.account.sends(
        answer(of("hag66", "{his}"), f"<query xmlns='{ITEMS}'><item jid='{{hecate}}' node='mood'/></query>")
    )
    items = f"<query xmlns='{ITEMS}'><item jid='{of('hecate')}' node='mood'/></query>"
    hag66.phone.receives(answered(of("hecate"), items))


@pytest.mark.req("MIX-REL-09", "MIX-REL-18", "MIX-RES-09", "MIX-SPI-11", "MIX-SPI-12")
def test_who_may_ask_and_who_can_be_asked(witches: Scene) -> None:
    hag66, hecate, pistol = witches.people("hag66", "hecate", "pistol")
    for whom in (of("hecate"), of("hecate", "{hers}"), "nobody#{coven}"):
        pistol.sends(ask(whom))
        assert refused(pistol.phone) == "auth forbidden"
    for whom in ("nobody#{coven}", of("hecate", "of-a-client-that-was"), "nobody#nowhere@{service}"):
        hag66.sends(ask(whom))
        assert refused(hag66.phone) == "cancel item-not-found"
    hecate.sends(LEAVE)
    witches.service.everybody_forgets()
    hag66.sends(ask(of("hecate"), PING))
    assert refused(hag66.phone) == "cancel item-not-found"
    witches.is_silent()


@pytest.mark.req("MIX-REL-10", "MUC-LEAK-04")
def test_an_error_comes_back_without_an_address(witches: Scene) -> None:
    hag66, hecate = witches.people("hag66", "hecate")
    hag66.sends(ask(of("hecate", "{hers}")))
    hecate.phone.receives(asked(of("hag66", "{his}")))
    hecate.sends(
        answer(
            of("hag66", "{his}"),
            f"{VERSION}<error type='cancel' by='{{hecate}}'><service-unavailable xmlns='{STANZAS}'/>"
            f"<text xmlns='{STANZAS}'>{{hecate}} says no</text></error>",
            type="error",
        )
    )
    plain = f"<error type='cancel'><service-unavailable xmlns='{STANZAS}'/></error>"
    hag66.phone.receives(answered(of("hecate", "{hers}"), plain, type="error"))
    witches.is_silent()


@pytest.mark.req("MIX-REL-11", "MUC-IQ-05")
def test_equal_ids_do_not_mix_and_only_the_one_who_was_asked_answers(witches: Scene) -> None:
    hag66, hecate = witches.people("hag66", "hecate")
    hag66.sends(ask(of("hecate", "{hers}"), id="1"))
    hecate.phone.receives(asked(of("hag66", "{his}"), id="{one}"))
    hag66.laptop.sends(ask(of("hecate", "{hers}"), id="1"))
    hecate.phone.receives(asked(of("hag66", "{other}"), id="{two}"))
    for forger in (hag66.laptop, hecate.laptop, hecate.account, witches.people("pistol").phone):
        forger.sends(answer(of("hag66", "{his}"), VERSION, id="{one}"))
        forger.sends(answer(of("hag66", "{his}"), VERSION, id="guessed"))
    witches.is_silent()
    hecate.sends(answer(of("hag66", "{other}"), "<second xmlns='urn:x'/>", id="{two}"))
    hag66.laptop.receives(answered(of("hecate", "{hers}"), "<second xmlns='urn:x'/>", id="1"))
    hecate.sends(answer(of("hag66", "{his}"), "<first xmlns='urn:x'/>", id="{one}"))
    hag66.phone.receives(answered(of("hecate", "{hers}"), "<first xmlns='urn:x'/>", id="1"))
    hecate.sends(answer(of("hag66", "{his}"), "<again xmlns='urn:x'/>", id="{one}"))
    witches.is_silent()


@pytest.mark.req("MIX-REL-12", "MIX-SEC-09")
def test_nobody_waits_for_ever(witches: Scene) -> None:
    hag66, hecate = witches.people("hag66", "hecate")
    hag66.sends(ask(of("hecate", "{hers}")))
    hecate.phone.receives(asked(of("hag66", "{his}")))
    witches.service.time_passes(50)
    witches.is_silent()
    witches.service.time_passes(11)
    assert refused(hag66.phone) == "wait remote-server-timeout"
    assert not witches.channel.pending
    hecate.sends(answer(of("hag66", "{his}"), VERSION))
    witches.is_silent()


@pytest.mark.req("MIX-SEC-09", "MUC-IQ-09")
def test_there_is_an_end_to_what_is_under_way(witches: Scene) -> None:
    hag66, hecate = witches.people("hag66", "hecate")
    for _ in range(MOST_OF_ONE):
        hag66.sends(ask(of("hecate", "{hers}")))
    hag66.receives_nothing()
    hecate.forgets()
    hag66.sends(ask(of("hecate", "{hers}")))
    assert refused(hag66.phone) == "wait resource-constraint"
    hecate.receives_nothing()
    hecate.sends(ask(of("hag66", "{his}")))
    hag66.phone.receives(asked(of("hecate", "{hers}")))


@pytest.mark.req("MIX-REL-14", "MIX-SEC-09", "MUC-AVA-15")
@pytest.mark.parametrize(
    "inside",
    [
        "<query xmlns='jabber:iq:roster'/>",
        "<query xmlns='jabber:iq:privacy'/>",
        "<query xmlns='jabber:iq:register'/>",
        "<client-join xmlns='urn:xmpp:mix:pam:2' channel='coven@mix.shakespeare.example'/>",
        "<block xmlns='urn:xmpp:blocking'/>",
        "<query xmlns='urn:xmpp:mam:2'/>",
        "<privileged_iq xmlns='urn:xmpp:privilege:2'/>",
        "<delegation xmlns='urn:xmpp:delegation:2'/>",
        f"<query xmlns='{MUC}#admin'/>",
    ],
)
@pytest.mark.parametrize("type", ["get", "set"])
def test_what_is_between_a_client_and_its_server_goes_nowhere(witches: Scene, inside: str, type: str) -> None:
    """A server may trust this service with more than it trusts strangers (XEP-0355, XEP-0356)."""
    hag66, hecate = witches.people("hag66", "hecate")
    for whom in (of("hecate"), of("hecate", "{hers}")):
        hag66.sends(ask(whom, inside, type=type))
        assert refused(hag66.phone) == "auth forbidden"
    hecate.receives_nothing()


@pytest.mark.req("MIX-REL-14", "MUC-AVA-15")
@pytest.mark.parametrize("inside", [VCARD, f"<pubsub xmlns='{PUBSUB}'><publish node='mood'/></pubsub>"])
def test_nobody_changes_what_others_say_of_themselves(witches: Scene, inside: str) -> None:
    hag66, hecate, pistol = witches.people("hag66", "hecate", "pistol")
    witches.enters(pistol, "ancient")
    hecate.sends(prefer(("vCard", "allow")))
    witches.service.everybody_forgets()
    hag66.sends(ask(of("hecate"), inside, type="set"))
    assert refused(hag66.phone) == "auth forbidden"
    pistol.sends(ask("{coven}/moon", inside, type="set"))
    assert refused(pistol.phone) == "auth forbidden"
    hecate.receives_nothing()


@pytest.mark.req("MIX-REL-14")
def test_a_client_is_sent_a_file_and_an_account_is_not(witches: Scene) -> None:
    hag66, hecate = witches.people("hag66", "hecate")
    jingle = "<jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' initiator='{0}' sid='a'/>"
    hag66.sends(ask(of("hecate"), jingle.format("{hag66.phone}"), type="set"))
    assert refused(hag66.phone) == "cancel service-unavailable"
    hag66.sends(ask(of("hecate", "{hers}"), jingle.format("{hag66.phone}"), type="set"))
    hecate.phone.receives(asked(of("hag66", "{his}"), jingle.format(of("hag66", "{his}")), type="set"))
    witches.is_silent()


@pytest.mark.req("MIX-REL-13")
def test_a_channel_answers_for_itself(witches: Scene) -> None:
    """What is asked of the channel is passed to nobody."""
    hag66 = witches.people("hag66")
    for inside in (f"<query xmlns='{INFO}'/>", VCARD, PING):
        hag66.sends(ask("{coven}", inside))
        (got,) = hag66.takes()
        assert got.get("from") == witches.jid
    witches.is_silent()


# -- in the room


@pytest.mark.req("MUC-IQ-01", "MUC-IQ-02", "MUC-IQ-03", "MUC-IQ-04", "MUC-IQ-14", "MUC-DISC-22", "MUC-LEAK-24")
@pytest.mark.parametrize("type", ["get", "set"])
def test_an_occupant_asks_another(room: Scene, type: str) -> None:
    hag66, hecate = room.people("hag66", "hecate")
    room.enters(hag66, "thirdwitch", by=hag66.laptop)
    inside = f"<query xmlns='{INFO}' node='http://gajim.org#abc='/>"
    hag66.sends(ask("{coven}/moon", inside, type=type))
    hecate.phone.receives(asked("{coven}/thirdwitch", inside, type=type))
    hecate.sends(answer("{coven}/thirdwitch", inside))
    hag66.phone.receives(answered("{coven}/moon", inside))
    room.is_silent()


@pytest.mark.req("MUC-IQ-07")
def test_one_client_of_an_occupant_is_asked(room: Scene) -> None:
    hag66, hecate = room.people("hag66", "hecate")
    room.enters(hecate, "moon", by=hecate.laptop)
    hecate.laptop.sends("<presence to='{coven}/moon'><priority>7</priority></presence>")
    room.service.everybody_forgets()
    hag66.sends(ask("{coven}/moon"))
    hecate.laptop.receives(asked("{coven}/thirdwitch"))
    room.is_silent()


@pytest.mark.req("MUC-IQ-11", "MUC-IQ-12", "MUC-EXIT-24")
def test_a_ping_of_oneself_is_the_rooms_and_everything_else_is_ones_own(room: Scene) -> None:
    hag66, hecate = room.people("hag66", "hecate")
    hag66.sends(ask("{coven}/moon", PING))
    hecate.phone.receives(asked("{coven}/thirdwitch", PING, id="{first}"))
    hag66.sends(ask("{coven}/thirdwitch"))
    hag66.phone.receives(asked("{coven}/thirdwitch", id="{second}"))
    room.enters(hag66, "thirdwitch", by=hag66.laptop)
    hag66.laptop.sends(ask("{coven}/thirdwitch", PING))
    hag66.laptop.receives(answered("{coven}/thirdwitch"))
    hag66.laptop.sends(ask("{coven}/thirdwitch"))
    hag66.phone.receives(asked("{coven}/thirdwitch", id="{third}"))
    room.is_silent()


@pytest.mark.req("MUC-IQ-05", "MUC-IQ-06", "MUC-IQ-16", "MUC-IQ-18", "MUC-DISC-21")
def test_who_may_ask_whom_for_what_in_the_room(room: Scene) -> None:
    hag66, pistol = room.people("hag66", "pistol")
    for nick in ("moon", "nobody"):
        pistol.sends(ask(f"{{coven}}/{nick}"))
        assert refused(pistol.phone) == "cancel not-acceptable"
        pistol.sends(ask(f"{{coven}}/{nick}", f"<query xmlns='{INFO}'/>"))
        assert refused(pistol.phone) == "modify bad-request"
    hag66.sends(ask("{coven}/nobody"))
    assert refused(hag66.phone) == "cancel item-not-found"
    for inside in ("", PING + VERSION, f"<query xmlns='{MUC}#admin'/>", f"<query xmlns='{MUC}#owner'/>"):
        hag66.sends(ask("{coven}/moon", inside))
        assert refused(hag66.phone) == "modify bad-request"
    pistol.sends(answer("{coven}/thirdwitch", VERSION, id="guessed"))
    room.is_silent()


@pytest.mark.req("MUC-IQ-08")
@pytest.mark.parametrize(
    "going",
    ["<presence type='unavailable' to='{coven}/moon'/>", "<presence to='{coven}/sun'/>"],
    ids=["away", "renamed"],
)
def test_nobody_answers_under_a_name_that_is_gone(room: Scene, going: str) -> None:
    hag66, hecate = room.people("hag66", "hecate")
    hag66.sends(ask("{coven}/moon"))
    hecate.phone.receives(asked("{coven}/thirdwitch"))
    hecate.sends(going)
    hag66.receives(
        answered("{coven}/moon", f"<error type='cancel'><item-not-found xmlns='{STANZAS}'/>…</error>", type="error")
    )
    room.service.everybody_forgets()
    hecate.sends(answer("{coven}/thirdwitch", VERSION))
    room.is_silent()


@pytest.mark.req("MUC-IQ-09")
def test_an_occupant_does_not_wait_for_ever(room: Scene) -> None:
    hag66, hecate = room.people("hag66", "hecate")
    hag66.sends(ask("{coven}/moon"))
    hecate.forgets()
    room.service.time_passes(61)
    assert refused(hag66.phone) == "wait remote-server-timeout"
    room.is_silent()


@pytest.mark.req("MUC-IQ-10", "MUC-EXIT-13")
def test_an_error_is_an_answer_and_removes_nobody(room: Scene) -> None:
    hag66, hecate = room.people("hag66", "hecate")
    hag66.sends(ask("{coven}/moon"))
    hecate.phone.receives(asked("{coven}/thirdwitch"))
    error = f"<error type='cancel' by='{{hecate}}'><service-unavailable xmlns='{STANZAS}'/></error>"
    hecate.sends(answer("{coven}/thirdwitch", VERSION + error, type="error"))
    plain = f"<error type='cancel'><service-unavailable xmlns='{STANZAS}'/></error>"
    hag66.phone.receives(answered("{coven}/moon", plain, type="error"))
    room.is_silent()
    hag66.sends(ask("{coven}/moon", id="still there"))
    hecate.phone.receives(asked("{coven}/thirdwitch", id="{second}"))


@pytest.mark.req("MUC-IQ-13")
def test_it_works_where_addresses_are_shown_as_well(room: Scene) -> None:
    room.owner.sends(configure(("JID Visibility", "jid-visible")))
    room.service.everybody_forgets()
    hag66, hecate = room.people("hag66", "hecate")
    hag66.sends(ask("{coven}/moon"))
    hecate.phone.receives(asked("{coven}/thirdwitch"))
    hecate.sends(answer("{coven}/thirdwitch", VERSION))
    hag66.phone.receives(answered("{coven}/moon", VERSION))


@pytest.mark.req("MUC-AVA-14", "MUC-AVA-17", "MUC-IQ-15")
@pytest.mark.parametrize("inside", [VCARD, AVATAR])
def test_an_occupants_picture_is_given_out_by_the_account(room: Scene, inside: str) -> None:
    hag66, hecate = room.people("hag66", "hecate")
    hag66.sends(ask("{coven}/moon", inside))
    hecate.account.receives(asked("{coven}/thirdwitch", inside))
    hecate.account.sends(answer("{coven}/thirdwitch", inside))
    hag66.phone.receives(answered("{coven}/moon", inside))
    room.is_silent()


# -- from one to the other


@pytest.mark.req("MIX-MUC-21", "MIX-MUC-23", "MIX-MUC-10")
def test_they_ask_across(coven: Scene) -> None:
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66"])
    coven.enters(hecate, "moon")
    coven.comes_online(hag66.phone)
    hecate.sends(ask("{coven}/thirdwitch"))
    hag66.phone.receives(asked(of("hecate", "{hers}"), id="{one}"))
    hag66.sends(answer(of("hecate", "{hers}"), VERSION, id="{one}"))
    hecate.phone.receives(answered("{coven}/thirdwitch", VERSION))
    hag66.sends(ask(of("hecate", "{hers}")))
    hecate.phone.receives(asked("{coven}/thirdwitch", id="{two}"))
    hecate.sends(answer("{coven}/thirdwitch", VERSION, id="{two}"))
    hag66.phone.receives(answered(of("hecate", "{hers}"), VERSION))
    coven.is_silent()


@pytest.mark.req("MIX-REL-06")
def test_a_participants_vcard_is_as_private_in_the_room(coven: Scene) -> None:
    hag66, hecate = coven.people("hag66", "hecate", joined=["hag66"])
    coven.enters(hecate, "moon")
    coven.comes_online(hag66.phone)
    hecate.sends(ask("{coven}/thirdwitch", VCARD))
    assert refused(hecate.phone) == "cancel service-unavailable"
    hag66.sends(prefer(("vCard", "allow")))
    coven.service.everybody_forgets()
    hecate.sends(ask("{coven}/thirdwitch", VCARD))
    hag66.account.receives(asked(of("hecate", "*"), VCARD))
    coven.is_silent()


@pytest.mark.req("MIX-REL-12")
def test_the_end_of_a_channel_is_an_answer_too(witches: Scene) -> None:
    hag66, hecate = witches.people("hag66", "hecate")
    hag66.sends(ask(of("hecate", "{hers}")))
    hecate.phone.receives(asked(of("hag66", "{his}")))
    witches.owner.sends(
        "<iq type='set' id='d' to='{service}'><destroy xmlns='urn:xmpp:mix:core:1' channel='coven'/></iq>"
    )
    missing = f"<error type='cancel'><item-not-found xmlns='{STANZAS}'/>…</error>"
    hag66.receives(answered(of("hecate", "{hers}"), missing, type="error"))
    witches.service.everybody_forgets()
    hecate.sends(answer(of("hag66", "{his}"), VERSION))
    witches.is_silent()


def test_a_new_nick_is_no_reason_for_a_mix_client_to_wait_in_vain(witches: Scene) -> None:
    """Encoded addresses stay what they are."""
    hag66, hecate = witches.people("hag66", "hecate")
    hag66.sends(ask(of("hecate", "{hers}")))
    hecate.phone.receives(asked(of("hag66", "{his}")))
    hecate.sends(setnick("sun"))
    witches.service.everybody_forgets()
    hecate.sends(answer(of("hag66", "{his}"), VERSION))
    hag66.phone.receives(answered(of("hecate", "{hers}"), VERSION))
    hag66.sends(ask(of("hecate", "{hers}")))
    hecate.forgets()
    hecate.sends("<presence type='unavailable'/>")
    hag66.receives(
        answered(
            of("hecate", "{hers}"), f"<error type='cancel'><item-not-found xmlns='{STANZAS}'/>…</error>", type="error"
        )
    )
