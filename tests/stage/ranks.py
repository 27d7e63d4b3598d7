"""A room with people of every rank in it, and what they ask of muc#admin (XEP-0045 §8-10)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from tests.stage.people import Person
from tests.stage.room import MUC, ROOM, USER, enter, room
from tests.stage.service import Service

ADMIN = f"{MUC}#admin"
STANZAS = "{urn:ietf:params:xml:ns:xmpp-stanzas}"
RANKED = {"owner": ("hag66", "hecate"), "admin": ("crone1", "macbeth"), "member": ("banquo", "ariel")}
"""Who has which affiliation; `pistol`, `wiccarocks` and `ross` have none."""
NOBODIES = ("pistol", "wiccarocks", "ross")
FIRST = {"owner": "hag66", "admin": "crone1", "member": "banquo", "none": "pistol"}
OTHER = {"owner": "hecate", "admin": "macbeth", "member": "ariel", "none": "wiccarocks"}


def item(reason: str = "", **attributes: str) -> str:
    """An item of a request."""
    words = "".join(f" {name}='{value}'" for name, value in attributes.items())
    return f"<item{words}><reason>{reason}</reason></item>" if reason else f"<item{words}/>"


def wish(*items: str, type: str = "set", to: str = ROOM) -> str:
    """A request in muc#admin."""
    return f"<iq type='{type}' id='a1' to='{to}'><query xmlns='{ADMIN}'>{''.join(items)}</query></iq>"


def jid(name: str) -> str:
    """Somebody's address."""
    return f"{name}@shakespeare.example"


def nick(name: str) -> str:
    """Somebody's nick in the room."""
    return name[:3]


def condition(stanza: Element) -> str:
    """What an error says; `ok` for anything else."""
    error = stanza.find("{jabber:client}error")
    if error is None:
        assert stanza.get("type") != "error"
        return "ok"
    return f"{error.get('type')} {error[0].tag.removeprefix(STANZAS)}"


def asks(someone: Person, *items: str, type: str = "set", to: str = ROOM) -> str:
    """What somebody is answered; everything else they got stays unread."""
    someone.sends(wish(*items, type=type, to=to))
    answers = [one for one in someone.unread() if one.xml.tag.endswith("iq")]
    assert len(answers) == 1, "one request, one answer"
    answers[0].is_read = True
    return condition(answers[0].xml)


def reads(someone: Person, **attributes: str) -> list[dict[str, str]] | str:
    """The items of a list, or why there are none."""
    someone.sends(wish(item(**attributes), type="get"))
    (answer,) = someone.takes()
    found = [dict(one.items()) for one in answer.iter(f"{{{ADMIN}}}item")]
    return found if condition(answer) == "ok" else condition(answer)


def configures(owner: Person, **fields: str) -> None:
    """An owner fills in some fields of the form."""
    values = fields.items()
    filled = "".join(f"<field var='muc#roomconfig_{var}'><value>{value}</value></field>" for var, value in values)
    owner.sends(
        f"<iq type='set' id='c1' to='{ROOM}'><query xmlns='{MUC}#owner'><x xmlns='jabber:x:data' type='submit'>"
        f"<field var='FORM_TYPE'><value>{MUC}#roomconfig</value></field>{filled}</x></query></iq>"
    )
    owner.receives(f"<iq type='result' id='c1' from='{ROOM}'/>")


def court(stage: Service, *absent: str, **fields: str) -> dict[str, Person]:
    """A room with two people of each rank, all of them in it but for some; configured, and everybody has looked away.

    Who is an administrator or an owner sees who everybody is, and so does whoever keeps order.
    """
    (hag66,) = room(stage, "hag66")
    ranks = [
        item(jid=jid(name), affiliation=rank) for rank, names in RANKED.items() for name in names if name != "hag66"
    ]
    assert asks(hag66, *ranks) == "ok"
    configures(hag66, **{"persistentroom": "1", **fields})  # a closed room would invite its new members
    people = {"hag66": hag66}
    for name in (*(name for names in RANKED.values() for name in names), *NOBODIES):
        people[name] = stage.person(name)
        if name != "hag66" and name not in absent:
            people[name].sends(enter(nick(name)))
    stage.everybody_forgets()
    return people


def roles(owner: Person) -> dict[str, str]:
    """Everybody's role, by nick, as an owner reads it."""
    found: dict[str, str] = {}
    for role in ("moderator", "participant", "visitor"):
        listed = reads(owner, role=role)
        assert not isinstance(listed, str), listed
        found |= {one["nick"]: role for one in listed}
    return found


def affiliations(owner: Person) -> dict[str, str]:
    """Everybody's affiliation, by address, as an owner reads it."""
    found: dict[str, str] = {}
    for affiliation in ("owner", "admin", "member", "outcast"):
        listed = reads(owner, affiliation=affiliation)
        assert not isinstance(listed, str), listed
        found |= {one["jid"]: affiliation for one in listed}
    return found


def about(presence: Element) -> tuple[str, str, str]:
    """Type, affiliation and role in a presence."""
    (found,) = presence.iter(f"{{{USER}}}item")
    return presence.get("type", ""), found.get("affiliation", ""), found.get("role", "")
