"""What the stage needs of a host, whichever it is."""

from typing import Protocol

from .processes import Program


class Host(Protocol):
    """An XMPP server on loopback, with everybody's accounts and room for the component."""

    client_port: int
    component_port: int
    program: Program
    says_away: str
    """The condition with which it bounces what is for a component that is not connected."""

    def start(self) -> None:
        """Start it, and come back when clients and components can connect."""

    def stop(self) -> None:
        """Stop it and everything that belongs to it."""

    def forget_rosters(self) -> None:
        """Let nothing of one test's contacts reach into the next; only while nobody is logged in."""
