"""Changing configuration, information and the lists by pubsub, and telling of changes (XEP-0406 §3, XEP-0060 §7-8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from xml.etree.ElementTree import Element

from mix.core.channel import Channel
from mix.core.commands import Command, Configure
from mix.core.events import ConfigChanged, InfoChanged, ListsChanged
from mix.core.nodes import OPTIONAL, Node, node_named
from mix.core.ports import Outcome
from mix.core.refusals import (
    ChannelExists,
    MalformedRequest,
    NodeReadOnly,
    NoSuchItem,
    NoSuchNode,
    NotAllowed,
    ValueUnacceptable,
)
from mix.core.rights import Standing, exists, standing
from mix.core.visibility import Audience, is_disclosed
from mix.face import avatar, configform, infoform, nodes, presence
from mix.face.stanzas import PUBSUB
from mix.face.subscription import node_of
from pubsubnodes.addresses import MalformedAddress, RealJid
from pubsubnodes.errors import result
from pubsubnodes.stanza import Delivery, Inbound, Stanza
from pubsubnodes.xml import element

_LISTS: Mapping[Node, str] = {Node.ALLOWED: "allowed", Node.BANNED: "banned"}
_TOGETHER = frozenset({Node.AVATAR_DATA, Node.AVATAR_METADATA})


def parse_publish(inbound: Inbound, verb: Element, channel: Channel) -> Command:
    """Publish a form to config or info, or an entry to allowed or banned (XEP-0406 §3)."""
    node = node_of(verb)
    if not exists(channel, node):
        raise NoSuchNode()
    if node not in _PUBLISHERS:
        raise NodeReadOnly(node)
    _refuse_options(inbound)
    return _PUBLISHERS[node](inbound, _one_item(verb), channel)


def _config(inbound: Inbound, item: Element, channel: Channel) -> Command:
    if standing(channel, inbound.sender) is not Standing.OWNER:
        raise NotAllowed()  # before a word on what is wrong with the form
    config, lists = configform.read(_payload(item))
    nodes = config.get("nodes")
    if isinstance(nodes, frozenset):
        lists |= _emptied(channel, nodes)
    return Configure(actor=inbound.sender, config=config, info={}, lists=lists)


def _info(inbound: Inbound, item: Element, channel: Channel) -> Command:
    info = infoform.read(_payload(item))
    return Configure(actor=inbound.sender, config={}, info=info, lists={}, as_owner=False)


def _entry(field: str) -> Callable[[Inbound, Element, Channel], Command]:
    def publish(inbound: Inbound, item: Element, channel: Channel) -> Command:
        _must_keep_lists(inbound, channel)
        entries: frozenset[RealJid] = getattr(channel.lists, field)
        return _lists(inbound, field, entries | {_listed(item)})

    return publish


_PUBLISHERS: Mapping[Node, Callable[[Inbound, Element, Channel], Command]] = {
    Node.CONFIG: _config,
    Node.INFO: _info,
    Node.ALLOWED: _entry("allowed"),
    Node.BANNED: _entry("banned"),
    Node.AVATAR_DATA: avatar.parse_data,
    Node.AVATAR_METADATA: avatar.parse_metadata,
}


def parse_retract(inbound: Inbound, verb: Element, channel: Channel) -> Command:
    """Take an entry off allowed or banned; nothing else is retracted (XEP-0406 §3.3, XEP-0060 §7.2)."""
    node = node_of(verb)
    if not exists(channel, node):
        raise NoSuchNode()
    if node not in _LISTS:
        raise NodeReadOnly(node)
    _must_keep_lists(inbound, channel)
    entries: frozenset[RealJid] = getattr(channel.lists, _LISTS[node])
    entry = _listed(_one_item(verb))
    if entry not in entries:
        raise NoSuchItem()
    return _lists(inbound, _LISTS[node], entries - {entry})


def parse_purge(inbound: Inbound, verb: Element, channel: Channel) -> Command:
    """Empty allowed or banned (XEP-0060 §8.5, MIX-DEC-070)."""
    node = node_of(verb)
    if not exists(channel, node):
        raise NoSuchNode()
    if node not in _LISTS:
        raise NodeReadOnly(node)
    _must_keep_lists(inbound, channel)
    return _lists(inbound, _LISTS[node], frozenset())


def parse_create(inbound: Inbound, verb: Element, channel: Channel) -> Command:
    """Bring an optional node into being (XEP-0060 §8.1, MIX-DEC-069)."""
    return _with_nodes(inbound, verb, channel, creating=True)


def parse_delete(inbound: Inbound, verb: Element, channel: Channel) -> Command:
    """Do away with an optional node (XEP-0060 §8.4, MIX-DEC-069)."""
    return _with_nodes(inbound, verb, channel, creating=False)


def _with_nodes(inbound: Inbound, verb: Element, channel: Channel, *, creating: bool) -> Command:
    if standing(channel, inbound.sender) is not Standing.OWNER:
        raise NotAllowed()
    node = node_named(verb.get("node"))
    if node is None or node not in OPTIONAL:
        raise NodeReadOnly(node)
    present = channel.config.nodes
    if exists(channel, node) is creating:
        raise ChannelExists("node-exists") if creating else NoSuchNode()
    changed = _TOGETHER if node in _TOGETHER else frozenset({node})
    after = present | changed if creating else present - changed
    lists = _emptied(channel, after)
    return Configure(actor=inbound.sender, config={"nodes": after}, info={}, lists=lists, as_owner=False)


def _emptied(channel: Channel, nodes: frozenset[Node]) -> dict[str, frozenset[RealJid]]:
    """A node that goes takes its items with it: without `banned` nobody is banned any more (MIX-CFG-17)."""
    return {field: frozenset() for node, field in _LISTS.items() if node in channel.config.nodes - nodes}


def _lists(inbound: Inbound, field: str, entries: frozenset[RealJid]) -> Command:
    return Configure(actor=inbound.sender, config={}, info={}, lists={field: entries}, as_owner=False)


def _must_keep_lists(inbound: Inbound, channel: Channel) -> None:
    """Whether somebody may touch the lists is said before anything on what is in them."""
    if standing(channel, inbound.sender) < Standing.ADMIN:
        raise NotAllowed()


def _refuse_options(inbound: Inbound) -> None:
    """Options of a publish are preconditions: none that we could meet (XEP-0060 §7.1.5)."""
    request = inbound.payload
    if request is not None and request.find(f"{{{PUBSUB}}}publish-options") is not None:
        raise MalformedRequest("precondition-not-met")


def _one_item(verb: Element) -> Element:
    """The item; `<items/>` around it as in the examples of XEP-0406 is fine (MIX-DEC-052)."""
    nested = verb.find(f"{{{PUBSUB}}}items")
    items = (verb if nested is None else nested).findall(f"{{{PUBSUB}}}item")
    if not items:
        raise MalformedRequest("item-required")
    if len(items) > 1:
        raise MalformedRequest("one-item")
    return items[0]


def _payload(item: Element) -> Element | None:
    return item[0] if len(item) == 1 else None


def _listed(item: Element) -> RealJid:
    """The bare JID or domain an item is named by (XEP-0406 §2.2)."""
    if not item.get("id"):
        raise MalformedRequest("item-required")
    try:
        entry = RealJid.parse(item.get("id", ""))
    except MalformedAddress as error:
        raise ValueUnacceptable() from error
    if not entry.is_bare:
        raise ValueUnacceptable()
    return entry


def reply(inbound: Inbound, channel: Channel | None, outcome: Outcome) -> Iterable[Stanza]:
    """The id of what was published, which is the service's own choice (MIX-DEC-053, MIX-DEC-117)."""
    request = inbound.payload
    assert channel is not None
    assert request is not None
    verb = request.find(f"{{{PUBSUB}}}publish")
    if verb is None:
        return [result(inbound)]
    node = node_of(verb)
    name = nodes.names_of(channel, [_listed(_one_item(verb))]) if node in _LISTS else nodes.names_on(channel, node)
    published = element(PUBSUB, "publish", element(PUBSUB, "item", id=name[0]), node=node.value)
    return [result(inbound, element(PUBSUB, "pubsub", published))]


