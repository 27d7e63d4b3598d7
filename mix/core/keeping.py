"""Which changes the archives of nodes keep: those their subscribers are notified of (XEP-0442 §3, MIX-DEC-100)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mix.core import events
from mix.core.channel import Channel
from mix.core.events import Event
from mix.core.ids import archive_id
from mix.core.items import ConfigFact, Fact, InfoFact, Item, ItemsArchived, PersonFact
from mix.core.nicknames import Nick
from mix.core.nodes import Node
from mix.core.ports import Moment
from mix.core.visibility import Audience, Mode, Preference, is_disclosed


def kept(channel: Channel | None, happening: Sequence[Event], moment: Moment) -> list[Event]:
    """What is to be kept of the events of one decision, as an event of its own.

    Nothing of a channel that ends, nor of what happens to no channel, such as the registration of a nick.
    """
    if not happening or any(isinstance(event, events.ChannelDestroyed) for event in happening):
        return []
    first = happening[0]
    before = first.born() if isinstance(first, events.ChannelCreated) else channel
    if before is None:
        return []  # something that is no channel's
    items = tuple(
        Item(archive_id(before.key, position, moment.dice.salt()), node, position, moment.now, fact)
        for position, (node, fact) in enumerate(_facts(before, happening), before.next_item)
    )
    return [ItemsArchived(items)] if items else []


def _facts(channel: Channel, happening: Sequence[Event]) -> Iterator[tuple[Node, Fact]]:
    config, info, lists, by = channel.config, channel.info, channel.lists, channel.config_by
    configured = informed = isinstance(happening[0], events.ChannelCreated)
    nicks: dict[str, Nick | None] = {}
    wishes: dict[str, Preference] = {}

    def person(id: str, mode: Mode) -> PersonFact:
        known = channel.participants.get(id)
        nick = nicks.get(id, known.nick if known is not None else None)
        wish = wishes.get(id, known.preferences.visibility if known is not None else Preference.NEVER)
        return PersonFact(id, nick, is_disclosed(mode, wish, Audience.PUBLIC))

    for event in happening:
        match event:
            case events.ParticipantJoined(id, _, nick, preferences):
                nicks[id], wishes[id] = nick, preferences.visibility
                yield Node.PARTICIPANTS, person(id, config.mode)
            case events.ParticipantLeft(id):
                yield Node.PARTICIPANTS, PersonFact(id, gone=True)
            case events.NickChanged(id, _, new):
                nicks[id] = new
                yield Node.PARTICIPANTS, person(id, config.mode)
            case events.PreferencesChanged(id, _, preferences) | events.StayChanged(id, _, _, preferences):
                shown = person(id, config.mode).disclosed
                wishes[id] = preferences.visibility
                if person(id, config.mode).disclosed is not shown:
                    yield Node.PARTICIPANTS, person(id, config.mode)
            case events.ConfigChanged(old, new):
                for someone in channel.participants if old.mode is not new.mode else ():
                    if person(someone, old.mode) != person(someone, new.mode):
                        yield Node.PARTICIPANTS, person(someone, new.mode)
                informed = informed or old.mode is not new.mode
                config, by, configured = new, event.by, True
            case events.ListsChanged(old_lists, new_lists):
                ranks = (old_lists.owners, old_lists.admins) != (new_lists.owners, new_lists.admins)
                lists, by, configured = new_lists, event.by if ranks else by, configured or ranks
            case events.InfoChanged(_, new_info):
                info, informed = new_info, True
            case _:
                pass
    if configured:
        yield Node.CONFIG, ConfigFact(replace(config, password=""), lists.owners, lists.admins, by)
    if informed and Node.INFO in config.nodes:
        yield Node.INFO, InfoFact(info, config.mode)
