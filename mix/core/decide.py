"""From a wish to what it comes to: one table of all features."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mix.core import (
    admin,
    announcing,
    avatar,
    barring,
    closing,
    commands,
    directory,
    disclosure,
    due,
    hats,
    history,
    holding,
    indicators,
    invitations,
    lifecycle,
    membership,
    messages,
    nick,
    operating,
    preferences,
    presence,
    private,
    ranks,
    registering,
    registration,
    relay,
    retraction,
    subscription,
    tokens,
    tombstones,
    visit,
    voice,
)
from mix.core.channel import Channel
from mix.core.ports import Decision, Moment
from mix.core.refusals import NoSuchChannel

_WITH_OR_WITHOUT_CHANNEL: Mapping[type[commands.Command], Callable[..., Decision]] = {
    commands.CreateChannel: lifecycle.create,
    commands.DestroyChannel: lifecycle.destroy,
    commands.Enter: visit.enter,
    commands.Leave: membership.leave,
    commands.Ignore: lambda channel, cmd, moment: (),
    commands.Look: lambda channel, cmd, moment: (),
    commands.Tick: due.tick,
    registering.RegisterNick: registering.register_nick,
    indicators.Watch: indicators.watch,
    indicators.Unwatch: indicators.unwatch,
    holding.HoldName: holding.hold,
    tombstones.BuryName: tombstones.bury,
    operating.CountPeople: operating.count,
    operating.ListPeople: operating.list_people,
    operating.ListChannels: operating.count,
    operating.EndChannels: operating.end_channels,
    operating.NameOwner: operating.name_owner,
    announcing.Announce: announcing.announce,
    barring.Bar: barring.bar,
    closing.ShutDown: closing.shut_down,
    commands.ReadDirectory: directory.read,
}

_ON_A_CHANNEL: Mapping[type[commands.Command], Callable[..., Decision]] = {
    commands.Join: membership.join,
    commands.UpdateSubscription: membership.update,
    commands.SetNick: nick.set_nick,
    commands.SetPreferences: preferences.set_preferences,
    commands.PostMessage: messages.post,
    commands.SendPrivately: private.send,
    commands.BouncePrivately: private.bounce,
    commands.RelayRequest: relay.relay,
    commands.AnswerRelayed: relay.answer,
    commands.ShowPresence: presence.show,
    commands.GoOffline: presence.go_offline,
    commands.SendBack: presence.sent_back,
    commands.RefreshPresence: lambda channel, cmd, moment: (),
    commands.ReadNode: subscription.read,
    commands.Subscribe: subscription.subscribe,
    commands.Unsubscribe: subscription.unsubscribe,
    commands.Configure: admin.configure,
    commands.SetRanks: ranks.set_ranks,
    commands.Invite: invitations.invite,
    commands.DeclineInvitation: invitations.decline,
    commands.ReturnInvitation: invitations.came_back,
    commands.AskForVoice: voice.ask,
    commands.Register: registration.register,
    commands.Unregister: registration.unregister,
    tokens.RequestInvitation: tokens.issue,
    avatar.OfferImage: avatar.offer,
    avatar.ShowAvatar: avatar.show,
    barring.Evict: barring.evict,
    closing.EndVisits: closing.end_visits,
    hats.SetHat: hats.set_hat,
    hats.DestroyHat: hats.destroy_hat,
    hats.AssignHat: hats.assign_hat,
    disclosure.ReadPeople: disclosure.read,
    commands.ReadArchive: history.read,
    commands.Retract: retraction.retract,
}


def decide(channel: Channel | None, command: commands.Command, moment: Moment) -> Decision:
    """What a wish comes to in a channel. Looks and never touches; raises a `Refusal` when nothing may happen."""
    kind: type[Any] = type(command)
    if kind in _WITH_OR_WITHOUT_CHANNEL:
        decision = _WITH_OR_WITHOUT_CHANNEL[kind](channel, command, moment)
    elif channel is None:
        raise NoSuchChannel()
    else:
        decision = _ON_A_CHANNEL[kind](channel, command, moment)
    if channel is None or not isinstance(decision, Sequence):
        return decision
    if channel.pending:
        decision = [*decision, *relay.orphaned(channel, decision)]
    if moment.registry.watching:
        decision = [*decision, *indicators.noted(channel, decision, moment)]
    return decision
