"""Ranks, roles and what may be seen of whom have changed: everybody concerned is told (XEP-0045 §5.1.3, §10.2.1)."""

from __future__ import annotations

from mix.core.avatar import AvatarChanged
from mix.core.channel import Channel, Participant
from mix.core.config import Config, Lists
from mix.core.events import ConfigChanged, GrantChanged, InfoChanged, ListsChanged, PreferencesChanged
from mix.core.rights import Grant
from mix.core.visibility import Audience, Mode, is_disclosed
from muccompat import mav
from muccompat.occupants import announce, everybody, is_broadcast, occupants, reveal, vanish
from muccompat.standing import Affiliation, Role, affiliation_in, is_among, role_for, standing_of
from muccompat.stanzas import user_x
from muccompat.statuscodes import Status
from pubsubnodes.stanza import Delivery, Fanout, Stanza


def granted(event: GrantChanged, channel: Channel) -> list[Delivery]:
    """Somebody has another role for this visit."""
    someone = channel.participants[event.id]
    if event.ranked:
        return []  # the change of rank tells all
    return _compared(channel, someone, channel.lists, channel.config, event.old, event.text)


def listed(event: ListsChanged, channel: Channel) -> list[Delivery]:
    """Occupants have other affiliations, and perhaps other roles: one presence each says both (MUC-PRES-25)."""
    told: list[Delivery] = []
    for move in event.moves:
        if move.jid in event.gone:
            continue  # their leaving has told it
        shown: list[Delivery] = []
        if (someone := channel.participant_of(move.jid)) is not None:
            text = event.texts.get(move.jid, "")
            shown = _compared(channel, someone, event.old, channel.config, someone.grant, text)
        told += mav.versioned(channel, shown, move)
    return told


def configured(event: ConfigChanged, channel: Channel) -> list[Delivery]:
    """Say that the configuration changed, then show again whom it shows differently (MUC-CNOT-14)."""
    told = notice(channel, _codes(event.old, event.new))
    showing = event.old.mode, event.new.mode
    for someone in occupants(channel):
        wish = someone.preferences.visibility
        if is_disclosed(showing[0], wish, Audience.PUBLIC) != is_disclosed(showing[1], wish, Audience.PUBLIC):
            told += announce(channel, someone)
            if event.old.presence_of != event.new.presence_of and not is_broadcast(channel, someone):
                told += vanish(channel, someone)
        else:
            told += _compared(channel, someone, channel.lists, event.old, someone.grant)
    return told


def informed(event: InfoChanged, channel: Channel) -> list[Delivery]:
    """The room has another name or description."""
    return notice(channel, (Status.CONFIG_CHANGED,))


def pictured(event: AvatarChanged, channel: Channel) -> list[Delivery]:
    """The room has another picture, or none (XEP-0486 §3.2)."""
    return notice(channel, (Status.CONFIG_CHANGED,)) if event.old.shown != event.new.shown else []


def preferring(event: PreferencesChanged, channel: Channel) -> list[Delivery]:
    """Somebody lets others see their JID, or does so no longer (XEP-0404 §3.1)."""
    someone, mode = channel.participants[event.id], channel.config.mode
    before = is_disclosed(mode, event.old.visibility, Audience.PUBLIC)
    if not someone.is_present or before == channel.sight.shows(someone):
        return []
    return [*announce(channel, someone)]


def _compared(
    channel: Channel, someone: Participant, lists: Lists, config: Config, grant: Grant | None, reason: str = ""
) -> list[Delivery]:
    if not someone.is_present:
        return []
    affiliation = affiliation_in(lists, channel.operators, someone.jid)
    before: tuple[Affiliation, Role] = affiliation, role_for(affiliation, grant, moderated=config.moderated)
    now = standing_of(channel, someone)
    was_shown = is_among(before[1], config.presence_of)
    if before == now and was_shown == is_broadcast(channel, someone):
        return []
    told: list[Delivery] = [*announce(channel, someone, reason=reason)]
    if was_shown and not is_broadcast(channel, someone):
        told += vanish(channel, someone)
    if now[1] is Role.MODERATOR and before[1] is not Role.MODERATOR and channel.config.mode is not Mode.VISIBLE:
        told += reveal(channel, someone)
    return told


def _codes(old: Config, new: Config) -> tuple[Status, ...]:
    """104 stands for all changes that have no code of their own (XEP-0045 §10.2.1)."""
    codes, said = [], {"logged"}
    if old.logged != new.logged:
        codes.append(Status.LOGGED if new.logged else Status.NOT_LOGGED)
    if (old.mode is Mode.VISIBLE) != (new.mode is Mode.VISIBLE):
        shows = new.mode is Mode.VISIBLE
        codes.append(Status.NOW_SHOWING_ADDRESSES if shows else Status.NOW_HIDING_ADDRESSES)
        said.add("mode")
    if any(getattr(old, name) != getattr(new, name) for name in Config.__dataclass_fields__ if name not in said):
        codes.append(Status.CONFIG_CHANGED)
    return tuple(codes)


def notice(channel: Channel, codes: tuple[Status, ...]) -> list[Delivery]:
    """A message of nothing but codes, neither archived nor repeated; none while the room is being made."""
    people = everybody(channel)
    if channel.locked or not codes or not len(people):
        return []
    return [Fanout(Stanza("message", channel.room, "groupchat", children=[user_x(None, codes)]), people)]
