"""Messages that are made to end a stream or a service, as a real host passes them on."""

import pytest

from .prosody import COMPONENT
from .received import message
from .stage import Stage

POISON = {
    "a brace in a namespace": "<x xmlns='urn:a}b'/>",
    "a reserved prefix": "<xml:x/>",
    "a brace in the namespace of an attribute": "<x xmlns='urn:a' xmlns:b='urn:b}c' b:c='d'/>",
    "a thousand levels": "<a xmlns='urn:a'>" + "<a>" * 1100 + "</a>" * 1100 + "</a>",
}


@pytest.mark.parametrize("poison", POISON.values(), ids=POISON)
async def test_nobody_ends_the_stream_or_the_service(stage: Stage, poison: str) -> None:
    room = f"coven@{COMPONENT}"
    await stage.room(stage.hag66.phone, stage.hag66, "first witch")
    await stage.hecate.phone.enter(room, "second witch")
    stage.hag66.phone.client.send_raw(
        f"<message type='groupchat' to='{room}'><body>fair is foul</body>{poison}</message>"
    )
    stage.hag66.phone.say(room, "foul is fair")
    await stage.hecate.phone.sees(message("foul is fair"))
    assert "connecting again" not in stage.service.program.said()
