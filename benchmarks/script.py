"""What the people of the benchmark say, as the XEPs have it."""

from dataclasses import dataclass
from typing import Protocol

DOMAIN = "mix.bench.example"
SECRET = "a secret of the benchmark"

# Ends every body. Long and without the letters stanzas are made of, it is found three times as fast as
# `</body>`, so that looking for it costs the reader little beside the reading.
NEEDLE = b"HOVERTHROUGHTHEFOGANDFILTHYAIR"
REPLY = b"asked-"  # begins the id of every IQ, and so turns up once in each answer


def person(number: int) -> str:
    """The full JID of one of the people."""
    return f"u{number}@bench.example/r"


def groupchat(number: int, place: str) -> bytes:
    """One message to everybody, said by the first person (XEP-0045 §7.4, XEP-0369 §7.1.5)."""
    return (
        f"<message type='groupchat' from='{person(0)}' to='{place}' id='m{number:07}'>"
        f"<body>Fair is foul, {number:07}: {NEEDLE.decode()}</body></message>"
    ).encode()


class Script(Protocol):
    """How people get into one kind of channel, and what shows that they are in."""

    @property
    def name(self) -> str:
        """What the reports call it."""

    def place(self, localpart: str) -> str:
        """The address of a channel."""

    def create(self, localpart: str) -> tuple[bytes, ...]:
        """The stanzas that make the channel, each to be answered before the next."""

    def join(self, localpart: str, number: int) -> bytes:
        """The stanza with which one person joins."""

    @property
    def created(self) -> tuple[bytes, ...]:
        """What turns up once, for each stanza of `create`, when it was obeyed."""

    @property
    def joined(self) -> bytes:
        """What turns up once for each person who has joined."""

    @property
    def creator_is_in(self) -> bool:
        """Whether the creator has joined by creating."""


@dataclass(frozen=True, slots=True)
class Muc:
    """Multi-User Chat (XEP-0045)."""

    name: str = "MUC"
    created: tuple[bytes, ...] = (b"<subject", REPLY)
    joined: bytes = b"<subject"  # the last thing a newcomer gets (§7.2.15)
    creator_is_in: bool = True

    def place(self, localpart: str) -> str:
        """The room's address."""
        return f"{localpart}@{DOMAIN}"

    def create(self, localpart: str) -> tuple[bytes, ...]:
        """Enter a room that is not there, and take it as it is (§10.1.2)."""
        unlock = (
            f"<iq type='set' from='{person(0)}' to='{self.place(localpart)}' id='{REPLY.decode()}unlock'>"
            "<query xmlns='http://jabber.org/protocol/muc#owner'>"
            "<x xmlns='jabber:x:data' type='submit'/></query></iq>"
        )
        return self.join(localpart, 0), unlock.encode()

    def join(self, localpart: str, number: int) -> bytes:
        """Enter under a nick (§7.2.2)."""
        return (
            f"<presence from='{person(number)}' to='{self.place(localpart)}/u{number}'>"
            "<x xmlns='http://jabber.org/protocol/muc'/></presence>"
        ).encode()


@dataclass(frozen=True, slots=True)
class Mix:
    """Mediated Information eXchange (XEP-0369)."""

    name: str = "MIX"
    created: tuple[bytes, ...] = (REPLY,)
    joined: bytes = REPLY
    creator_is_in: bool = False

    def place(self, localpart: str) -> str:
        """The channel's address."""
        return f"{localpart}@{DOMAIN}"

    def create(self, localpart: str) -> tuple[bytes, ...]:
        """Create a channel by name (§7.3.2)."""
        return (
            (
                f"<iq type='set' from='{person(0)}' to='{DOMAIN}' id='{REPLY.decode()}create'>"
                f"<create xmlns='urn:xmpp:mix:core:1' channel='{localpart}'/></iq>"
            ).encode(),
        )

    def join(self, localpart: str, number: int) -> bytes:
        """Join with a nick, for messages (§7.1.2)."""
        return (
            f"<iq type='set' from='{person(number)}' to='{self.place(localpart)}' "
            f"id='{REPLY.decode()}join{number}'>"
            "<join xmlns='urn:xmpp:mix:core:1'><subscribe node='urn:xmpp:mix:nodes:messages'/>"
            f"<nick>u{number}</nick></join></iq>"
        ).encode()


SCRIPTS: tuple[Script, ...] = (Muc(), Mix())
