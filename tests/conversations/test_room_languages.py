"""Names, nicks, texts and times of all languages (XEP-0045 §13, §17.1)."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import Element

import pytest

from tests.conversations.words import ENTRY
from tests.stage import Person, Service
from tests.stage.ranks import affiliations, asks, condition, item, jid
from tests.stage.room import MUC, ROOM, USER, codes, configure, enter, room

LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def enters(someone: Person, nick: str, to: str = "heath") -> str:
    """What becomes of an entry: the nick as it is shown, or why not."""
    nick = nick.replace("&", "&amp;").replace("<", "&lt;").replace("'", "&apos;")
    someone.sends(f"<presence id='e' to='{to}@{{service}}/{nick}'>{ENTRY}</presence>")
    told = someone.takes()
    if told[0].get("type") == "error":
        return condition(told[0])
    (own,) = [one for one in told if 110 in codes(one)]
    return (own.get("from") or "").partition("/")[2]


def leaves(someone: Person) -> None:
    """Leave the room."""
    someone.sends(f"<presence type='unavailable' to='{ROOM}'/>")
    someone.service.everybody_forgets()


@pytest.mark.req("MUC-I18N-01", "MUC-I18N-14")
def test_a_room_is_the_same_however_it_is_written(rooms: Service) -> None:
    """Case is folded; what XEP-0106 escapes is left alone."""
    hag66, hecate = room(rooms, "hag66", "hecate")
    pistol = rooms.person("pistol")
    assert enters(pistol, "pis", "HEATH") == "pis"
    assert [codes(one) for one in hecate.takes()] == [[]]
    assert enters(hag66, "x", "a\\20b") == "x"
    assert rooms.channel("a\\20b") is not None
    assert rooms.channel("a b") is None


@pytest.mark.req("MUC-I18N-02", "MUC-I18N-10")
def test_nicks_keep_their_case_and_do_not_differ_by_it(rooms: Service) -> None:
    """Nor by width; letters of other scripts are other letters, however alike they look."""
    room(rooms, "hag66")
    people = [rooms.person(name) for name in ("hecate", "crone1", "pistol", "banquo")]
    assert enters(people[0], "PayPal") == "PayPal"
    assert enters(people[1], "paypal") == "cancel conflict"
    assert enters(people[2], "ＰａｙＰａｌ") == "cancel conflict"
    assert enters(people[3], "p\u0430yp\u0430l") == "p\u0430yp\u0430l"


@pytest.mark.req("MUC-I18N-03", "MUC-I18N-06", "MUC-I18N-13")
def test_what_can_be_no_nick_and_no_room(rooms: Service) -> None:
    """And never an internal error (RFC 7622 §3)."""
    room(rooms, "hag66")
    hecate = rooms.person("hecate")
    malformed = "modify jid-malformed"
    assert enters(hecate, "") == malformed
    assert enters(hecate, "x", "") == malformed
    assert enters(hecate, "😀" * 256) == malformed, "1024 bytes"
    for odd in ("\u0378", "\ue000", "\ufdd0", "\u200b", "\u2028", "\ufffd", "\U000e0001", " ", "a\u0300"):
        assert enters(hecate, odd) in (malformed, odd, odd.strip(), "\u00e0"), ascii(odd)
        leaves(hecate)
    for odd in ("\u0378", "\ue000", "\u2028", "\ufffd"):
        assert enters(hecate, "x", odd) in (malformed, "x"), ascii(odd)


@pytest.mark.req("MUC-I18N-11")
def test_right_to_left(rooms: Service) -> None:
    """Hebrew is a nick like any other; what begins in one direction and ends in the other is none (RFC 5893)."""
    room(rooms, "hag66")
    hecate = rooms.person("hecate")
    hebrew = "\u05d0\u05d1\u05d2"
    assert enters(hecate, hebrew) == hebrew
    leaves(hecate)
    assert enters(hecate, f"{hebrew}a") == "modify jid-malformed"


@pytest.mark.req("MUC-I18N-12")
def test_nicks_of_all_characters(rooms: Service) -> None:
    """In addresses, in XML and in the archive."""
    (hag66,) = room(rooms, "hag66")
    hecate = rooms.person("hecate")
    nick = "a/b & \"c\" '<d>' @e 😀"
    assert enters(hecate, nick) == nick
    hecate.sends(f"<message type='groupchat' to='{ROOM}'><body>hail</body></message>")
    assert hag66.takes()[-1].get("from") == f"{ROOM}/{nick}"
    hag66.sends(f"<iq type='set' id='m' to='{ROOM}'><query xmlns='urn:xmpp:mam:2'/></iq>")
    kept = [one.find(".//{jabber:client}message") for one in hag66.takes() if one.tag.endswith("message")]
    assert [one.get("from") for one in kept if one is not None] == [f"{ROOM}/{nick}"]


@pytest.mark.req("MUC-I18N-04", "MUC-I18N-05")
def test_people_are_the_same_however_they_are_written(rooms: Service) -> None:
    """In lists, and when they come."""
    hag66, hecate = room(rooms, "hag66", "hecate")
    assert asks(hag66, item(jid="HECATE@Shakespeare.EXAMPLE/Moon", affiliation="outcast")) == "ok"
    assert codes(hecate.takes()[0]) == [110, 301]
    rooms.everybody_forgets()
    assert affiliations(hag66) == {jid("hag66"): "owner", jid("hecate"): "outcast"}
    assert enters(hecate, "hec") == "auth forbidden"
    assert asks(hag66, item(jid="Hecate@shakespeare.example", affiliation="none")) == "ok"
    rooms.everybody_forgets()
    assert affiliations(hag66) == {jid("hag66"): "owner"}
    assert asks(hag66, item(jid="x@B\u00dcCHER.example", affiliation="outcast")) == "ok"
    assert asks(hag66, item(jid="x@b\u00fccher.example", affiliation="none")) == "ok"
    rooms.everybody_forgets()
    assert affiliations(hag66) == {jid("hag66"): "owner"}


def _languages(stanza: Element, tag: str) -> list[str | None]:
    """The languages of an element, its stanza's where it says none."""
    return [one.get(LANG) or stanza.get(LANG) for one in stanza.iter(tag)]