def render_config(event: ConfigChanged, channel: Channel, cause: Inbound | None) -> Iterable[Delivery]:
    """The new configuration first, then what follows from it (MIX-VIS-18, MIX-VIS-20)."""
    yield from nodes.announce(channel, Node.CONFIG, nodes.names_on(channel, Node.CONFIG))
    mode_changed = event.old.mode is not event.new.mode
    if mode_changed and exists(channel, Node.INFO):
        yield from nodes.announce(channel, Node.INFO, nodes.names_on(channel, Node.INFO))
    for node in sorted(event.old.nodes - event.new.nodes):
        yield from nodes.told(channel, node, [nodes.deleted(channel, node)])
    if mode_changed:
        yield from _shown_otherwise(event, channel)


def _shown_otherwise(event: ConfigChanged, channel: Channel) -> Iterator[Delivery]:
    """The people of whom others see more or less than before: their items, then their presence."""
    changed = [
        someone
        for someone in channel.participants.values()
        if is_disclosed(event.old.mode, someone.preferences.visibility, Audience.PUBLIC)
        is not is_disclosed(event.new.mode, someone.preferences.visibility, Audience.PUBLIC)
    ]
    yield from nodes.announce(channel, Node.PARTICIPANTS, [someone.id for someone in changed])
    for someone in changed:
        yield from presence.shown_again(channel, someone)


def render_info(event: InfoChanged, channel: Channel, cause: Inbound | None) -> Iterable[Delivery]:
    """The new information."""
    yield from nodes.announce(channel, Node.INFO, nodes.names_on(channel, Node.INFO))


def render_lists(event: ListsChanged, channel: Channel, cause: Inbound | None) -> Iterable[Delivery]:
    """Entries that came and went; owners and administrators stand in the configuration (XEP-0406 §2.4)."""
    if (event.old.owners, event.old.admins) != (event.new.owners, event.new.admins):
        yield from nodes.announce(channel, Node.CONFIG, nodes.names_on(channel, Node.CONFIG))
    for node, field in _LISTS.items():
        old: frozenset[RealJid] = getattr(event.old, field)
        new: frozenset[RealJid] = getattr(event.new, field)
        if gone := nodes.names_of(channel, old - new):
            emptied = not new and len(old) > 1
            told = [nodes.purged(channel, node)] if emptied else nodes.retracted(channel, node, gone)
            yield from nodes.told(channel, node, told)
        if come := nodes.names_of(channel, new - old):
            yield from nodes.announce(channel, node, come)
