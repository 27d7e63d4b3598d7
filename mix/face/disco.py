"""Discovery of the service and of its channels, for all faces together (XEP-0369 §6, XEP-0030)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.etree.ElementTree import Element

from mix.core.channel import Channel
from mix.core.commands import Command, Look, ReadDirectory
from mix.core.nodes import Node, node_named
from mix.core.ports import Face, Listing, Outcome, Rules
from mix.core.refusals import Banned, MalformedRequest, NodeClosed, NoSuchNode
from mix.core.rights import exists, may_know_of, may_read, may_subscribe
from mix.face import registering
from mix.face.stanzas import ADMIN, ANON, CORE, PING, PRESENCE, PUBSUB, SID, VERSION
from pubsubnodes import software
from pubsubnodes.addresses import RealJid
from pubsubnodes.adhoc import COMMANDS
from pubsubnodes.disco import INFO, ITEMS, About, mirror, write_info, write_items
from pubsubnodes.errors import result
from pubsubnodes.forms import Field
from pubsubnodes.mam import EXTENDED, MAM
from pubsubnodes.paging import Page, PageRequest
from pubsubnodes.rsm import MalformedSet, read_set, write_set
from pubsubnodes.stanza import Inbound, Stanza

INFO_QUERY = f"{{{INFO}}}query"
ITEMS_QUERY = f"{{{ITEMS}}}query"
MIX_NODE = "mix"
SERVER_INFO = "http://jabber.org/network/serverinfo"

LOOK_INFO = "disco#info"
LOOK_LEAF = "disco#info of a node"
LOOK_NODES = "disco#items node=mix"
LOOK_NO_ITEMS = "disco#items of what has none"

_PUBSUB_FEATURES = (
    "create-nodes",
    "delete-nodes",
    "item-ids",
    "publish",
    "purge-nodes",
    "retract-items",
    "retrieve-affiliations",
    "retrieve-items",
    "retrieve-subscriptions",
    "rsm",
    "subscribe",
)
_CHANNEL_FEATURES = (
    CORE,
    ANON,
    ADMIN,
    MAM,
    EXTENDED,
    SID,
    PING,
    PUBSUB,
    *(f"{PUBSUB}#{feature}" for feature in _PUBSUB_FEATURES),
)


def describe(channel: Channel | None, viewer: RealJid, lang: str | None, rules: Rules) -> About:
    """What MIX says of the service, or of a channel (XEP-0369 §6.1 and §6.3)."""
    if channel is not None:
        presence = (PRESENCE,) if Node.PRESENCE in channel.config.nodes else ()
        name = channel.info.read_in(lang).name or None
        return About((("conference", "mix", name),), (*_CHANNEL_FEATURES, *presence))
    features = [CORE, PING, VERSION]
    if rules.searchable:
        features.append(f"{CORE}#searchable")
    if rules.registered_nicks:
        features.append(registering.FEATURE)
    if viewer.bare in rules.operators:
        features.append(COMMANDS)
    if rules.may_create(viewer):
        features.append(f"{CORE}#create-channel")
    mirrors = () if rules.room_domain is None else (mirror("muc", rules.room_domain),)
    contacts = ((SERVER_INFO, (Field("admin-addresses", "list-multi", rules.contact),)),) if rules.contact else ()
    return About((("conference", "mix", rules.name),), tuple(features), (*mirrors, *contacts))


def parse_service_items(inbound: Inbound, request: Element, rules: Rules) -> Command:
    """Ask which channels there are; a service that is not to be searched has none to show (XEP-0369 §6.2)."""
    if not rules.searchable:
        return Look(actor=inbound.sender, subject=LOOK_NO_ITEMS)
    try:
        page = read_set(request) or PageRequest()
    except MalformedSet as error:
        raise MalformedRequest() from error
    limit = rules.max_page if page.limit is None else min(page.limit, rules.max_page)
    within = PageRequest(limit, page.after, page.before, page.index)
    return ReadDirectory(actor=inbound.sender, page=within, lang=inbound.lang)


def parse_channel_info(inbound: Inbound, request: Element, channel: Channel) -> Command | None:
    """Ask what a channel, or one of its nodes, is; nodes MIX has no word for are another face's."""
    _must_not_be_banned(inbound, channel)
    name = request.get("node")
    if name in (None, "", MIX_NODE):
        return Look(actor=inbound.sender, subject=LOOK_INFO)
    node = node_named(name)
    if node is None:
        return None
    _must_be_open(inbound, channel, node)
    return Look(actor=inbound.sender, subject=LOOK_LEAF)