@pytest.mark.req("MUC-I18N-07")
def test_the_language_of_a_text_stays_with_it(services: Callable[..., Service]) -> None:
    """Of messages, subjects, what is shown, and reasons of invitations."""
    rooms = services(faces=("muccompat",))
    hag66, hecate = room(rooms, "hag66", "hecate")
    hag66.sends(f"<message type='groupchat' xml:lang='de' to='{ROOM}'><body>Heil</body></message>")
    assert _languages(hecate.takes()[-1], "{jabber:client}body") == ["de"]
    hag66.sends(f"<message type='groupchat' xml:lang='de' to='{ROOM}'><subject>Feuer</subject></message>")
    assert _languages(hecate.takes()[-1], "{jabber:client}subject") == ["de"]
    hag66.sends(f"<presence xml:lang='de' to='{ROOM}/hag'><status>weg</status></presence>")
    assert _languages(hecate.takes()[-1], "{jabber:client}status") == ["de"]
    rooms.everybody_forgets()
    banquo = rooms.person("banquo")
    rooms.eavesdropper.excuses(banquo, hag66)
    hag66.sends(
        f"<message to='{ROOM}'><x xmlns='{USER}'><invite to='{banquo.jid}'><reason xml:lang='de'>Komm!</reason>"
        "</invite></x></message>"
    )
    assert _languages(banquo.takes()[-1], f"{{{USER}}}reason") == ["de"]
    pistol = rooms.person("pistol")
    pistol.sends(enter("pis"))
    told = pistol.takes()
    assert [_languages(one, "{jabber:client}body") for one in told if one.find("{jabber:client}body") is not None] == [
        ["de"]
    ]
    assert _languages(told[-1], "{jabber:client}subject") == ["de"]
    (shown,) = [one for one in told if one.get("from") == f"{ROOM}/hag" and one.tag.endswith("presence")]
    assert _languages(shown, "{jabber:client}status") == ["de"]


@pytest.mark.req("MUC-I18N-15")
@pytest.mark.parametrize(
    ("since", "expected"),
    [
        ("2026-10-31T23:01:15Z", 2),
        ("2026-11-01T01:01:15+02:00", 2),
        ("2026-10-31T18:01:15-05:00", 2),
        ("2026-10-31T23:01:15.000Z", 2),
    ],
)
def test_times_are_utc_and_read_with_any_offset(rooms: Service, since: str, expected: int) -> None:
    """XEP-0082 §2.3."""
    (hag66,) = room(rooms, "hag66")
    for number in range(4):
        hag66.sends(f"<message type='groupchat' to='{ROOM}'><body>line {number}</body></message>")
        rooms.clock.advance(40)
    hecate = rooms.person("hecate")
    hecate.sends(enter("hec", f"<history since='{since}'/>"))
    told = [one for one in hecate.takes() if one.find("{jabber:client}body") is not None]
    assert len(told) == expected
    stamps = [delay.get("stamp") or "" for one in told for delay in one.iter("{urn:xmpp:delay}delay")]
    assert len(stamps) == expected
    assert all(stamp.endswith("Z") for stamp in stamps)


def test_labels_may_be_read_and_names_are_the_protocols(rooms: Service) -> None:
    """XEP-0045 §13: whatever language is asked for."""
    (hag66,) = room(rooms, "hag66")
    configure(hag66, lang="de")
    hag66.forgets()
    asked = f"<iq type='get' id='c' xml:lang='{{}}' to='{ROOM}'><query xmlns='{MUC}#owner'/></iq>"
    forms = []
    for lang in ("de", "en"):
        hag66.sends(asked.format(lang))
        (answer,) = hag66.takes()
        forms.append([one.get("var") for one in answer.iter("{jabber:x:data}field")])
    assert forms[0] == forms[1]
