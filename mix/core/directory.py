"""Which channels there are, for those who may be in any (XEP-0369 §6.2)."""

from __future__ import annotations

from mix.core.channel import Channel
from mix.core.commands import ReadDirectory
from mix.core.ports import DirectoryWindow, Moment
from mix.core.refusals import Banned


def read(channel: Channel | None, cmd: ReadDirectory, moment: Moment) -> DirectoryWindow:
    """A page of the channels somebody may know of; who is kept out of the service may know of none."""
    if moment.is_kept_out(cmd.actor):
        raise Banned()
    return DirectoryWindow(cmd.actor, cmd.page, cmd.lang)
