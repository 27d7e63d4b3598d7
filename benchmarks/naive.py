"""The comparison: a component as one writes it first, with one slixmpp stanza object for each recipient.

Run as `python -m benchmarks.naive PORT`. It stores nothing, and announces nobody to anybody when people join:
what it is compared in is the fan-out of messages.
"""

import asyncio
import sys
from collections import defaultdict

import uvloop
from slixmpp import JID, ComponentXMPP, Iq, Message, Presence
from slixmpp.xmlstream import ET, StanzaBase
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import MatchXPath

from benchmarks.script import DOMAIN, SECRET

CLIENT = "jabber:component:accept"


class Naive(ComponentXMPP):
    """Rooms and channels that are lists of recipients."""

    def __init__(self, port: int) -> None:
        super().__init__(DOMAIN, SECRET, "127.0.0.1", port)  # type: ignore[no-untyped-call]
        self.places: defaultdict[str, dict[JID, str]] = defaultdict(dict)
        self.add_event_handler("presence_available", self.entered)
        self.add_event_handler("message", self.said)
        for wish in (
            "{http://jabber.org/protocol/muc#owner}query",
            "{urn:xmpp:mix:core:1}create",
            "{urn:xmpp:mix:core:1}join",
        ):
            self.register_handler(Callback(wish, MatchXPath(f"{{{CLIENT}}}iq/{wish}"), self.asked))

    def entered(self, presence: Presence) -> None:
        """Somebody enters a room: they see themselves and the subject."""
        sender, occupant = presence["from"], presence["to"]
        self.places[occupant.bare][sender] = occupant.resource
        reply = self.make_presence(pto=sender, pfrom=occupant)
        reply.append(ET.Element("{http://jabber.org/protocol/muc#user}x"))
        reply.send()
        subject = self.make_message(mto=sender, mfrom=occupant.bare, mtype="groupchat")
        subject.append(ET.Element(f"{{{CLIENT}}}subject"))
        subject.send()

    def asked(self, iq: StanzaBase) -> None:
        """Somebody creates, unlocks or joins: yes to everything."""
        assert isinstance(iq, Iq)
        if iq.xml.find("{urn:xmpp:mix:core:1}join") is not None:
            self.places[iq["to"].bare][iq["from"]] = iq["from"].user
        iq.reply().send()  # type: ignore[no-untyped-call]

    def said(self, message: Message) -> None:
        """Somebody says something: a stanza for each who is there."""
        place = message["to"].bare
        people = self.places[place]
        nick = people[message["from"]]
        for recipient in people:
            copy = self.make_message(mto=recipient, mfrom=f"{place}/{nick}", mtype="groupchat")
            copy["id"] = message["id"]
            copy["body"] = message["body"]
            copy.send()


async def serve(port: int) -> None:
    """Serve until the connection ends."""
    component = Naive(port)
    component.connect()
    await component.wait_until("disconnected", timeout=86_400)


if __name__ == "__main__":
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    asyncio.run(serve(int(sys.argv[1])))
