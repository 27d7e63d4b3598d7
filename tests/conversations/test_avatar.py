"""The picture of a channel: published by pubsub or as the room's vCard, one and the same (XEP-0407 §2, XEP-0486)."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha1

import pytest

from tests.conversations.words import (
    PUBSUB,
    USER,
    ask_items,
    configure,
    error,
    event,
    failed,
    features,
    info,
    items,
    join,
    joined,
    mam,
)
from tests.stage import Person, Scene

DATA, METADATA = "urn:xmpp:avatar:data", "urn:xmpp:avatar:metadata"
CAULDRON, CAT = b"\x89PNG cauldron", b"\x89PNG brinded cat"
CHANGED = f"<message type='groupchat' from='{{coven}}'><x xmlns='{USER}'><status code='104'/></x></message>"


def name(image: bytes) -> str:
    """What an image is named by."""
    return sha1(image, usedforsecurity=False).hexdigest()


def text(image: bytes) -> str:
    """What an image looks like on the wire."""
    return b64encode(image).decode()


def data_item(image: bytes, id: str | None = None) -> str:
    """An image in the data node."""
    return f"<item id='{id or name(image)}'><data xmlns='{DATA}'>{text(image)}</data></item>"


def metadata_item(image: bytes | None, id: str | None = None, size: int | None = None) -> str:
    """What is said of it in the metadata node."""
    if image is None:
        return f"<item id='current'><metadata xmlns='{METADATA}'/></item>"
    return (
        f"<item id='{name(image)}'><metadata xmlns='{METADATA}'><info id='{id or name(image)}' "
        f"bytes='{size or len(image)}' type='image/png' width='64' height='64'/></metadata></item>"
    )


def publish(node: str, item: str, id: str = "a1") -> str:
    """Publish an item."""
    return f"<iq type='set' id='{id}'><pubsub xmlns='{PUBSUB}'><publish node='{node}'>{item}</publish></pubsub></iq>"


def published(node: str, item: str, id: str = "a1") -> str:
    """It is there."""
    return (
        f"<iq type='result' id='{id}' from='{{coven}}'><pubsub xmlns='{PUBSUB}'>"
        f"<publish node='{node}'><item id='{item}'/></publish></pubsub></iq>"
    )


def shows(coven: Scene, image: bytes) -> None:
    """The owner gives the channel a picture."""
    coven.owner.sends(publish(DATA, data_item(image)))
    coven.owner.sends(publish(METADATA, metadata_item(image)))
    coven.owner.receives(published(DATA, name(image)), published(METADATA, name(image)))


def vcard(*photos: str, type: str = "set") -> str:
    """The room's card, or the question for it."""
    return f"<iq type='{type}' id='v1'><vCard xmlns='vcard-temp'>{''.join(photos)}</vCard></iq>"


def photo(image: bytes, type: str = "image/png") -> str:
    """A picture in a card."""
    return f"<PHOTO><TYPE>{type}</TYPE><BINVAL>{text(image)}</BINVAL></PHOTO>"


def card(*photos: str) -> str:
    """The card as the room shows it."""
    return f"<iq type='result' id='v1' from='{{coven}}'><vCard xmlns='vcard-temp'>{''.join(photos)}</vCard></iq>"


DONE = "<iq type='result' id='v1' from='{coven}'/>"


@pytest.mark.req("MIX-AVA-02", "MIX-AVA-04", "MIX-AVA-05")
def test_an_avatar_is_published_in_two_steps(coven: Scene) -> None:
    """XEP-0084 §3.1-3.2: the image under its hash, then what is shown; subscribers of the metadata are told."""
    hag66 = coven.people("hag66")
    hag66.account.sends(join("third witch", METADATA, DATA))
    hag66.account.receives(joined("hag66", "third witch", METADATA, DATA))
    shows(coven, CAULDRON)
    hag66.account.receives(event(DATA, data_item(CAULDRON)), event(METADATA, metadata_item(CAULDRON)))
    hag66.account.sends(ask_items(DATA, f"<item id='{name(CAULDRON)}'/>"))
    hag66.account.receives(items(DATA, data_item(CAULDRON)))
    hag66.account.sends(ask_items(METADATA))
    hag66.account.receives(items(METADATA, metadata_item(CAULDRON)))
    coven.is_silent()


