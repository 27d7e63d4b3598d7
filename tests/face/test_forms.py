"""Forms of configuration, information and preferences: read liberally, written in one way, atomic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from xml.etree.ElementTree import Element

import pytest

from mix.core.config import Circle, Preferences, Sharing
from mix.core.nodes import OPTIONAL, Node
from mix.core.refusals import MalformedRequest, ValueUnacceptable
from mix.core.visibility import Mode, Preference
from mix.face import configform, infoform, preferences
from pubsubnodes.addresses import RealJid
from pubsubnodes.forms import Field, read_form, write_form
from tests.core.workshop import Workshop, jid
from tests.stage import Service

CORE, ADMIN, ANON = "urn:xmpp:mix:core:1", "urn:xmpp:mix:admin:0", "urn:xmpp:mix:anon:0"


def filled(*fields: tuple[str, Sequence[str]], form_type: str = ADMIN, kind: str = "submit") -> Element:
    """A form as a client fills it in."""
    return write_form(kind, form_type, [Field(var, "text-single", values) for var, values in fields])


@pytest.mark.req("MIX-CFG-03", "MIX-CFG-02", "MIX-CRE-15")
def test_the_configuration_shows_every_option() -> None:
    submission = read_form(configform.write(Workshop().coven))
    assert submission.form_type == ADMIN
    assert submission.fields["Owner"] == ["crone1@shakespeare.example"]
    assert submission.fields["Last Change Made By"] == ["crone1@shakespeare.example"]
    assert submission.fields["JID Visibility"] == ["jid-hidden"]
    assert submission.fields["Configuration Node Access"] == ["owners"]
    assert submission.fields["Information Node Update Rights"] == ["admins"]
    assert submission.fields["Nodes Present"] == [
        "participants", "presence", "information", "banned", "jidmap-visible", "avatar"
    ]  # fmt: skip
    assert submission.fields["{urn:mixd:room:0}past_for_newcomers"] == ["true"]
    assert submission.fields["{urn:mixd:room:0}keep_days"] == [""]
    assert len(submission.fields) == 24


def test_what_is_read_can_be_sent_back() -> None:
    """QXmpp sends everything it has fetched: nothing may change by that, whatever stands in the form."""
    coven = Workshop().coven
    config, lists = configform.read(configform.write(coven))
    assert {field: getattr(coven.config, field) for field in config} == config
    assert lists == {"owners": coven.lists.owners, "admins": coven.lists.admins}
    assert infoform.read(infoform.write(coven)) == {"name": "", "description": "", "contact": ()}


@pytest.mark.parametrize(
    ("var", "values", "field", "read"),
    [
        ("JID Visibility", ["jid-mandatory-visible"], "mode", Mode.VISIBLE),
        ("jid_visibility", ["JID Maybe Visible"], "mode", Mode.MAYBE),
        ("JID Visibility", ["jid-mandatory-hidden"], "mode", Mode.HIDDEN),
        ("Open Presence", ["1"], "open_presence", True),
        ("Mandatory Nicks", ["false"], "mandatory_nicks", False),
        ("No Private Messages", ["true"], "private_messages", False),
        ("Allow User Message Retraction", ["true"], "user_retraction", True),
        ("Information Node Update Rights", ["admin"], "info_by", Circle.ADMINS),
        ("Allowed Node Subscription", ["onbody"], "allowed_for", Circle.NOBODY),
        ("Participants Node Subscription", ["anyone"], "participants_for", Circle.ANYONE),
        ("Nodes Present", ["presence", "jidmap-visible"], "nodes", frozenset({Node.PRESENCE})),
        ("Nodes Present", [], "nodes", frozenset()),
        ("Nodes Present", ["avatar"], "nodes", frozenset({Node.AVATAR_DATA, Node.AVATAR_METADATA})),
        ("End of Life", [""], "end_of_life", None),
    ],
)
@pytest.mark.req("MIX-CFG-37", "MIX-CFG-18")
def test_spellings_of_the_configuration(var: str, values: Sequence[str], field: str, read: object) -> None:
    assert configform.read(filled((var, values))) == ({field: read}, {})


@pytest.mark.parametrize(
    "fields",
    [
        [("JID Visibility", ["everybody"])],
        [("Messages Node Subscription", ["owners"])],
        [("Open Presence", ["perhaps"])],
        [("End of Life", ["tomorrow"])],
        [("End of Life", ["2026-10-31", "2027-10-31"])],
        [("Nodes Present", ["presence", "absence"])],
        [("Owner", ["@"])],
        [("Private Messages", ["true"]), ("No Private Messages", ["true"])],
        [(f"field {number}", ["x"]) for number in range(500)],
    ],
)
@pytest.mark.req("MIX-CFG-36", "MIX-SEC-16")
def test_values_outside_the_options(fields: list[tuple[str, Sequence[str]]]) -> None:
    with pytest.raises(ValueUnacceptable):
        configform.read(filled(*fields))


@pytest.mark.req("MIX-CFG-38", "MIX-CFG-06", "MIX-CFG-08")
def test_what_the_service_writes_and_what_it_does_not_know_is_ignored() -> None:
    form = filled(
        ("Last Change Made By", ["macbeth@x"]), ("Foo", ["bar"]), ("Administrator", ["hecate@shakespeare.example/hell"])
    )
    assert configform.read(form) == ({}, {"admins": frozenset({jid("hecate")})})


@pytest.mark.req("MIX-CFG-39")
def test_other_peoples_forms() -> None:
    for form in (None, Element("x"), filled(form_type="urn:nonsense"), filled(kind="cancel")):
        with pytest.raises(MalformedRequest):
            configform.read(form)
    with pytest.raises(MalformedRequest):
        infoform.read(filled(form_type=ADMIN))


def test_information_is_tidied() -> None:
    read = infoform.read(
        filled(
            ("name", ["  The\n coven "]),
            ("Description", ["one", "two"]),
            ("Contact", ["hecate@shakespeare.example", ""]),
            ("JID Visibility", ["jid-mandatory-visible"]),
            form_type=CORE,
        )
    )
    assert read == {"name": "The coven", "description": "one\ntwo", "contact": (jid("hecate"),)}
    for wrong in (("Name", ["a", "b"]), ("Name", ["a" * 300]), ("Description", ["a" * 5000]), ("Contact", ["@"])):
        with pytest.raises(ValueUnacceptable):
            infoform.read(filled(wrong, form_type=CORE))
    with pytest.raises(ValueUnacceptable):
        infoform.read(filled(("Contact", [f"w{n}@shakespeare.example" for n in range(60)]), form_type=CORE))


@pytest.mark.parametrize(
    ("var", "value", "read"),
    [
        ("JID_Visibility", "Never", {"visibility": Preference.NEVER}),
        ("jid visibility", "prefer_not", {"visibility": Preference.PREFER_HIDDEN}),
        ("JID Visibility", "enforce-visible", {"visibility": Preference.ALWAYS}),
        ("Presence", "Not Share", {"presence": Sharing.NOT_SHARE}),
        ("Foo", "bar", {}),
    ],
)
@pytest.mark.req("MIX-PRF-16")
def test_spellings_of_preferences(var: str, value: str, read: dict[str, object]) -> None:
    assert preferences.read(filled((var, [value]), form_type=ANON)) == read


@pytest.mark.req("MIX-PRF-01", "MIX-PRF-02", "MIX-PRF-05")
def test_preferences_are_shown_with_their_defaults() -> None:
    submission = read_form(preferences.write(Preferences(), "form"))
    assert submission.form_type == ANON
    assert submission.fields == {
        "JID Visibility": ["default"],
        "Private Messages": ["allow"],
        "vCard": ["block"],
        "Presence": ["share"],
    }
    with pytest.raises(ValueUnacceptable):
        preferences.read(filled(("vCard", ["maybe"]), form_type=ANON))


@pytest.mark.req("MIX-CRE-07")
def test_a_channel_is_created_with_a_form(services: Callable[..., Service]) -> None:
    """XEP-0369 §7.3.3: configuration and information are applied, what is unknown is ignored."""
    service = services(faces=("mix.face",))
    service.person("crone1").sends(
        "<iq type='set' id='c'><create xmlns='urn:xmpp:mix:core:1' channel='Coven'>"
        "<x xmlns='jabber:x:data' type='submit'>"
        "<field var='FORM_TYPE'><value>urn:xmpp:mix:admin:0</value></field>"
        "<field var='Administrator'><value>hecate@shakespeare.example</value></field>"
        "<field var='Nodes Present'><value>allowed</value></field>"
        "<field var='Name'><value>The coven</value></field><field var='Foo'><value>bar</value></field>"
        "</x></create></iq>"
    )
    service.person("crone1").receives(
        "<iq type='result' id='c' from='{service}'><create xmlns='urn:xmpp:mix:core:1' channel='coven'/></iq>"
    )
    service.restarts()
    service.person("crone1").sends(
        "<iq type='get' id='q' to='coven@{service}'><pubsub xmlns='http://jabber.org/protocol/pubsub'>"
        "<items node='urn:xmpp:mix:nodes:config'/></pubsub></iq>"
    )
    [answer] = service.person("crone1").takes()
    form = answer.find(".//{jabber:x:data}x")
    assert form is not None
    shown = read_form(form).fields
    assert shown["Administrator"] == ["hecate@shakespeare.example"]
    assert shown["Nodes Present"] == ["participants", "allowed", "jidmap-visible"]
    channel = service.channel("coven")
    assert channel is not None
    assert channel.info.name == "The coven"
    assert channel.config.nodes == frozenset({Node.ALLOWED}) < OPTIONAL
    assert channel.lists.owners == frozenset({RealJid.parse("crone1@shakespeare.example")})
