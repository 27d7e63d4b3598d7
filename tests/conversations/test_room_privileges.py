"""What comes with a role, action by action (XEP-0045 §5.1.1)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.stage import Service
from tests.stage.people import Person
from tests.stage.ranks import condition, configures, court, item, wish
from tests.stage.room import MUC, ROOM, USER

ROLES = {"absent": "duncan", "visitor": "pistol", "participant": "banquo", "moderator": "crone1"}
MATRIX = """
action                  | absent | visitor | participant | moderator
hear what is said       | no     | yes     | yes         | yes
be seen                 | no     | yes     | yes         | yes
take another nick       | no     | yes     | yes         | yes
whisper                 | N      | yes     | yes         | yes
invite                  | N      | yes     | yes         | yes
speak                   | N      | F       | yes         | yes
change the subject      | N      | F       | F           | yes
change it where all may | N      | F       | yes         | yes
ask for voice           | N      | yes     | no          | no
kick                    | F      | F       | F           | yes
list roles              | F      | F       | F           | yes
see addresses           | no     | no      | no          | yes
"""
"""Matrix 2. N: not in the room (cancel+not-acceptable), F: not with this role (auth+forbidden)."""

WORDS = {"N": "cancel not-acceptable", "F": "auth forbidden"}
VOICE = (
    f"<message to='{ROOM}'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>{MUC}#request</value>"
    "</field><field var='muc#role'><value>participant</value></field></x></message>"
)
SAYS = {
    "hear what is said": "",
    "be seen": f"<presence to='{ROOM}/{{nick}}'><show>away</show></presence>",
    "take another nick": f"<presence to='{ROOM}/another'/>",
    "whisper": f"<message type='chat' to='{ROOM}/hec'><body>psst</body></message>",
    "invite": f"<message to='{ROOM}'><x xmlns='{USER}'><invite to='puck@shakespeare.example'/></x></message>",
    "speak": f"<message type='groupchat' to='{ROOM}'><body>hail</body></message>",
    "change the subject": f"<message type='groupchat' to='{ROOM}'><subject>Toil</subject></message>",
    "change it where all may": f"<message type='groupchat' to='{ROOM}'><subject>Toil</subject></message>",
    "ask for voice": VOICE,
    "kick": wish(item(nick="wic", role="none")),
    "list roles": wish(item(role="visitor"), type="get"),
    "see addresses": "",
}


def cells() -> Iterator[tuple[str, str, str]]:
    """Who tries what, and what comes of it."""
    first, *lines = MATRIX.strip().splitlines()
    roles = [part.strip() for part in first.split("|")][1:]
    for line in lines:
        action, *column = (part.strip() for part in line.split("|"))
        for role, word in zip(roles, column, strict=True):
            yield action, role, word


def has_come_about(action: str, someone: Person, people: dict[str, Person], puck: Person) -> bool:
    """Whether something has happened, as somebody else notices it."""
    nick = someone.name[:3]
    seen = [one.xml for one in people["hecate"].unread()]
    match action:
        case "hear what is said":
            return any(one.xml.find("{jabber:client}body") is not None for one in someone.unread())
        case "be seen":
            return any(one.find("{jabber:client}show") is not None for one in seen)
        case "take another nick":
            return any(one.get("from") == f"{ROOM}/another" for one in seen)
        case "whisper":
            return any(one.get("type") == "chat" and one.get("from") == f"{ROOM}/{nick}" for one in seen)
        case "invite":
            return bool(puck.unread())
        case "speak":
            return any(one.find("{jabber:client}body") is not None for one in seen)
        case "change the subject" | "change it where all may":
            return any(one.find("{jabber:client}subject") is not None for one in seen)
        case "ask for voice":
            return any(one.find("{jabber:x:data}x") is not None for one in seen)
        case "kick":
            return any(one.get("type") == "unavailable" and one.get("from") == f"{ROOM}/wic" for one in seen)
        case "list roles":
            return any(one.xml.get("type") == "result" for one in someone.unread())
        case _:
            items = [about for one in someone.unread() for about in one.xml.iter(f"{{{USER}}}item")]
            return any(about.get("jid", "").startswith("wiccarocks@") for about in items)


@pytest.mark.req("MUC-PRIV-02")
@pytest.mark.parametrize(("action", "role", "expected"), list(cells()))
def test_what_a_role_may_do(rooms: Service, action: str, role: str, expected: str) -> None:
    people = court(rooms, moderatedroom="1")
    hag66, duncan, puck = people["hag66"], rooms.person("duncan"), rooms.person("puck")
    someone = {"absent": duncan}.get(role) or people[ROLES[role]]
    if action == "change it where all may":
        configures(hag66, changesubject="1")
    rooms.everybody_forgets()
    rooms.eavesdropper.excuses(puck, someone)  # who invites tells who they are
    rooms.eavesdropper.excuses(someone, puck)

    if action == "hear what is said":
        hag66.sends(f"<message type='groupchat' to='{ROOM}'><body>hail</body></message>")
    elif action == "see addresses":
        people["wiccarocks"].sends(f"<presence to='{ROOM}/wic'><show>dnd</show></presence>")
    else:
        someone.sends(SAYS[action].format(nick=someone.name[:3]))

    errors = [found for one in someone.unread() if (found := condition(one.xml)) != "ok"]
    assert has_come_about(action, someone, people, puck) is (expected == "yes")
    if expected in WORDS:
        assert errors == [WORDS[expected]]
    elif role != "absent":
        assert not errors
