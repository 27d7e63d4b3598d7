"""Asking for voice (XEP-0045 §7.13)."""

from __future__ import annotations

from mix.core.admissions import AGAIN, VoiceRequested
from mix.core.channel import Channel
from mix.core.commands import AskForVoice
from mix.core.ports import Moment
from mix.core.refusals import TooFast
from mix.core.rights import has_voice


def ask(channel: Channel, cmd: AskForVoice, moment: Moment) -> list[VoiceRequested]:
    """Tell those who keep order that somebody wants to speak; who may speak already asks for nothing."""
    me = channel.participant(cmd.actor)
    if has_voice(channel, me.jid):
        return []
    last = channel.pleas.get(me.id)
    if last is not None and moment.now - last < AGAIN:
        raise TooFast()
    return [VoiceRequested(me.id, moment.now)]
