"""Availability in a room: which client speaks for somebody, and how often others hear of it (XEP-0045 §7.7)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.stage import Client, Service
from tests.stage.room import MUC, ROOM, enter, room

SHOW = "{jabber:client}show"


def shows(client: Client, show: str, priority: int = 0) -> None:
    """A client shows something else."""
    client.sends(f"<presence to='{ROOM}/hag'><show>{show}</show><priority>{priority}</priority></presence>")


@pytest.mark.req("MUC-AVL-08")
def test_the_leading_client_speaks_for_a_person(rooms: Service) -> None:
    """The others of the same nick change nothing for anybody else, until they lead."""
    hag66, hecate = room(rooms, "hag66", "hecate")
    shows(hag66.phone, "chat", 5)
    hag66.laptop.sends(f"<presence to='{ROOM}/hag'><x xmlns='{MUC}'/><priority>1</priority></presence>")
    rooms.everybody_forgets()
    shows(hag66.laptop, "away", 1)
    assert [one.findtext(SHOW) for one in hecate.takes()] in ([], ["chat"])
    newcomer = rooms.person("crone1")
    newcomer.sends(enter("cro"))
    assert [one.findtext(SHOW) for one in newcomer.takes() if one.get("from") == f"{ROOM}/hag"][:1] == ["chat"]
    rooms.everybody_forgets()
    shows(hag66.laptop, "dnd", 9)
    assert [one.findtext(SHOW) for one in hecate.takes()] == ["dnd"]
    hag66.laptop.sends(f"<presence type='unavailable' to='{ROOM}/hag'/>")
    assert [(one.get("type"), one.findtext(SHOW)) for one in hecate.takes()] == [(None, "chat")]


@pytest.mark.req("MUC-AVL-06")
def test_who_flickers_is_slowed_down(services: Callable[..., Service]) -> None:
    """Others hear a bounded number of changes; what they see in the end is what was accepted last."""
    stage = services(faces=("muccompat",), pace=(1.0, 10.0))
    hag66, hecate = room(stage, "hag66", "hecate")
    stage.time_passes(60)
    for number in range(100):
        hag66.sends(f"<presence to='{ROOM}/hag'><status>{number}</status></presence>")
    mine, heard = hag66.takes(), hecate.takes()
    accepted = [one.findtext("{jabber:client}status") for one in mine if one.get("type") != "error"]
    assert [one.findtext("{jabber:client}status") for one in heard] == accepted
    assert 1 <= len(accepted) <= 12
    assert len(mine) == 100, "who was not heard is told so"
    stage.time_passes(60)
    hag66.sends(f"<presence to='{ROOM}/hag'><status>at last</status></presence>")
    assert hecate.takes()[-1].findtext("{jabber:client}status") == "at last"
