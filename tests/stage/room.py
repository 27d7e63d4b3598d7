"""A room among MUC clients alone: the stanzas they always send, and what is looked at in those they get."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from tests.stage.people import Person
from tests.stage.service import Service

MUC = "http://jabber.org/protocol/muc"
USER = f"{MUC}#user"
ROOM = "heath@mix.shakespeare.example"
ENTER = f"<presence id='enter' to='{ROOM}/{{nick}}'><x xmlns='{MUC}'>{{inside}}</x></presence>"
DEFAULTS = (
    f"<iq type='set' id='unlock' to='{ROOM}'><query xmlns='{MUC}#owner'>"
    "<x xmlns='jabber:x:data' type='submit'/></query></iq>"
)


def enter(nick: str, inside: str = "") -> str:
    """The presence that enters."""
    return ENTER.format(nick=nick, inside=inside)


def room(stage: Service, *names: str) -> list[Person]:
    """An open room with these people in it, each under their name's first three letters; the first is its owner."""
    people = [stage.person(name) for name in names]
    people[0].sends(enter(names[0][:3]))
    people[0].sends(DEFAULTS)
    for someone in people[1:]:
        someone.sends(enter(someone.name[:3]))
    stage.everybody_forgets()
    return people


def settings(*, to: str = ROOM, **fields: str) -> str:
    """The room's configuration form with some fields filled in."""
    filled = "".join(
        f"<field var='muc#roomconfig_{name}'><value>{value}</value></field>" for name, value in fields.items()
    )
    return (
        f"<iq type='set' id='c' to='{to}'><query xmlns='{MUC}#owner'><x xmlns='jabber:x:data' type='submit'>"
        f"<field var='FORM_TYPE'><value>{MUC}#roomconfig</value></field>{filled}</x></query></iq>"
    )


def configure(owner: Person, *, to: str = ROOM, **fields: str) -> None:
    """Set fields of the room's configuration, which is accepted; the owner has read the answer."""
    owner.sends(settings(to=to, **fields))
    owner.receives(f"<iq type='result' id='c' from='{to}'/>")


def codes(presence: Element) -> list[int]:
    """The status codes of a stanza, in order."""
    return [int(one.get("code", "")) for one in presence.iter(f"{{{USER}}}status")]


def kinds(stanzas: list[Element]) -> list[str]:
    """What a newcomer got, in short."""

    def kind(stanza: Element) -> str:
        if stanza.tag.endswith("presence"):
            return "self" if 110 in codes(stanza) else "other"
        if stanza.find("{jabber:client}body") is not None:
            return "said"
        return "subject"

    return [kind(stanza) for stanza in stanzas]
