"""How many channels one account may have made, so that nobody fills the service with them (XEP-0045 §14.6).

Those are counted that are still there, whoever owns them by now: else one could hand them over and go on, or name
others as owners until these can make none.
"""

from __future__ import annotations

from collections.abc import Sequence

from mix.core.events import Event
from mix.core.ports import ChannelsMade, Decision, Moment
from mix.core.refusals import TooManyChannels
from pubsubnodes.addresses import RealJid


def within_limit(creator: RealJid, creation: Sequence[Event], moment: Moment) -> Decision:
    """The creation of a channel, if its maker has not too many; operators have any number.

    What is counted is in storage: so the decision waits for it. Raises `TooManyChannels` when it is known.
    """
    most, bare = moment.rules.max_made, creator.bare
    if not most or bare in moment.rules.operators:
        return creation

    def counted(made: int) -> Sequence[Event]:
        if made >= most:
            raise TooManyChannels()
        return creation

    return ChannelsMade(bare, counted)
