"""Setting standings and grants: kicks, voice, moderators, members, administrators, owners, bans (XEP-0045 §8-10).

Who may do what to whom stands in two tables, a row for each who does, a word for each whom it is done to. One wish
may hold many changes; they are judged by how things are before the first of them, and all happen or none does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from mix.core import kicking, lockdown, relisting
from mix.core.admissions import NickReserved
from mix.core.channel import Channel, Participant
from mix.core.commands import NewGrant, NewStanding, SetRanks
from mix.core.config import Lists
from mix.core.departure import emptied
from mix.core.events import Event, GrantChanged
from mix.core.invitations import announced
from mix.core.nicknames import Nick, prepare
from mix.core.ports import Moment
from mix.core.refusals import (
    ChangeRefused,
    LastOwner,
    MalformedRequest,
    NickMalformed,
    NickTaken,
    NickUnacceptable,
    NoSuchItem,
    NotAllowed,
    Oneself,
    Protected,
    Refusal,
    TooLarge,
    ValueUnacceptable,
)
from mix.core.registering import may_take
from mix.core.rights import Grant, Standing, footing, is_moderator, listed_standing, standing
from pubsubnodes.addresses import RealJid

MOST = 1000
"""Changes in one wish."""

_ORDER = (Standing.BANNED, Standing.NONE, Standing.ALLOWED, Standing.ADMIN, Standing.OWNER)

_MAY_MOVE: Mapping[tuple[Standing, Standing], str] = {
    # Who does it, where the other stands: may they come to be banned, none, allowed, administrator, owner?
    (Standing.ADMIN, Standing.BANNED): "+++FF",
    (Standing.ADMIN, Standing.NONE): "+++FF",
    (Standing.ADMIN, Standing.ALLOWED): "+++FF",
    (Standing.ADMIN, Standing.ADMIN): "NFFFF",
    (Standing.ADMIN, Standing.OWNER): "NFFFF",
    **{(Standing.OWNER, now): "+++++" for now in _ORDER},
}

_ACTIONS = ("kick", "revoke voice", "grant voice", "make moderator", "unmake moderator")

_MAY_GRANT: Mapping[tuple[Standing, Standing], str] = {
    # A moderator of which standing, the other's standing: which of the actions?
    (Standing.NONE, Standing.NONE): "+++FF",
    (Standing.NONE, Standing.ALLOWED): "NN+FF",
    (Standing.NONE, Standing.ADMIN): "NN+FF",
    (Standing.NONE, Standing.OWNER): "NN+FF",
    (Standing.ALLOWED, Standing.NONE): "+++FF",
    (Standing.ALLOWED, Standing.ALLOWED): "+N+FF",
    (Standing.ALLOWED, Standing.ADMIN): "NN+FF",
    (Standing.ALLOWED, Standing.OWNER): "NN+FF",
    (Standing.ADMIN, Standing.NONE): "+++++",
    (Standing.ADMIN, Standing.ALLOWED): "+++++",
    (Standing.ADMIN, Standing.ADMIN): "+N++N",
    (Standing.ADMIN, Standing.OWNER): "NN++N",
    (Standing.OWNER, Standing.NONE): "+++++",
    (Standing.OWNER, Standing.ALLOWED): "+++++",
    (Standing.OWNER, Standing.ADMIN): "+N++N",
    (Standing.OWNER, Standing.OWNER): "+N++N",
}

_REFUSALS: Mapping[str, type[Refusal]] = {"F": NotAllowed, "N": Protected}
"""F: the right is missing; N: it is there, but the other is out of its reach."""


@dataclass(slots=True)
class _Plan:
    """What the changes of a wish come to, as far as they have been looked at."""

    lists: Lists
    texts: dict[RealJid, str] = field(default_factory=dict)
    nicks: dict[RealJid, Nick | None] = field(default_factory=dict)
    """Nicks to be kept for people, or no longer."""
    grants: list[tuple[Participant, Grant | None, str]] = field(default_factory=list)
    seen: dict[RealJid, NewStanding | NewGrant] = field(default_factory=dict)


def set_ranks(channel: Channel, cmd: SetRanks, moment: Moment) -> list[Event]:
    """Change standings and grants, all or nothing (XEP-0045 §9.2, §17.4)."""
    if not cmd.changes:
        raise MalformedRequest()
    if len(cmd.changes) > MOST:
        raise TooLarge()
    plan = _Plan(channel.lists)
    for place, change in enumerate(cmd.changes):
        try:
            if isinstance(change, NewGrant):
                _plan_grant(channel, cmd, change, plan)
            else:
                _plan_standing(channel, cmd, change, plan, moment)
        except Refusal as refused:
            raise ChangeRefused(refused, place) from refused
    if not plan.lists.owners:
        raise LastOwner()
    return _carried_out(channel, cmd.actor.bare, plan, moment)


def _plan_standing(channel: Channel, cmd: SetRanks, change: NewStanding, plan: _Plan, moment: Moment) -> None:
    rank = standing(channel, cmd.actor)
    if rank < Standing.ADMIN:
        raise NotAllowed()
    jid = change.jid.bare if change.jid is not None else _present(channel, change.nick or "").jid
    if change.standing is Standing.BANNED and jid == cmd.actor.bare:
        raise Oneself()
    if change.standing is Standing.BANNED and jid in channel.operators:
        raise Protected()  # they would stay what they are, whatever the list says
    now = listed_standing(channel.lists, jid, channel.operators)
    _judge(_MAY_MOVE[rank, now][_ORDER.index(change.standing)])
    is_ours = jid.is_at(channel.jid.domain) or jid.is_at(channel.room.domain)
    if is_ours or (jid.is_domain and change.standing > Standing.NONE):
        raise ValueUnacceptable()  # whole domains are banned and nothing else
    if not _is_new(plan, jid, change):
        return
    if change.jid is not None and change.nick is not None and change.standing > Standing.NONE:
        plan.nicks[jid] = _nick_to_keep(channel, jid, change.nick, plan, moment)
    plan.lists = placed(plan.lists, jid, change.standing)
    plan.texts[jid] = change.text


def _plan_grant(channel: Channel, cmd: SetRanks, change: NewGrant, plan: _Plan) -> None:
    rank = listed_standing(channel.lists, cmd.actor.bare, channel.operators)
    me = channel.participant_of(cmd.actor.bare)
    if rank < Standing.ADMIN and not (me is not None and me.is_present and is_moderator(channel, me)):
        raise NotAllowed()
    someone = _present(channel, change.nick)
    if change.jid is not None and change.jid.bare != someone.jid:
        raise NoSuchItem()  # somebody else has the nick by now
    now = footing(channel, someone, someone.grant)
    target = listed_standing(channel.lists, someone.jid, channel.operators)
    if change.grant is None and someone is me:
        raise Oneself()
    if change.grant is None and now is Grant.MODERATOR and rank < Standing.ADMIN:
        raise Protected()
    action = _action(now, change.grant, target)
    if action is not None:
        _judge(_MAY_GRANT[rank, target][_ACTIONS.index(action)])
    if _is_new(plan, someone.jid, change) and (action == "kick" or change.grant is not now):
        plan.grants.append((someone, change.grant, change.text))


def _action(now: Grant, wanted: Grant | None, target: Standing) -> str | None:
    """What a change of footing is called; None when it is none and everybody who may ask may have it."""
    match wanted:
        case None:
            return "kick"
        case Grant.MODERATOR:
            return "make moderator"
        case Grant.MUTED if now is Grant.VOICE or target >= Standing.ADMIN:
            return "revoke voice"
        case Grant.VOICE if now is Grant.MUTED:
            return "grant voice"
        case _:
            return "unmake moderator" if now is Grant.MODERATOR else None


def _judge(word: str) -> None:
    if word in _REFUSALS:
        raise _REFUSALS[word]()


def _present(channel: Channel, nick: str) -> Participant:
    """Whoever others see under a nick. Raises `NoSuchItem`."""
    someone = channel.participants.get(nick)
    if someone is None or someone.nick is not None:
        try:
            someone = channel.holder_of(prepare(nick, len(nick)))
        except (NickMalformed, NickUnacceptable) as error:
            raise NoSuchItem() from error
    if someone is None or not someone.is_present:
        raise NoSuchItem()
    return someone


def _is_new(plan: _Plan, jid: RealJid, change: NewStanding | NewGrant) -> bool:
    """Whether nothing was said about somebody yet; to say the same twice is as good as once (MUC-BATCH-09)."""
    before = plan.seen.setdefault(jid, change)
    if before is change:
        return True
    if before != change:
        raise MalformedRequest()
    return False


def _nick_to_keep(channel: Channel, jid: RealJid, text: str, plan: _Plan, moment: Moment) -> Nick | None:
    if not text:
        return None
    nick = prepare(text, moment.rules.max_nick)
    taken = {other.key for other in plan.nicks.values() if other is not None}
    if nick.key in taken or not may_take(channel, nick, jid, moment):
        raise NickTaken()
    return nick


def placed(lists: Lists, jid: RealJid, where: Standing) -> Lists:
    """The lists with somebody on the one list their standing is, and on no other."""
    names = {
        Standing.OWNER: "owners",
        Standing.ADMIN: "admins",
        Standing.ALLOWED: "allowed",
        Standing.BANNED: "banned",
    }
    people: dict[str, frozenset[RealJid]] = {}
    for name in names.values():
        entries: frozenset[RealJid] = getattr(lists, name)
        people[name] = entries | {jid} if name == names.get(where) else entries - {jid}
    return replace(lists, **people)


def _carried_out(channel: Channel, by: RealJid, plan: _Plan, moment: Moment) -> list[Event]:
    events, gone = list[Event](), set[RealJid]()
    for someone, grant, text in plan.grants:
        if grant is None:
            events += kicking.kicked(channel, someone, by, text, moment)
            if not someone.stays:
                gone.add(someone.jid)
        else:
            kept = _least_grant(channel, someone, grant)
            events.append(GrantChanged(someone.id, someone.grant, kept, by=by, text=text))
    events += relisting.relist(channel, plan.lists, by, moment, plan.texts, gone)
    if plan.lists == channel.lists:
        events += emptied(channel, {channel.id_of(jid) for jid in gone})
    for jid, nick in plan.nicks.items():
        if channel.reserved.get(jid) != nick:
            events.append(NickReserved(jid, channel.reserved.get(jid), nick))
            events += lockdown.kept(channel, jid, nick) if channel.config.nicks_locked and jid not in gone else []
    return [*events, *_told(channel, by, plan, moment)]


def _least_grant(channel: Channel, someone: Participant, wanted: Grant) -> Grant | None:
    """The grant that gives a footing; none where the rank alone gives it, so that nothing outlasts its reason."""
    return None if footing(channel, someone, None) is wanted else wanted


def _told(channel: Channel, by: RealJid, plan: _Plan, moment: Moment) -> list[Event]:
    """Who may come into a closed channel from now on is told so by an invitation (XEP-0045 §9.5)."""
    if not channel.config.members_only or channel.locked:
        return []
    new = sorted(
        (
            jid
            for jid in plan.lists.allowed - channel.lists.allowed
            if listed_standing(channel.lists, jid) is Standing.NONE and channel.participant_of(jid) is None
        ),
        key=lambda jid: list(plan.seen).index(jid),
    )
    return announced(channel, new, by, plan.texts, moment)
