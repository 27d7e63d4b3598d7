"""People and their clients: what they say goes to the service, what the service sends them is in their inbox."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from pubsubnodes.addresses import RealJid
from tests.stage import patterns
from tests.stage.patterns import parse

if TYPE_CHECKING:
    from tests.stage.service import Service


@dataclass(slots=True, eq=False)
class Received:
    """A stanza somebody got, as the host would have delivered it."""

    to: str
    raw: str
    xml: Element
    is_read: bool = False


class Listener:
    """Somebody, or one client of theirs, whose inbox a test looks into."""

    def __init__(self, service: Service, name: str) -> None:
        self.service = service
        self.name = name

    def unread(self) -> list[Received]:
        """What came and no test has looked at yet, in order."""
        raise NotImplementedError

    def receives(self, *expected: str) -> None:
        """Read the expected stanzas, which came in this order; others in between stay unread."""
        __tracebackhide__ = True
        known, after = self.service.known, 0
        unread = self.unread()
        for xml in expected:
            pattern = parse(xml)
            for index in range(after, len(unread)):
                bound = patterns.matches(pattern, unread[index].xml, known)
                if bound is not None:
                    known.update(bound)
                    unread[index].is_read = True
                    after = index + 1
                    break
            else:
                came = [one.xml for one in unread[after:]]
                early = any(patterns.matches(pattern, one.xml, known) is not None for one in unread[:after])
                order = "\n(it came, but too early)" if early else ""
                raise AssertionError(f"{self.name}: " + patterns.difference(pattern, came, known) + order)

    def receives_nothing(self) -> None:
        """Assert that nothing unread is there."""
        __tracebackhide__ = True
        if unread := self.unread():
            text = "\n\n".join(patterns.pretty(one.xml) for one in unread)
            raise AssertionError(f"{self.name} was to receive nothing more, and got:\n{text}")

    def never_receives(self, xml: str) -> None:
        """Assert that nothing unread looks like that."""
        __tracebackhide__ = True
        pattern = parse(xml)
        for one in self.unread():
            if patterns.matches(pattern, one.xml, self.service.known) is not None:
                raise AssertionError(f"{self.name} got what nobody should get:\n{patterns.pretty(one.xml)}")

    def forgets(self) -> None:
        """Look away: what came so far does not matter to the test."""
        for one in self.unread():
            one.is_read = True

    def takes(self) -> list[Element]:
        """Read everything unread and hand it over, for tests that look closer."""
        found = self.unread()
        for one in found:
            one.is_read = True
        return [one.xml for one in found]


class Client(Listener):
    """One address of a person: a client by its full JID, or the account itself by the bare one."""

    def __init__(self, service: Service, person: Person, jid: str, name: str) -> None:
        super().__init__(service, name)
        self.person = person
        self.jid = jid

    def sends(self, xml: str) -> None:
        """Say something; without `to` it goes to where this person is by habit."""
        self.service.take(self.jid, xml, to=self.person.habit)

    def unread(self) -> list[Received]:
        return [one for one in self.person.inbox if not one.is_read and one.to == self.jid]


class Person(Listener):
    """A person of the plays, with an account, a phone and a laptop. What they do, the phone does."""

    def __init__(self, service: Service, name: str, domain: str) -> None:
        super().__init__(service, name)
        self.jid = f"{name}@{domain}"
        self.real = RealJid.parse(self.jid)
        self.inbox: list[Received] = []
        self.habit = service.domain
        """Where stanzas without `to` go."""
        self.account = Client(service, self, self.jid, f"{name}'s account")
        self.phone = self._client("phone")
        self.laptop = self._client("laptop")

    def _client(self, kind: str) -> Client:
        """A client whose resource is a word that stands nowhere by accident, and tells nothing of the account."""
        return Client(self.service, self, f"{self.jid}/{kind}-of-{self.name[::-1]}", f"{self.name}'s {kind}")

    @property
    def secrets(self) -> tuple[str, ...]:
        """The words nobody else may read where this person hides."""
        return (self.name, self.name[::-1])

    @property
    def id(self) -> str:
        """The participant id, once it has been seen."""
        return self.service.known[f"{self.name}.id"]

    def sends(self, xml: str) -> None:
        """Say something with the phone."""
        self.phone.sends(xml)

    def unread(self) -> list[Received]:
        return [one for one in self.inbox if not one.is_read]
