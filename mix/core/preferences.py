"""A participant's own preferences (XEP-0404 §3.1)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mix.core.channel import Channel
from mix.core.commands import SetPreferences
from mix.core.config import Sharing
from mix.core.events import Event, PreferencesChanged
from mix.core.ports import Moment
from mix.core.presence import hide, noticed
from mix.core.refusals import CannotCoexist, ValueUnacceptable
from mix.core.visibility import can_coexist


def set_preferences(channel: Channel, cmd: SetPreferences, moment: Moment) -> list[Event]:
    """Change the given preferences, all of them or none."""
    me = channel.participant(cmd.actor)
    changes: dict[str, Any] = dict(cmd.changes)
    wanted = replace(me.preferences, **changes)
    if not can_coexist(channel.config.mode, wanted.visibility):
        raise CannotCoexist()
    if channel.config.presence_required and wanted.presence is Sharing.NOT_SHARE:
        raise ValueUnacceptable()
    events: list[Event] = []
    if wanted != me.preferences:
        events.append(PreferencesChanged(me.id, me.preferences, wanted))
    if wanted.presence is Sharing.NOT_SHARE:
        events += hide(me)
    return events + noticed(me, cmd.actor, moment)