@pytest.mark.req("MIX-AVA-02", "MIX-AVA-04")
def test_the_old_picture_stays_until_the_new_one_is_shown(coven: Scene) -> None:
    """XEP-0084 §3.1: between the two steps nobody is left without; afterwards the old image is gone."""
    hag66 = coven.people("hag66")
    coven.joins(hag66, "third witch", [METADATA])
    shows(coven, CAULDRON)
    hag66.account.receives(event(METADATA, metadata_item(CAULDRON)))
    coven.owner.sends(publish(DATA, data_item(CAT)))
    coven.owner.forgets()
    hag66.account.sends(ask_items(DATA, f"<item id='{name(CAULDRON)}'/>"))
    hag66.account.sends(ask_items(METADATA))
    hag66.account.receives(items(DATA, data_item(CAULDRON)), items(METADATA, metadata_item(CAULDRON)))
    coven.owner.sends(publish(METADATA, metadata_item(CAT)))
    hag66.account.receives(event(METADATA, metadata_item(CAT)))
    hag66.account.sends(ask_items(DATA))
    hag66.account.receives(items(DATA, data_item(CAT)))


@pytest.mark.req("MIX-AVA-07")
def test_empty_metadata_turns_the_avatar_off(coven: Scene) -> None:
    """XEP-0084 §3.5."""
    hag66, hecate = coven.people("hag66", "hecate", entered=["hecate"])
    coven.joins(hag66, "third witch", [METADATA])
    shows(coven, CAULDRON)
    coven.service.everybody_forgets()
    coven.owner.sends(publish(METADATA, f"<item><metadata xmlns='{METADATA}'/></item>"))
    coven.owner.receives(published(METADATA, "current"))
    hag66.account.receives(event(METADATA, metadata_item(None)))
    hecate.receives(CHANGED)
    hag66.account.sends(ask_items(METADATA))
    hag66.account.sends(ask_items(DATA))
    hag66.account.receives(items(METADATA), items(DATA))
    coven.is_silent()


@pytest.mark.req("MIX-AVA-03", "MIX-CFG-26")
@pytest.mark.parametrize("circle", ["participants", "admins", "owners"])
def test_who_may_publish(coven: Scene, circle: str) -> None:
    """XEP-0406 §2.4: Avatar Nodes Update Rights; administrators unless said otherwise."""
    coven.owner.sends(
        configure(("Avatar Nodes Update Rights", circle), ("Administrator", "hecate@shakespeare.example"))
    )
    coven.owner.forgets()
    hag66, hecate, ariel = coven.people("hag66", "hecate", "ariel", joined=["hag66"])
    allowed = {"participants": [hag66, hecate], "admins": [hecate], "owners": []}[circle]
    for someone in (hag66, hecate, ariel):
        someone.account.sends(publish(DATA, data_item(CAULDRON)))
        if someone in allowed:
            someone.account.receives(published(DATA, name(CAULDRON)))
        else:
            someone.account.receives(failed("a1", "auth", "forbidden", "…"))
    coven.is_silent()


@pytest.mark.req("MIX-AVA-06", "MIX-AVA-09")
@pytest.mark.parametrize(
    ("node", "item", "type", "condition"),
    [
        pytest.param(DATA, data_item(CAULDRON, name(CAT)), "modify", "not-acceptable", id="another's name"),
        pytest.param(DATA, data_item(b"x" * 70_000), "modify", "not-acceptable", id="too big"),
        pytest.param(DATA, f"<item><data xmlns='{DATA}'>%%</data></item>", "modify", "bad-request", id="no base64"),
        pytest.param(DATA, f"<item><data xmlns='{DATA}'/></item>", "modify", "bad-request", id="empty"),
        pytest.param(DATA, "<item/>", "modify", "bad-request", id="no data"),
        pytest.param(METADATA, metadata_item(CAT), "modify", "not-acceptable", id="unknown image"),
        pytest.param(METADATA, metadata_item(CAULDRON, size=3), "modify", "not-acceptable", id="another size"),
        pytest.param(METADATA, "<item/>", "modify", "bad-request", id="no metadata"),
        pytest.param(
            METADATA,
            f"<item><metadata xmlns='{METADATA}'><info id='x' bytes='-1' type='image/png'/></metadata></item>",
            "modify",
            "not-acceptable",
            id="no size",
        ),
        pytest.param(
            METADATA,
            f"<item><metadata xmlns='{METADATA}'><info id='x' bytes='1' type='text/html'/></metadata></item>",
            "modify",
            "not-acceptable",
            id="no image",
        ),
    ],
)
def test_what_is_no_avatar_is_refused(coven: Scene, node: str, item: str, type: str, condition: str) -> None:
    """XEP-0084 §4: an image goes by its SHA-1, and what is said of it has to be so; nothing changes."""
    shows(coven, CAULDRON)
    coven.owner.sends(publish(node, item))
    coven.owner.receives(failed("a1", type, condition, "").replace("</error>", "…</error>"))
    coven.owner.sends(ask_items(METADATA))
    coven.owner.receives(items(METADATA, metadata_item(CAULDRON)))


@pytest.mark.req("MIX-AVA-09")
def test_too_big_is_said_in_pubsubs_own_word(coven: Scene) -> None:
    """XEP-0060 §7.1.3.5."""
    coven.owner.sends(publish(DATA, data_item(b"x" * 65_537)))
    (answer,) = coven.owner.takes()
    assert answer.find(f".//{{{PUBSUB}#errors}}payload-too-big") is not None


