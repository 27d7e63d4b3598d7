"""Plain pubsub on a channel's nodes: items, subscriptions, affiliations (XEP-0060 §5-6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from xml.etree.ElementTree import Element

from mix.core.channel import Channel
from mix.core.commands import Command, Look, ReadNode, Subscribe, Unsubscribe
from mix.core.nodes import Node, node_named
from mix.core.ports import Outcome
from mix.core.refusals import (
    MalformedAddressee,
    MalformedRequest,
    NoSuchItem,
    NoSuchNode,
    NotAllowed,
)
from mix.core.rights import Standing, exists, is_in, may_read, may_subscribe, standing
from mix.face import nodes
from mix.face.errors import refuse
from mix.face.stanzas import PUBSUB
from pubsubnodes.addresses import MalformedAddress, RealJid
from pubsubnodes.errors import result
from pubsubnodes.paging import NoSuchPage, Page, PageRequest, page_of
from pubsubnodes.rsm import MalformedSet, read_set, write_set
from pubsubnodes.stanza import Inbound, Stanza
from pubsubnodes.xml import element

LOOK_SUBSCRIPTIONS = "subscriptions"
LOOK_AFFILIATIONS = "affiliations"

MOST_ITEMS = 1000
"""Items of one answer to somebody who pages not."""

LARGEST_ANSWER = 300_000
"""Bytes of items in one answer: hosts close the stream at 512 KiB a stanza, and escaping takes its share."""


def node_of(verb: Element) -> Node:
    """The node a verb is about."""
    if not verb.get("node"):
        raise MalformedRequest("nodeid-required")
    node = node_named(verb.get("node"))
    if node is None:
        raise NoSuchNode()
    return node


def parse_items(inbound: Inbound, verb: Element, channel: Channel) -> Command:
    """Fetch items: all, some by id, the newest, or a page (XEP-0060 §6.5)."""
    newest = verb.get("max_items")
    if newest is not None and not (newest.isascii() and newest.isdigit() and len(newest) < 10):
        raise MalformedRequest()
    request = inbound.payload
    assert request is not None
    try:
        page = read_set(request)
    except MalformedSet as error:
        raise MalformedRequest() from error
    ids = [id for item in verb.findall(f"{{{PUBSUB}}}item") if (id := item.get("id"))]
    return ReadNode(
        actor=inbound.sender,
        node=node_of(verb),
        ids=ids,
        newest=int(newest) if newest is not None else None,
        page=page,
    )


def parse_subscribe(inbound: Inbound, verb: Element, channel: Channel) -> Command:
    """Subscribe one's own account (XEP-0060 §6.1)."""
    node = node_of(verb)
    if not _is_own(verb, inbound):
        raise MalformedRequest("invalid-jid")
    return Subscribe(actor=inbound.sender, node=node)


def parse_unsubscribe(inbound: Inbound, verb: Element, channel: Channel) -> Command:
    """End a subscription of one's own account (XEP-0060 §6.2)."""
    node = node_of(verb)
    if not _is_own(verb, inbound):
        raise NotAllowed()
    return Unsubscribe(actor=inbound.sender, node=node)


def parse_subscriptions(inbound: Inbound, verb: Element, channel: Channel) -> Command:
    """Ask for one's own subscriptions (XEP-0060 §5.6)."""
    return Look(actor=inbound.sender, subject=LOOK_SUBSCRIPTIONS)


def parse_affiliations(inbound: Inbound, verb: Element, channel: Channel) -> Command:
    """Ask for one's own affiliations (XEP-0060 §5.7)."""
    return Look(actor=inbound.sender, subject=LOOK_AFFILIATIONS)


def _is_own(verb: Element, inbound: Inbound) -> bool:
    try:
        return RealJid.parse(verb.get("jid", "")).bare == inbound.sender.bare
    except MalformedAddress as error:
        raise MalformedAddressee() from error


def reply_items(inbound: Inbound, channel: Channel | None, outcome: Outcome) -> Iterable[Stanza | None]:
    """The items, as many as one stanza carries; a `<set/>` says where the rest begins (XEP-0060 §6.5.4)."""
    command = outcome.command
    assert channel is not None
    assert isinstance(command, ReadNode)
    names = nodes.names_on(channel, command.node)
    if command.ids:
        known = frozenset(names)
        names = [name for name in dict.fromkeys(command.ids) if name in known]
    if command.newest is not None:
        names = names[len(names) - min(command.newest, len(names)) :]
    most = outcome.moment.rules.max_page if command.page is not None else MOST_ITEMS
    try:
        page = page_of(names, command.page or PageRequest(), str, most)
    except NoSuchPage:
        return [refuse(inbound, NoSuchItem())]
    audience = nodes.reading(channel, command.node, inbound.sender)
    items = [
        element(PUBSUB, "item", nodes.payload_of(channel, command.node, name, audience), id=name) for name in page.items
    ]
    fitting = _fitting(items, from_end=command.page is not None and command.page.before == "")
    if len(fitting) < len(items):
        page = _cut(page, fitting)
    window = write_set(page) if command.page is not None or not page.complete else None
    return [
        result(
            inbound,
            element(PUBSUB, "pubsub", element(PUBSUB, "items", *fitting, node=command.node.value), window),
        )
    ]


