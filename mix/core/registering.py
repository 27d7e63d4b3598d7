"""Registering a nick with the service, and what that means in every channel (XEP-0407 §3)."""

from __future__ import annotations

from typing import Final

from mix.core.channel import Channel
from mix.core.commands import Command
from mix.core.nicknames import Nick, prepare
from mix.core.ports import Moment
from mix.core.refusals import Banned, NickTaken, TooManyRequests, UnsupportedRequest
from mix.core.registry import NickRegistered
from pubsubnodes.addresses import RealJid
from pubsubnodes.frozen import frozen_by_name

GUESTS: Final = 20_000
"""Nicks people of other domains may register, all together."""


@frozen_by_name
class RegisterNick(Command):
    """Have the service keep a nick for oneself in all channels; None asks for one to be given (XEP-0407 §3)."""

    nick: str | None


def register_nick(channel: Channel | None, cmd: RegisterNick, moment: Moment) -> list[NickRegistered]:
    """Keep a nick for an account; one that names none is given one (XEP-0407 §3)."""
    if not moment.rules.registered_nicks:
        raise UnsupportedRequest()
    bare, registry = cmd.actor.bare, moment.registry
    if moment.is_kept_out(bare):
        raise Banned()
    if registry.nick_of(bare) is None and _is_one_too_many(bare, moment):
        raise TooManyRequests()
    if not cmd.nick:
        return [] if registry.nick_of(bare) is not None else [NickRegistered(bare, prepare(moment.dice.nick()))]
    nick = prepare(cmd.nick, moment.rules.max_nick)
    if not registry.is_free(nick, bare):
        raise NickTaken()
    return [NickRegistered(bare, nick)] if nick != registry.nick_of(bare) else []


def _is_one_too_many(bare: RealJid, moment: Moment) -> bool:
    """Whether strangers have registered enough: a server of one's own has as many accounts as one likes."""
    rules = moment.rules
    return not rules.is_local(bare) and moment.registry.guests(rules.local_domains) >= GUESTS


def may_take(channel: Channel, nick: Nick, bare: RealJid, moment: Moment) -> bool:
    """Whether an account may have a nick here: it is nobody else's in the channel, nor registered by anybody else.

    Who had it before somebody registered it keeps it.
    """
    holder = channel.holder_of(nick)
    is_held = holder is not None and holder.jid == bare
    return channel.is_free(nick, bare) and (is_held or moment.registry.is_free(nick, bare))


def own_nick(channel: Channel, bare: RealJid, moment: Moment) -> Nick | None:
    """The nick somebody has registered, where it can be had: a channel may have known another of that name before."""
    nick = moment.registry.nick_of(bare) if moment.rules.registered_nicks else None
    return nick if nick is not None and channel.is_free(nick, bare) else None
