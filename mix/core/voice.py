"""Asking for voice (XEP-0045 §7.13)."""

from __future__ import annotations

from datetime import timedelta

from mix.core.admissions import VoiceRequested
from mix.core.channel import Channel
from mix.core.commands import AskForVoice
from mix.core.ports import Moment
from mix.core.refusals import TooFast
from mix.core.rights import has_voice

PACE = timedelta(minutes=1)
"""Between two requests of one person."""


def ask(channel: Channel, cmd: AskForVoice, moment: Moment) -> list[VoiceRequested]:
    """Tell those who keep order that somebody wants to speak; who may speak already asks for nothing."""
    me = channel.participant(cmd.actor)
    if has_voice(channel, me.jid):
        return []
    if me.asked is not None and moment.now - me.asked < PACE:
        raise TooFast()
    return [VoiceRequested(me.id, moment.now)]
