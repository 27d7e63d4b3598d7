"""What happened in a channel: facts in the past tense, decided and not yet known to anybody.

Each event can make itself so in a `Channel`; repositories record it, faces say it in their words. It carries
what its readers need, so that nobody has to ask the channel how it was before. Events of a single feature stand
beside it.
"""

from mix.core.events.admin import ConfigChanged as ConfigChanged
from mix.core.events.admin import InfoChanged as InfoChanged
from mix.core.events.admin import ListsChanged as ListsChanged
from mix.core.events.event import Event as Event
from mix.core.events.lifecycle import ChannelCreated as ChannelCreated
from mix.core.events.lifecycle import ChannelDestroyed as ChannelDestroyed
from mix.core.events.lifecycle import ChannelUnlocked as ChannelUnlocked
from mix.core.events.membership import ParticipantJoined as ParticipantJoined
from mix.core.events.membership import ParticipantLeft as ParticipantLeft
from mix.core.events.membership import StayChanged as StayChanged
from mix.core.events.membership import Subscribed as Subscribed
from mix.core.events.membership import Unsubscribed as Unsubscribed
from mix.core.events.messages import MessagePosted as MessagePosted
from mix.core.events.messages import MessageRetracted as MessageRetracted
from mix.core.events.messages import SubjectChanged as SubjectChanged
from mix.core.events.personal import GrantChanged as GrantChanged
from mix.core.events.personal import NickChanged as NickChanged
from mix.core.events.personal import PreferencesChanged as PreferencesChanged
from mix.core.events.presence import SessionChanged as SessionChanged
from mix.core.events.presence import SessionClosed as SessionClosed
from mix.core.events.presence import SessionOpened as SessionOpened
from mix.core.exits import Departure as Departure
from mix.core.exits import Exit as Exit
