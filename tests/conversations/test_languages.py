"""A channel that has its name and description in several languages (XEP-0369 §4.7.4 and §9)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from xml.etree.ElementTree import Element

import pytest

from pubsubnodes.forms import fold
from pubsubnodes.xml import LANG
from tests.conversations.questions import NODE, NS, granted, items_of, publish, refused, the
from tests.conversations.words import CORE, EVENT, MAM
from tests.stage import Scene, Service
from tests.stage.people import Client

Spoken = list[tuple[str | None, str]]
COVEN: Spoken = [(None, "Coven"), ("de", "Hexenzirkel"), ("pt-BR", "Clube das bruxas")]
PLACE: Spoken = [(None, "A heath"), ("de", "Eine Heide")]


def wish(*fields: tuple[str, Spoken], apart: bool = False) -> str:
    """Information to publish; each language in a value of the one field, or in a field of its own."""

    def value(lang: str | None, text: str) -> str:
        return f"<value{said(lang)}>{text}</value>"

    def said(lang: str | None) -> str:
        return f" xml:lang='{lang}'" if lang is not None else ""

    inside = ""
    for var, spoken in fields:
        if apart:
            inside += "".join(f"<field var='{var}'{said(lang)}>{value(None, text)}</field>" for lang, text in spoken)
        else:
            inside += f"<field var='{var}'>{''.join(value(*one) for one in spoken)}</field>"
    typed = f"<field var='FORM_TYPE' type='hidden'><value>{CORE}</value></field>"
    return publish("info", f"<x xmlns='jabber:x:data' type='submit'>{typed}{inside}</x>")


def told(client: Client, field: str) -> Spoken:
    """What a reader of the information node finds, in order."""
    return spoken_in(items_of(client, "info")[0], field)


def spoken_in(item: Element, field: str) -> Spoken:
    """The values of a field, with their languages."""
    values = item.findall(f".//x:field[@var='{field}']/x:value", NS)
    return [(one.get(LANG), one.text or "") for one in values]


def name_for(client: Client, lang: str | None, to: str = "{coven}") -> set[str | None]:
    """The name that discovery shows to somebody who asks in a language."""
    about = granted(client, "<query xmlns='http://jabber.org/protocol/disco#info'/>", to=to, type="get", lang=lang)
    return {one.get("name") for one in about.findall("info:query/info:identity", NS)}


@pytest.mark.req("MIX-INF-08", "MIX-I18-01")
@pytest.mark.parametrize("apart", [False, True])
def test_two_languages_are_stored_and_returned(coven: Scene, apart: bool) -> None:
    """XEP-0369 §4.7.4: in the node, in its notification and its archive; after a restart too."""
    hag66 = coven.people("hag66", joined=["hag66"])
    granted(coven.owner.phone, wish(("Name", COVEN), ("Description", PLACE), apart=apart))
    [notice] = hag66.takes()
    assert spoken_in(the(notice, "*"), "Name") == COVEN
    coven.service.restarts()
    assert told(hag66.phone, "Name") == COVEN
    assert told(hag66.phone, "Description") == PLACE
    hag66.sends(f"<iq type='set' id='q1'><query xmlns='{MAM}' node='{NODE}info'/></iq>")
    last = [one for one in hag66.takes() if one.find(f".//{{{EVENT}}}items") is not None][-1]
    assert spoken_in(last, "Name") == COVEN


@pytest.mark.req("MIX-I18-01", "MIX-CHI-08", "MIX-CHL-05")
@pytest.mark.parametrize(
    ("lang", "name"),
    [(None, "Coven"), ("de", "Hexenzirkel"), ("de-AT", "Hexenzirkel"), ("pt", "Coven"), ("pt-br", "Clube das bruxas")],
)
def test_discovery_answers_in_the_language_of_who_asks(coven: Scene, lang: str | None, name: str) -> None:
    """On the channel, in the list of channels, and in what the room says of itself."""
    hag66 = coven.people("hag66", joined=["hag66"])
    granted(coven.owner.phone, wish(("Name", COVEN), ("Description", PLACE)))
    assert name_for(hag66.phone, lang) == {name}
    query = "<query xmlns='http://jabber.org/protocol/disco#items'/>"
    listed = granted(hag66.phone, query, to="{service}", type="get", lang=lang)
    assert the(listed, "items:query/items:item").get("name") == name
    about = granted(hag66.phone, "<query xmlns='http://jabber.org/protocol/disco#info'/>", type="get", lang=lang)
    german = "Eine Heide" in list(about.itertext())
    assert german is (lang in ("de", "de-AT"))
    assert ("A heath" in list(about.itertext())) is not german


def test_rooms_on_a_domain_of_their_own_answer_alike(services: Callable[..., Service]) -> None:
    """XEP-0408 §2: the same names, whichever face is asked."""
    coven = Scene(services(room_domain="rooms.shakespeare.example"), "coven")
    granted(coven.owner.phone, wish(("Name", COVEN)))
    assert name_for(coven.owner.phone, "de", "coven@rooms.shakespeare.example") == {"Hexenzirkel"}
    query = "<query xmlns='http://jabber.org/protocol/disco#items'/>"
    listed = granted(coven.owner.phone, query, to="rooms.shakespeare.example", type="get", lang="de")
    assert the(listed, "items:query/items:item").get("name") == "Hexenzirkel"


@pytest.mark.req("MIX-INF-08")
def test_clients_that_know_nothing_of_languages_lose_nothing(coven: Scene) -> None:
    """They read the plain text, and send it back with whatever they change; a new name is one for everybody."""
    phone = coven.owner.phone
    granted(phone, wish(("Name", COVEN), ("Description", PLACE)))
    granted(phone, wish(("Name", [(None, "Coven")]), ("Description", [(None, "A dark heath")])))
    assert (told(phone, "Name"), told(phone, "Description")) == (COVEN, [(None, "A dark heath")])
    granted(phone, wish(("Name", [(None, "Brewery")])))
    assert told(phone, "Name") == [(None, "Brewery")]


@pytest.mark.req("MIX-INF-08")
def test_there_is_always_a_text_without_a_language(coven: Scene) -> None:
    """The first of several, for who reads none of them; an empty tag is none, and an empty text is not there."""
    phone = coven.owner.phone
    granted(phone, wish(("Name", [("de", "Hexenzirkel"), ("en", "Coven")])))
    assert told(phone, "Name") == [(None, "Hexenzirkel"), ("de", "Hexenzirkel"), ("en", "Coven")]
    granted(phone, wish(("Name", [("", "Coven"), ("de", "")])))
    assert told(phone, "Name") == [(None, "Coven")]


@pytest.mark.req("MIX-INF-18", "MIX-SEC-16")
@pytest.mark.parametrize(
    "name",
    [
        [(None, "Coven"), (None, "Brewery")],
        [("de", "Hexenzirkel"), ("DE", "Hexenkessel")],
        [("de", "Hexenzirkel"), ("de", "Hexenkessel")],
        [(None, "Coven"), ("deu_tsch", "Hexenzirkel")],
        [(None, "Coven"), ("de", "x" * 251)],
        [(f"x-{number}", "Coven") for number in range(51)],
    ],
)
def test_what_is_not_one_text_in_a_language_changes_nothing(
    coven: Scene, name: Sequence[tuple[str | None, str]]
) -> None:
    """Several without a language, two in one, a tag that is none, too many, too long."""
    phone = coven.owner.phone
    granted(phone, wish(("Name", COVEN)))
    assert refused(phone, wish(("Description", [(None, "x")]), ("Name", list(name)))) == ["modify", "not-acceptable"]
    assert (told(phone, "Name"), told(phone, "Description")) == (COVEN, [])


def test_names_of_fields_are_matched_liberally_here_too(coven: Scene) -> None:
    """MIX-DEC-058."""
    assert fold("De-scrip_TION") == fold("Description")
    granted(coven.owner.phone, wish(("De-scrip_TION", PLACE)))
    assert told(coven.owner.phone, "Description") == PLACE