def _fitting(items: Sequence[Element], *, from_end: bool) -> Sequence[Element]:
    """As many items as fit one answer, from the end that was asked for; at least one."""
    weight, count = 0, 0
    for item in reversed(items) if from_end else items:
        weight += 100 + sum(60 + len(node.text or "") * 4 + len(node.get("id", "")) * 4 for node in item.iter())
        if weight > LARGEST_ANSWER and count:
            break
        count += 1
    return items[len(items) - count :] if from_end else items[:count]


def _cut(page: Page[str], items: Sequence[Element]) -> Page[str]:
    names = [item.get("id", "") for item in items]
    index = page.index + page.items.index(names[0]) if page.index is not None else None
    return Page(names, first=names[0], last=names[-1], index=index, count=page.count, complete=False)


def reply_subscribed(inbound: Inbound, channel: Channel | None, outcome: Outcome) -> Iterable[Stanza]:
    """The subscription there is now."""
    assert channel is not None
    assert isinstance(outcome.command, Subscribe)
    return [result(inbound, element(PUBSUB, "pubsub", _subscription(inbound, channel, outcome.command.node)))]


def reply_unsubscribed(inbound: Inbound, channel: Channel | None, outcome: Outcome) -> Iterable[Stanza]:
    """An empty result."""
    return [result(inbound)]


def reply_subscriptions(inbound: Inbound, channel: Channel | None, outcome: Outcome) -> Iterable[Stanza]:
    """One's own subscriptions, of all nodes or of one."""
    assert channel is not None
    asked = _asked_node(inbound, "subscriptions")
    mine = channel.subscriptions.get(inbound.sender.bare, frozenset())
    wanted = sorted(node for node in mine if asked is None or node_named(asked) is node)
    listed = element(PUBSUB, "subscriptions", *(_subscription(inbound, channel, node) for node in wanted), node=asked)
    return [result(inbound, element(PUBSUB, "pubsub", listed))]


def reply_affiliations(inbound: Inbound, channel: Channel | None, outcome: Outcome) -> Iterable[Stanza]:
    """One's own affiliations: clients read from them what they may edit (MIX-DEC-071)."""
    assert channel is not None
    asked = _asked_node(inbound, "affiliations")
    rows = (
        element(PUBSUB, "affiliation", node=node.value, affiliation=affiliation)
        for node in Node
        if exists(channel, node)
        and (asked is None or node_named(asked) is node)
        and (affiliation := _affiliation(channel, inbound.sender, node)) is not None
    )
    return [result(inbound, element(PUBSUB, "pubsub", element(PUBSUB, "affiliations", *rows, node=asked)))]


def _asked_node(inbound: Inbound, verb: str) -> str | None:
    request = inbound.payload
    found = request.find(f"{{{PUBSUB}}}{verb}") if request is not None else None
    return found.get("node") if found is not None else None


def _subscription(inbound: Inbound, channel: Channel, node: Node) -> Element:
    jid = channel.sight.own_jid(inbound.sender.bare).text
    return element(PUBSUB, "subscription", node=node.value, jid=jid, subscription="subscribed")


def _affiliation(channel: Channel, who: RealJid, node: Node) -> str | None:
    rank, config = standing(channel, who), channel.config
    if rank is Standing.OWNER:
        return "owner"
    if rank is Standing.BANNED:
        return "outcast"
    publishing: Mapping[Node, bool] = {
        Node.MESSAGES: rank >= Standing.PARTICIPANT and channel.participant_of(who.bare) is not None,
        Node.INFO: is_in(config.info_by, rank),
        Node.AVATAR_DATA: is_in(config.avatar_by, rank),
        Node.AVATAR_METADATA: is_in(config.avatar_by, rank),
        Node.ALLOWED: rank >= Standing.ADMIN,
        Node.BANNED: rank >= Standing.ADMIN,
    }
    if publishing.get(node, False):
        return "publisher"
    return "member" if may_subscribe(channel, who, node) or may_read(channel, who, node) else None