@pytest.mark.req("MIX-AVA-08")
def test_reading_follows_the_information_node(coven: Scene) -> None:
    """XEP-0406 §2.4: participants, unless the owner lets anyone."""
    ariel = coven.people("ariel", domain="elsewhere.example")
    shows(coven, CAULDRON)
    ariel.sends(ask_items(DATA))
    ariel.receives(failed("i1", "auth", "forbidden", "…"))
    coven.owner.sends(configure(("Information Node Subscription", "anyone")))
    ariel.sends(ask_items(DATA))
    ariel.receives(items(DATA, data_item(CAULDRON)))


@pytest.mark.req("MIX-AVA-11")
def test_avatars_have_no_archive(coven: Scene) -> None:
    """XEP-0407 §2: a picture that is gone is gone."""
    hag66 = coven.people("hag66", joined=["hag66"])
    shows(coven, CAULDRON)
    hag66.sends(mam().replace(" queryid", f" node='{DATA}' queryid"))
    for answer in hag66.takes():
        assert text(CAULDRON) not in "".join(answer.itertext())


@pytest.mark.req("MIX-AVA-10", "MUC-AVA-01", "MUC-AVA-04", "MUC-AVA-06", "MUC-AVA-08", "MUC-AVA-18", "MUC-CNOT-12")
@pytest.mark.req("MUC-FEAT-37")
def test_a_room_gets_its_picture_by_vcard(coven: Scene) -> None:
    """XEP-0486 §3: owners set it, occupants hear of it, anybody may look, and MIX shows the same."""
    hag66, hecate, ariel = coven.people("hag66", "hecate", "ariel", entered=["hecate"])
    coven.joins(hag66, "third witch", [METADATA])
    coven.owner.sends(vcard(photo(CAULDRON)))
    hecate.receives(CHANGED)
    (told,) = hag66.account.takes()
    assert told.find(f".//{{{METADATA}}}info").get("id") == name(CAULDRON)
    coven.owner.receives(DONE)
    for someone in (hecate, ariel):
        someone.sends(vcard(type="get"))
        someone.receives(card(photo(CAULDRON)))
    hag66.account.sends(ask_items(DATA))
    hag66.account.receives(items(DATA, data_item(CAULDRON)))
    assert hashes(coven) == [name(CAULDRON)]
    coven.is_silent()


def hashes(coven: Scene, asking: Person | None = None) -> list[str]:
    """What the room says of its pictures."""
    someone = asking or coven.owner
    someone.forgets()
    someone.sends(info())
    (answer,) = someone.takes()
    fields = [field for field in answer.iter("{jabber:x:data}field") if field.get("var") == "muc#roominfo_avatarhash"]
    return [value.text or "" for field in fields for value in field.iter("{jabber:x:data}value")]


@pytest.mark.req("MUC-AVA-05", "MUC-AVA-09", "MUC-FEAT-23", "MUC-FEAT-37")
def test_an_empty_vcard_takes_the_picture_away(coven: Scene) -> None:
    """XEP-0486 §3.2."""
    coven.owner.sends(info())
    assert "vcard-temp" in features(coven.owner.takes()[0])
    shows(coven, CAULDRON)
    coven.owner.sends(vcard())
    coven.owner.receives(DONE)
    assert hashes(coven) == []
    coven.owner.sends(vcard(type="get"))
    coven.owner.receives(card())


@pytest.mark.req("MUC-AVA-07")
def test_a_picture_in_two_formats(coven: Scene) -> None:
    """XEP-0486 §5.1: a hash for each."""
    coven.owner.sends(vcard(photo(CAULDRON), photo(CAT, "image/svg+xml")))
    coven.owner.receives(DONE)
    assert hashes(coven) == [name(CAULDRON), name(CAT)]
    coven.owner.sends(vcard(type="get"))
    coven.owner.receives(card(photo(CAULDRON), photo(CAT, "image/svg+xml")))


@pytest.mark.req("MUC-AVA-02", "MUC-ERR-46")
def test_only_owners_set_it(coven: Scene) -> None:
    """XEP-0486 §3.2: neither administrators nor people in the room."""
    hag66, hecate, ariel = coven.people("hag66", "hecate", "ariel", entered=["hag66", "hecate"])
    coven.owner.sends(configure(("Administrator", "{hecate}")))
    coven.service.everybody_forgets()
    for someone in (hag66, hecate, ariel):
        someone.sends(vcard(photo(CAT)))
        someone.receives("<iq type='error' id='v1' from='{coven}'><error type='auth' by='{coven}'>…</error></iq>")
    assert hashes(coven) == []


