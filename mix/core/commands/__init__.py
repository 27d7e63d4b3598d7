"""Wishes, parsed: what somebody wants of a channel, in neither protocol's words.

Those of a single feature stand beside it.
"""

from mix.core.commands.admin import Configure as Configure
from mix.core.commands.admin import NewGrant as NewGrant
from mix.core.commands.admin import NewStanding as NewStanding
from mix.core.commands.admin import SetRanks as SetRanks
from mix.core.commands.command import Command as Command
from mix.core.commands.command import Ignore as Ignore
from mix.core.commands.command import Look as Look
from mix.core.commands.command import Tick as Tick
from mix.core.commands.invitations import DeclineInvitation as DeclineInvitation
from mix.core.commands.invitations import Invite as Invite
from mix.core.commands.invitations import Invitee as Invitee
from mix.core.commands.invitations import ReturnInvitation as ReturnInvitation
from mix.core.commands.lifecycle import CreateChannel as CreateChannel
from mix.core.commands.lifecycle import DestroyChannel as DestroyChannel
from mix.core.commands.membership import Claim as Claim
from mix.core.commands.membership import Enter as Enter
from mix.core.commands.membership import Join as Join
from mix.core.commands.membership import Leave as Leave
from mix.core.commands.membership import UpdateSubscription as UpdateSubscription
from mix.core.commands.messages import PostMessage as PostMessage
from mix.core.commands.messages import Retract as Retract
from mix.core.commands.personal import AskForVoice as AskForVoice
from mix.core.commands.personal import Register as Register
from mix.core.commands.personal import SetNick as SetNick
from mix.core.commands.personal import SetPreferences as SetPreferences
from mix.core.commands.personal import Unregister as Unregister
from mix.core.commands.presence import GoOffline as GoOffline
from mix.core.commands.presence import RefreshPresence as RefreshPresence
from mix.core.commands.presence import SendBack as SendBack
from mix.core.commands.presence import ShowPresence as ShowPresence
from mix.core.commands.private import AnswerRelayed as AnswerRelayed
from mix.core.commands.private import BouncePrivately as BouncePrivately
from mix.core.commands.private import RelayRequest as RelayRequest
from mix.core.commands.private import SendPrivately as SendPrivately
from mix.core.commands.reading import ReadArchive as ReadArchive
from mix.core.commands.reading import ReadDirectory as ReadDirectory
from mix.core.commands.reading import ReadNode as ReadNode
from mix.core.commands.reading import Subscribe as Subscribe
from mix.core.commands.reading import Unsubscribe as Unsubscribe
