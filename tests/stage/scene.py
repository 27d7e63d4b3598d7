"""A channel on stage, and the people who meet there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mix.core.channel import Channel
from tests.stage.people import Client, Person
from tests.stage.service import LOCAL, Service

NODES = ("messages", "participants", "presence", "info")
PREFERENCES = (
    "<x xmlns='jabber:x:data' type='submit'>"
    "<field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mix:anon:0</value></field>{fields}</x>"
)


def node(name: str) -> str:
    """A standard node's name from its last word."""
    return name if ":" in name else f"urn:xmpp:mix:nodes:{name}"


class Scene:
    """A channel that exists, with an owner who is not in it. `{coven}` is its address in all XML."""

    def __init__(self, service: Service, name: str, owner: str = "crone1") -> None:
        self.service = service
        self.name = name
        self.jid = f"{name}@{service.domain}"
        service.known[name] = self.jid
        self.owner = self.people(owner)
        self.owner.sends(
            f"<iq type='set' id='create' to='{{service}}'><create xmlns='urn:xmpp:mix:core:1' channel='{name}'/></iq>"
        )
        self.owner.receives(
            f"<iq type='result' from='{{service}}' id='create'>"
            f"<create xmlns='urn:xmpp:mix:core:1' channel='{name}'/></iq>"
        )

    @property
    def channel(self) -> Channel:
        """The channel itself, for invariants."""
        found = self.service.channel(self.name)
        assert found is not None, f"{self.name} is not there"
        return found

    def people(self, *names: str, joined: Iterable[str] = (), entered: Iterable[str] = (), domain: str = LOCAL) -> Any:
        """One person or as many as there are names: their stanzas go here, and some are in already, under some nick."""
        cast = []
        for name in names:
            someone = self.service.person(name, domain)
            someone.habit = self.jid
            cast.append(someone)
        in_channel, in_room = list(joined), list(entered)
        for someone in cast:
            if someone.name in in_channel:
                self.joins(someone, nick_of(someone))
        for someone in cast:
            if someone.name in in_room:
                self.enters(someone, nick_of(someone))
        return cast[0] if len(cast) == 1 else cast

    # -- the usual ways in, which assert that they worked and swallow what they always bring

    def joins(
        self,
        someone: Person,
        nick: str,
        nodes: Sequence[str] = NODES,
        preferences: Mapping[str, str] | None = None,
        *,
        by: Client | None = None,
    ) -> None:
        """Join the channel by way of one's server (XEP-0405 §2.7), or with one client; all inboxes are clean after."""
        __tracebackhide__ = True
        subscriptions = "".join(f"<subscribe node='{node(name)}'/>" for name in nodes)
        form = ""
        if preferences:
            fields = "".join(
                f"<field var='{name}'><value>{value}</value></field>" for name, value in preferences.items()
            )
            form = PREFERENCES.format(fields=fields)
        client = by or someone.account
        client.sends(
            f"<iq type='set' id='join' to='{self.jid}'><join xmlns='urn:xmpp:mix:core:1'>"
            f"{subscriptions}<nick>{nick}</nick>{form}</join></iq>"
        )
        client.receives(
            f"<iq type='result' id='join' from='{self.jid}'>"
            f"<join xmlns='urn:xmpp:mix:core:1' id='{{{someone.name}.id}}' jid='*'><nick>{nick}</nick>…</join></iq>"
        )
        self.service.everybody_forgets()

    def comes_online(self, client: Client, presence: str = "<presence/>") -> None:
        """Show a MIX client's presence in the channel (XEP-0403 §4.1)."""
        client.sends(presence)
        self.service.everybody_forgets()

    def enters(self, someone: Person, nick: str, *, by: Client | None = None) -> None:
        """Enter the room (XEP-0045 §7.2) with the phone, or with another client; everybody's inbox is clean after."""
        __tracebackhide__ = True
        client = by or someone.phone
        client.sends(f"<presence to='{self.jid}/{nick}'><x xmlns='http://jabber.org/protocol/muc'/></presence>")
        client.receives(
            f"<presence from='{self.jid}/{nick}'>"
            f"<occupant-id xmlns='urn:xmpp:occupant-id:0' id='{{{someone.name}.id}}'/>"
            "<x xmlns='http://jabber.org/protocol/muc#user'><status code='110'/>…</x>…</presence>"
        )
        self.service.everybody_forgets()

    def publishes(self, name: str, *people: str) -> None:
        """The owner puts people on a list of the channel (XEP-0406 §3.3); only the owner looks away."""
        for someone in people:
            self.owner.sends(
                f"<iq type='set' id='put' to='{self.jid}'><pubsub xmlns='http://jabber.org/protocol/pubsub'>"
                f"<publish node='{node(name)}'><item id='{someone}'/></publish></pubsub></iq>"
            )
            self.owner.receives("<iq type='result' id='put'>…</iq>")

    def publishes_info(self, *fields: tuple[str, str]) -> None:
        """The owner says something about the channel (XEP-0406 §3.1)."""
        inside = "".join(f"<field var='{name}'><value>{value}</value></field>" for name, value in fields)
        self.owner.sends(
            f"<iq type='set' id='put' to='{self.jid}'><pubsub xmlns='http://jabber.org/protocol/pubsub'>"
            f"<publish node='{node('info')}'><item><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'>"
            f"<value>urn:xmpp:mix:core:1</value></field>{inside}</x></item></publish></pubsub></iq>"
        )
        self.owner.receives("<iq type='result' id='put'>…</iq>")

    def is_silent(self) -> None:
        """Assert that nobody has anything left to read."""
        __tracebackhide__ = True
        self.service.is_silent()


def nick_of(someone: Person) -> str:
    """A nick that tells nothing of the account: a part in the play."""
    return _PARTS.get(someone.name, f"{someone.name[1:3]} of the wood")


_PARTS = {
    "hag66": "thirdwitch",
    "hecate": "moon",
    "crone1": "firstwitch",
    "wiccarocks": "secondwitch",
    "pistol": "ancient",
    "macbeth": "thane",
    "banquo": "ghost",
    "ariel": "spirit",
}
