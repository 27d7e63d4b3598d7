"""Which feature a request, an answer or an event belongs to: tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

from mix.core import commands, events, transient
from mix.core.avatar import AvatarChanged, OfferImage, ShowAvatar
from mix.core.channel import Channel
from mix.core.commands import Command, Look
from mix.core.events import Event
from mix.core.onlookers import OnlookerGone, OnlookerShown
from mix.core.ports import Outcome
from mix.core.refusals import MalformedRequest
from mix.core.registering import RegisterNick
from mix.core.tokens import RequestInvitation
from mix.face import (
    admin,
    avatar,
    disco,
    history,
    invitations,
    lifecycle,
    membership,
    messages,
    nick,
    onlookers,
    preferences,
    presence,
    private,
    registering,
    relay,
    retraction,
    subscription,
)
from mix.face.stanzas import CORES, JOINS, PING, PUBSUB, PUBSUB_OWNER
from pubsubnodes.retraction import REQUEST
from pubsubnodes.stanza import Delivery, Inbound, Stanza

Parse = Callable[[Inbound, Element, Channel], Command | None]
Reply = Callable[[Inbound, Channel | None, Outcome], Iterable[Stanza | None]]
Render = Callable[[Any, Channel, Inbound | None], Iterable[Delivery]]


class Route(NamedTuple):
    """How one request is parsed, and whether it is a get, a set or both."""

    types: frozenset[str]
    parse: Parse


_GET, _SET = frozenset({"get"}), frozenset({"set"})
_BOTH = _GET | _SET


def _in_cores(name: str) -> list[str]:
    return [f"{{{namespace}}}{name}" for namespace in CORES]


def _pong(inbound: Inbound, request: Element, channel: Channel) -> Command:
    return Look(actor=inbound.sender, subject=LOOK_PING)


def _wrong_address(inbound: Inbound, request: Element, channel: Channel) -> Command:
    raise MalformedRequest()  # creating and destroying is the service's, not a channel's


LOOK_PING, LOOK_VERSION = "ping", "version"

REQUESTS: Mapping[str, Route] = {
    disco.INFO_QUERY: Route(_GET, disco.parse_channel_info),
    disco.ITEMS_QUERY: Route(_GET, disco.parse_channel_items),
    f"{{{PING}}}ping": Route(_GET, _pong),
    preferences.REQUEST: Route(_BOTH, preferences.parse),
    invitations.REQUEST: Route(_BOTH, invitations.parse),
    REQUEST: Route(_SET, retraction.parse_moderate),
    **dict.fromkeys(JOINS, Route(_SET, membership.parse_join)),
    **dict.fromkeys(_in_cores("update-subscription"), Route(_SET, membership.parse_update)),
    **dict.fromkeys(_in_cores("setnick"), Route(_SET, nick.parse)),
    **dict.fromkeys(lifecycle.CREATES | lifecycle.DESTROYS, Route(_BOTH, _wrong_address)),
}

VERBS: Mapping[str, Mapping[str, Route]] = {
    PUBSUB: {
        "items": Route(_GET, subscription.parse_items),
        "subscriptions": Route(_GET, subscription.parse_subscriptions),
        "affiliations": Route(_GET, subscription.parse_affiliations),
        "subscribe": Route(_SET, subscription.parse_subscribe),
        "unsubscribe": Route(_SET, subscription.parse_unsubscribe),
        "publish": Route(_SET, admin.parse_publish),
        "retract": Route(_SET, admin.parse_retract),
        "create": Route(_SET, admin.parse_create),
    },
    PUBSUB_OWNER: {
        "purge": Route(_SET, admin.parse_purge),
        "delete": Route(_SET, admin.parse_delete),
    },
}
"""Operations of XEP-0060; of each request the first known one counts."""

NOT_OFFERED: Mapping[str, Mapping[str, str]] = {
    PUBSUB: {
        "options": "subscription-options",
        "default": "retrieve-default-sub",
        "affiliations": "modify-affiliations",
    },
    PUBSUB_OWNER: {
        "affiliations": "modify-affiliations",
        "configure": "config-node",
        "default": "retrieve-default",
        "subscriptions": "manage-subscriptions",
    },
}
"""The feature of XEP-0060 §10 that an unsupported operation would be."""

REPLIES: Mapping[type[Command], Reply] = {
    commands.CreateChannel: lifecycle.reply_created,
    commands.DestroyChannel: lifecycle.reply_destroyed,
    commands.Join: membership.reply_join,
    commands.Leave: membership.reply_leave,
    commands.UpdateSubscription: membership.reply_update,
    commands.SetNick: nick.reply,
    commands.SetPreferences: preferences.reply,
    commands.RefreshPresence: presence.reply,
    commands.ReadNode: subscription.reply_items,
    commands.Subscribe: subscription.reply_subscribed,
    commands.Unsubscribe: subscription.reply_unsubscribed,
    commands.Configure: admin.reply,
    RequestInvitation: invitations.reply,
    RegisterNick: registering.reply,
    OfferImage: avatar.reply,
    ShowAvatar: avatar.reply,
    commands.ReadArchive: history.reply,
    commands.Retract: retraction.reply,
    commands.ReadDirectory: disco.reply_directory,
}

LOOKS: Mapping[str, Reply] = {
    disco.LOOK_LEAF: disco.reply_leaf,
    disco.LOOK_NODES: disco.reply_nodes,
    disco.LOOK_NO_ITEMS: disco.reply_no_items,
    LOOK_PING: disco.reply_ping,
    LOOK_VERSION: disco.reply_version,
    preferences.LOOK: preferences.reply,
    presence.LOOK: presence.reply_subscription,
    subscription.LOOK_SUBSCRIPTIONS: subscription.reply_subscriptions,
    subscription.LOOK_AFFILIATIONS: subscription.reply_affiliations,
    history.LOOK_FORM: history.reply_form,
    history.LOOK_NOTHING: history.reply_nothing,
}

RENDERERS: Mapping[type[Event], Render] = {
    events.ParticipantJoined: membership.render_joined,
    events.ParticipantLeft: membership.render_left,
    events.StayChanged: membership.render_stay,
    events.Subscribed: membership.render_subscribed,
    events.ChannelDestroyed: membership.render_destroyed,
    events.NickChanged: nick.render,
    events.PreferencesChanged: preferences.render,
    events.SessionOpened: presence.render_opened,
    events.SessionChanged: presence.render_changed,
    events.SessionClosed: presence.render_closed,
    OnlookerShown: onlookers.render_shown,
    OnlookerGone: onlookers.render_gone,
    events.MessagePosted: messages.render,
    events.SubjectChanged: messages.render,
    transient.PrivateMessagePosted: private.render,
    transient.PrivateMessageBounced: private.render_bounced,
    transient.RequestRelayed: relay.render_relayed,
    transient.RequestAnswered: relay.render_answered,
    transient.RequestFailed: relay.render_failed,
    events.ConfigChanged: admin.render_config,
    events.InfoChanged: admin.render_info,
    events.ListsChanged: admin.render_lists,
    AvatarChanged: avatar.render,
}


PUBSUBS: Mapping[str, str] = {f"{{{namespace}}}pubsub": namespace for namespace in (PUBSUB, PUBSUB_OWNER)}
