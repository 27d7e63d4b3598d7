"""How many channels one account may own, so that nobody fills the service with them (XEP-0045 §14.6)."""

from __future__ import annotations

from collections.abc import Sequence

from mix.core.events import Event
from mix.core.ports import ChannelsOwned, Decision, Moment
from mix.core.refusals import TooManyChannels
from pubsubnodes.addresses import RealJid


def within_limit(creator: RealJid, creation: Sequence[Event], moment: Moment) -> Decision:
    """The creation of a channel, if its owner has not too many; operators have any number.

    What is counted is in storage: so the decision waits for it. Raises `TooManyChannels` when it is known.
    """
    most, bare = moment.rules.max_owned, creator.bare
    if not most or bare in moment.rules.operators:
        return creation

    def counted(owned: int) -> Sequence[Event]:
        if owned >= most:
            raise TooManyChannels()
        return creation

    return ChannelsOwned(bare, counted)
