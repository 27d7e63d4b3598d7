"""The component's stream, or two of them where rooms have a domain of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import final

from mix.core.ports import Rules
from mix.service.failures import Failure
from mix.service.settings import Settings
from mix.shell.component import Component, LoginRefused
from mix.shell.inlet import Inlet


@final
class Streams:
    """The component's stream, or one for each of two mirrored domains: a host takes from each what its domain says."""

    def __init__(self, rules: Rules) -> None:
        self.domains = [rules.domain, *([rules.room_domain] if rules.room_domain is not None else [])]
        self._by_domain: dict[str, Component] = {}
        self.main = _Stream(self._by_domain, rules.domain)
        self.others = {domain: _Stream(self._by_domain, domain) for domain in self.domains[1:]}

    def components(self, settings: Settings, inlet: Inlet) -> list[Component]:
        """The components, once there is somewhere for their stanzas to go."""
        self._by_domain.update((domain, component_for(settings, domain, inlet)) for domain in self.domains)
        return list(self._by_domain.values())


@final
class _Stream:
    """The postman's wire to one domain's component, which comes to be after the postman."""

    def __init__(self, components: Mapping[str, Component], domain: str) -> None:
        self._components = components
        self._domain = domain

    async def write(self, data: bytes) -> None:
        """Write, once the stream is up and the host has room for more."""
        await self._components[self._domain].write(data)


def component_for(settings: Settings, domain: str, inlet: Inlet) -> Component:
    """The stream of one domain, not yet connected."""
    how = settings.component
    largest = settings.limits.max_stanza_bytes
    return Component(domain, how.secret.get_secret_value(), how.host, how.port, inlet, largest)


def refused(by: LoginRefused) -> Failure:
    """What an operator is told when the XMPP server will not have us."""
    return Failure(str(by), by.hint)
