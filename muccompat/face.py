"""The room as a face of a channel: what it parses, renders, answers and refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import final
from xml.etree.ElementTree import Element

from mix.core import admissions, commands, events, transient
from mix.core.avatar import AvatarChanged, ShowAvatar
from mix.core.channel import Channel
from mix.core.disclosure import ReadPeople
from mix.core.hats import AssignHat, DestroyHat, HatAssigned, HatChanged, SetHat
from mix.core.holding import HoldName
from mix.core.indicators import ActivityIndicated, Watch
from mix.core.ports import Face, Moment, Outcome, Rules
from mix.core.refusals import NoSuchItem, Refusal
from mix.core.registry import OfService
from muccompat import (
    admin,
    archive,
    availability,
    configform,
    disco,
    enter,
    errors,
    hats,
    indicators,
    invites,
    leave,
    lists,
    messages,
    nick,
    private,
    privileges,
    registration,
    relay,
    router,
    service,
    vcard,
    voice,
)
from muccompat.occupants import occupant_called, seen_by
from muccompat.questions import Question
from pubsubnodes import mam, software
from pubsubnodes.addresses import RealJid, VisibleAddress
from pubsubnodes.disco import About, write_info, write_items
from pubsubnodes.errors import result
from pubsubnodes.stanza import Delivery, Inbound, Stanza


@final
class Room:
    """XEP-0045 spoken about channels. It remembers nothing: all it shows is derived from the channel."""

    def __init__(self, rules: Rules, siblings: Sequence[Face]) -> None:
        self._rules = rules
        self._siblings = siblings

    def names_channel(self, inbound: Inbound) -> str | None:
        """Rooms are created by entering them, never by asking the service."""
        return None

    def parse(self, inbound: Inbound, channel: Channel | None) -> commands.Command | None:
        """The wish in a stanza; None when it is another face's business. Raises a `Refusal`."""
        if self._is_mirrored and inbound.target.domain != self._rules.room_domain:
            return None
        return router.parse(inbound, channel, self._rules, alone=not self._others())

    def render(self, event: events.Event, channel: Channel, cause: Inbound | None) -> Iterable[Delivery]:
        """What the clients in the room are told of an event."""
        match event:
            case events.MessagePosted(message):
                return messages.posted(message, channel) if not messages.is_for_mix_only(message) else ()
            case events.SubjectChanged(message):
                return messages.posted(message, channel)
            case events.SessionOpened():
                return availability.opened(event, channel, cause)
            case events.SessionChanged():
                return availability.changed(event, channel, cause)
            case events.SessionClosed():
                return leave.closed(event, channel)
            case transient.PrivateMessagePosted():
                return private.posted(event, channel)
            case transient.PrivateMessageBounced():
                return private.bounced(event)
            case transient.RequestRelayed():
                return relay.asked(event, channel)
            case transient.RequestAnswered():
                return relay.answered(event, channel)
            case transient.RequestFailed():
                return relay.failed(event)
            case events.ParticipantLeft():
                return leave.left(event, channel, cause)
            case events.NickChanged():
                return nick.changed(event, channel, cause)
            case events.GrantChanged():
                return privileges.granted(event, channel)
            case admissions.Invited():
                return invites.invited(event, channel)
            case admissions.InvitationDeclined():
                return invites.declined(event, channel)
            case admissions.InvitationEnded():
                return invites.returned(event, channel)
            case admissions.RegistrationAsked():
                return registration.asked(event, channel)
            case admissions.VoiceRequested():
                return voice.requested(event, channel)
            case events.ListsChanged():
                return privileges.listed(event, channel)
            case events.ConfigChanged():
                return privileges.configured(event, channel)
            case events.InfoChanged():
                return privileges.informed(event, channel)
            case AvatarChanged():
                return privileges.pictured(event, channel)
            case HatChanged():
                return hats.changed(event, channel)
            case HatAssigned():
                return hats.assigned(event, channel)
            case ActivityIndicated():
                return indicators.indicated(event, channel)
            case events.PreferencesChanged():
                return privileges.preferring(event, channel)
            case _:
                return ()

    def tell(self, event: OfService) -> Iterable[Delivery]:
        """Nothing: what happens to the service is not the rooms' to tell."""
        return ()

    def reply(self, inbound: Inbound, channel: Channel | None, outcome: Outcome) -> Iterable[Stanza]:
        """The answer to whoever asked."""
        match outcome.command:
            case commands.Enter() if channel is not None:
                return enter.reply(inbound, channel, outcome)
            case commands.ShowPresence() if channel is not None:
                return availability.reply(inbound, channel, changed=bool(outcome.events))
            case commands.ReadArchive() as command if channel is not None:
                return archive.reply(inbound, channel, command, outcome)
            case commands.CreateChannel():
                return [result(inbound)]
            case commands.ReadDirectory():
                return service.directory(inbound, outcome)
            case commands.Retract(as_moderator=True):
                return [result(inbound)]
            case SetHat() | DestroyHat() | AssignHat():
                return [hats.reply(inbound, outcome.moment)]
            case Watch():
                return indicators.reply(inbound, outcome)
            case commands.Configure() | commands.DestroyChannel() | ShowAvatar():
                return [result(inbound)]
            case commands.Register() | commands.Unregister():
                return [result(inbound)]
            case commands.SetRanks() if inbound.is_request:
                return [result(inbound)]
            case ReadPeople(which=hats.WORN) if channel is not None:
                return [hats.answer(inbound, channel, outcome.moment)]
            case ReadPeople() if channel is not None:
                return self._page(
                    inbound,
                    lambda query, most: lists.write(channel, admin.asked(query), query, most),
                    outcome.moment,
                )
            case HoldName():
                return [service.unique(inbound, outcome)]
            case commands.Look(subject=question):
                return self._look(inbound, channel, question, outcome.moment)
            case _:
                return ()

    def refuse(self, inbound: Inbound, refusal: Refusal, channel: Channel | None) -> Stanza | None:
        """The refusal in the room's conditions."""
        return errors.refuse(inbound, refusal)

    def describe(self, channel: Channel | None, viewer: RealJid, lang: str | None, moment: Moment) -> About:
        """What rooms add to the discovery of a channel, or of the service."""
        return (
            disco.of_service(moment.rules, viewer) if channel is None else disco.of_room(channel, viewer, lang, moment)
        )

    @property
    def _is_mirrored(self) -> bool:
        """Whether rooms have a domain of their own, where nobody else answers (XEP-0408 §2)."""
        return self._rules.room_domain is not None

    def _others(self) -> list[Face]:
        """The faces that speak for the same addresses."""
        return [] if self._is_mirrored else [face for face in self._siblings if face is not self]

    def _look(self, inbound: Inbound, channel: Channel | None, question: str, moment: Moment) -> list[Stanza]:
        viewer = inbound.sender
        match question:
            case Question.DONE:
                return [result(inbound)]
            case Question.NOT_HERE:
                return [enter.not_here(inbound)]
            case Question.UNSUBSCRIBED:
                return [Stanza("presence", VisibleAddress(inbound.target.text), "unsubscribed", inbound.id)]
            case Question.NOTHING:
                return [result(inbound, write_items(()))]
            case Question.VERSION:
                return [result(inbound, software.write())]
            case Question.ARCHIVE_FIELDS:
                return [result(inbound, mam.write_template())]
            case Question.SERVICE_INFO | Question.INFO:
                faces: list[Face] = [self, *self._others()]
                told = (face.describe(channel, viewer, inbound.lang, moment) for face in faces)
                return [result(inbound, write_info(told))]
        assert channel is not None
        match question:
            case Question.ITEMS:
                return self._page(inbound, lambda query, most: disco.items(channel, viewer, query, most), moment)
            case Question.RESERVED_NICK:
                return [result(inbound, disco.reserved_nick(channel, viewer))]
            case Question.REGISTRATION:
                return [result(inbound, registration.write(channel, viewer))]
            case Question.CONFIGURATION:
                return [result(inbound, configform.write(channel))]
            case Question.COMMAND:
                return [hats.answer(inbound, channel, moment)]
            case Question.COMMANDS:
                return [hats.items(inbound, channel)]
            case Question.COMMAND_INFO:
                return [hats.info(inbound)]
            case Question.VCARD:
                return [result(inbound, vcard.write(channel))]
            case _:
                found = occupant_called(channel, inbound.target.resource)
                return seen_by(channel, channel.participant(viewer), found) if found is not None else []

    def _page(self, inbound: Inbound, write: Callable[[Element, int], Element], moment: Moment) -> list[Stanza]:
        """An answer in pages, or that there is no such page."""
        assert inbound.payload is not None
        try:
            return [result(inbound, write(inbound.payload, moment.rules.max_page))]
        except NoSuchItem as refused:
            failed = self.refuse(inbound, refused, None)
            return [failed] if failed is not None else []
