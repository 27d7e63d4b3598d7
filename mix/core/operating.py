"""What those who look after the service ask of it (XEP-0133)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mix.core.addresses import ChannelJid
from mix.core.census import Census, CensusSought
from mix.core.channel import Channel
from mix.core.commands import Command, DestroyChannel, NewStanding, SetRanks
from mix.core.events import Event
from mix.core.ports import Moment
from mix.core.refusals import NoSuchChannel, NotAllowed
from mix.core.registry import OfService
from mix.core.rights import Standing
from mix.core.transient import Transient
from pubsubnodes.addresses import RealJid
from pubsubnodes.frozen import frozen, frozen_by_name


@frozen_by_name
class CountPeople(Command):
    """How many people are there (XEP-0133 §4.15)?"""


@frozen_by_name
class ListPeople(Command):
    """Who is there, by real JID (XEP-0133 §4.20)?"""

    most: int


@frozen_by_name
class ListChannels(Command):
    """Which channels are there, hidden ones too?"""


@frozen_by_name
class EndChannels(Command):
    """Destroy channels (XEP-0045 §10.9)."""

    names: Sequence[str]
    reason: str = ""


@frozen_by_name
class NameOwner(Command):
    """Have a channel owned by somebody as well, such as one whose owners are gone (XEP-0045 §10.3)."""

    name: str
    owner: RealJid


@frozen
class PeopleListed(OfService):
    """An operator learned who is there; written down before they do."""

    by: RealJid
    whom: tuple[tuple[ChannelJid, str], ...]
    """Channel and participant id."""
    at: datetime


@frozen
class Wished(OfService, Transient):
    """The service wants something of one of its channels, whose own turn it will be."""

    of: ChannelJid
    wish: Command


def must_operate(cmd: Command, moment: Moment) -> None:
    """Only those named in the settings look after the service. Raises `NotAllowed`."""
    if cmd.actor.bare not in moment.rules.operators:
        raise NotAllowed()


def count(channel: Channel | None, cmd: CountPeople | ListChannels, moment: Moment) -> CensusSought:
    """Look; nothing happens."""
    must_operate(cmd, moment)
    return CensusSought()


def list_people(channel: Channel | None, cmd: ListPeople, moment: Moment) -> CensusSought:
    """Who is there, which goes into the audit: ids are not to be resolved in secret (XEP-0404 §2.5)."""
    must_operate(cmd, moment)

    def written_down(census: Census) -> Sequence[Event]:
        told = set(census.online()[: cmd.most])
        whom = dict.fromkeys((jid, id) for jid, id, session in census.present() if session.jid.bare in told)
        return [PeopleListed(cmd.actor.bare, tuple(whom), moment.now)] if whom else []

    return CensusSought(written_down)


def end_channels(channel: Channel | None, cmd: EndChannels, moment: Moment) -> CensusSought:
    """Destroy all of them, or none when one is not there."""
    must_operate(cmd, moment)

    def wished(census: Census) -> Sequence[Event]:
        wish = DestroyChannel(actor=cmd.actor.bare, reason=cmd.reason)
        return [Wished(_known(census, name), wish) for name in dict.fromkeys(cmd.names)]

    return CensusSought(wished)


def name_owner(channel: Channel | None, cmd: NameOwner, moment: Moment) -> CensusSought:
    """Give a channel an owner; who owned it before still does."""
    must_operate(cmd, moment)

    def wished(census: Census) -> Sequence[Event]:
        change = NewStanding(standing=Standing.OWNER, jid=cmd.owner.bare)
        return [Wished(_known(census, cmd.name), SetRanks(actor=cmd.actor.bare, changes=[change]))]

    return CensusSought(wished)


def _known(census: Census, name: str) -> ChannelJid:
    found = next((one.jid for one in census.channels if one.jid.local == name), None)
    if found is None:
        raise NoSuchChannel()
    return found