def parse_channel_items(inbound: Inbound, request: Element, channel: Channel) -> Command | None:
    """Ask for the nodes of a channel; without `node='mix'` that is a question to the room (XEP-0369 §6.4)."""
    name = request.get("node")
    if not name:
        return None
    _must_not_be_banned(inbound, channel)
    if name == MIX_NODE:
        return Look(actor=inbound.sender, subject=LOOK_NODES)
    node = node_named(name)
    if node is None:
        return None
    _must_be_open(inbound, channel, node)
    return Look(actor=inbound.sender, subject=LOOK_NO_ITEMS)


def _must_not_be_banned(inbound: Inbound, channel: Channel) -> None:
    if not may_know_of(channel, inbound.sender):
        raise Banned()


def _must_be_open(inbound: Inbound, channel: Channel, node: Node) -> None:
    if not exists(channel, node):
        raise NoSuchNode()
    if not (may_subscribe(channel, inbound.sender, node) or may_read(channel, inbound.sender, node)):
        raise NodeClosed()


def reply_info(inbound: Inbound, channel: Channel | None, outcome: Outcome, faces: Iterable[Face]) -> Iterable[Stanza]:
    """One answer of all faces together (XEP-0408 §2)."""
    abouts = (face.describe(channel, inbound.sender, inbound.lang, outcome.moment) for face in faces)
    return [result(inbound, write_info(abouts, node=_node(inbound)))]


def reply_leaf(inbound: Inbound, channel: Channel | None, outcome: Outcome) -> Iterable[Stanza]:
    """A node is a leaf, and that is all there is to say (XEP-0060 §5.3)."""
    about = About((("pubsub", "leaf", None),), (PUBSUB,))
    return [result(inbound, write_info([about], node=_node(inbound)))]


def reply_nodes(inbound: Inbound, channel: Channel | None, outcome: Outcome) -> Iterable[Stanza]:
    """The nodes that exist and that the one who asks may subscribe to (XEP-0369 §6.4)."""
    assert channel is not None
    jid, who = channel.jid.text, inbound.sender
    listed = [(jid, n.value, None) for n in Node if exists(channel, n) and may_subscribe(channel, who, n)]
    return [result(inbound, write_items(listed, node=_node(inbound)))]


def reply_no_items(inbound: Inbound, channel: Channel | None, outcome: Outcome) -> Iterable[Stanza]:
    """An empty list."""
    return [result(inbound, write_items((), node=_node(inbound)))]


def reply_directory(inbound: Inbound, channel: Channel | None, outcome: Outcome) -> Iterable[Stanza]:
    """A page of the channels there are, for clients of either kind (MIX-CHL-09)."""
    assert isinstance(outcome.command, ReadDirectory)
    assert isinstance(outcome.found, Page)
    found: Sequence[Listing] = [item for item in outcome.found.items if isinstance(item, Listing)]
    request = inbound.payload
    asked = request is not None and read_set(request) is not None
    window = [write_set(outcome.found)] if asked or not outcome.found.complete else []
    return [result(inbound, write_items([(item.jid.text, None, item.name) for item in found], *window))]


def reply_version(inbound: Inbound, channel: Channel | None, outcome: Outcome) -> Iterable[Stanza]:
    """Which software this is (XEP-0092)."""
    return [result(inbound, software.write())]


def reply_ping(inbound: Inbound, channel: Channel | None, outcome: Outcome) -> Iterable[Stanza]:
    """Pong (XEP-0199)."""
    return [result(inbound)]


def _node(inbound: Inbound) -> str | None:
    return inbound.payload.get("node") if inbound.payload is not None else None