@pytest.mark.req("MUC-AVA-11", "MUC-AVA-12")
@pytest.mark.parametrize(
    ("inside", "condition"),
    [
        (photo(CAT, "text/html"), "not-acceptable"),
        (photo(b"x" * 65_537), "not-acceptable"),
        ("<PHOTO><TYPE>image/png</TYPE><BINVAL>%%%</BINVAL></PHOTO>", "bad-request"),
        ("<PHOTO><TYPE>image/png</TYPE><BINVAL/></PHOTO>", "bad-request"),
    ],
)
def test_what_is_no_picture_is_refused(coven: Scene, inside: str, condition: str) -> None:
    """XEP-0486 §6."""
    coven.owner.sends(vcard(inside))
    (answer,) = coven.owner.takes()
    assert answer.get("type") == "error"
    assert answer.find(f".//{{urn:ietf:params:xml:ns:xmpp-stanzas}}{condition}") is not None
    assert hashes(coven) == []


@pytest.mark.req("MUC-AVA-12")
def test_nothing_but_the_picture_is_kept(coven: Scene) -> None:
    """XEP-0486 §3.2: a card of a room tells nothing of whoever made it."""
    coven.owner.sends(vcard(photo(CAT), "<EMAIL><USERID>crone1@shakespeare.example</USERID></EMAIL>"))
    coven.owner.sends(vcard(type="get"))
    coven.owner.receives(DONE, card(photo(CAT)))


@pytest.mark.req("MUC-AVA-03", "MIX-CFG-17", "MIX-CFG-18")
def test_a_channel_without_avatar_nodes_has_no_picture(coven: Scene) -> None:
    """XEP-0486 §3.2: what was shown goes with the nodes, and does not come back with them."""
    hag66 = coven.people("hag66")
    coven.joins(hag66, "third witch", [METADATA])
    shows(coven, CAULDRON)
    coven.service.everybody_forgets()
    coven.owner.sends(configure(("Nodes Present", "information")))
    hag66.account.receives(event(METADATA, metadata_item(None)))
    coven.owner.forgets()
    for wish in (vcard(type="get"), vcard(photo(CAT))):
        coven.owner.sends(wish)
        coven.owner.receives(
            "<iq type='error' id='v1' from='{coven}'><error type='cancel' by='{coven}'><service-unavailable "
            "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>…</error></iq>"
        )
    coven.owner.sends(info())
    assert "vcard-temp" not in features(coven.owner.takes()[0])
    coven.owner.sends(configure(("Nodes Present", "information"), ("Nodes Present", "avatar")))
    assert hashes(coven) == []


@pytest.mark.req("MUC-AVA-08")
def test_hidden_rooms_show_nothing_to_strangers(coven: Scene) -> None:
    """XEP-0486 §3.4: what is not to be found has no picture either."""
    ariel = coven.people("ariel")
    shows(coven, CAULDRON)
    coven.owner.sends(
        "<iq type='set' id='o1'><query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' "
        "type='submit'><field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig</value></field>"
        "<field var='muc#roomconfig_publicroom'><value>0</value></field>"
        "<field var='muc#roomconfig_membersonly'><value>1</value></field></x></query></iq>"
    )
    coven.owner.receives("<iq type='result' id='o1' from='{coven}'/>")
    ariel.sends(vcard(type="get"))
    ariel.receives(f"<iq type='error' id='v1' from='{{coven}}'>{error('cancel', 'item-not-found', by='{coven}')}</iq>")
    assert (hashes(coven, ariel), hashes(coven)) == ([], [name(CAULDRON)])
    coven.owner.sends(vcard(type="get"))
    coven.owner.receives(card(photo(CAULDRON)))


@pytest.mark.req("MUC-AVA-10")
def test_the_room_itself_shows_no_presence(coven: Scene) -> None:
    """XEP-0486 §5.2: the older way is not used."""
    hecate = coven.people("hecate", entered=["hecate"])
    shows(coven, CAULDRON)
    hecate.receives(CHANGED)
    hecate.receives_nothing()


@pytest.mark.req("MIX-AVA-02")
def test_a_picture_outlasts_a_restart(coven: Scene) -> None:
    """What was published is stored."""
    shows(coven, CAULDRON)
    coven.service.restarts()
    coven.owner.sends(ask_items(DATA))
    coven.owner.sends(ask_items(METADATA))
    coven.owner.receives(items(DATA, data_item(CAULDRON)), items(METADATA, metadata_item(CAULDRON)))


@pytest.mark.req("MUC-AVA-13")
def test_the_service_has_no_picture(coven: Scene) -> None:
    """XEP-0054 §3: one defined error, never silence."""
    hag66 = coven.people("hag66")
    hag66.sends(vcard(type="get").replace("<iq", "<iq to='{service}'"))
    hag66.receives("<iq type='error' id='v1' from='{service}'>…</iq>")
