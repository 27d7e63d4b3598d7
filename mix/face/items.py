"""Archived changes of nodes, each as the notification of it was, for whoever reads it now (XEP-0442 §3)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from mix.core.channel import Channel
from mix.core.items import ConfigFact, InfoFact, Item, PersonFact
from mix.core.visibility import Audience
from mix.face import configform, infoform, nodes
from mix.face.stanzas import CORE, PUBSUB_EVENT
from pubsubnodes.mam import stamp
from pubsubnodes.stanza import Stanza
from pubsubnodes.xml import element


def archived(channel: Channel, item: Item, audience: Audience) -> Stanza:
    """One item, or its retraction; an address of a participant stands in it only if it was shown then and is now."""
    match item.fact:
        case PersonFact(id, gone=True):
            change = element(PUBSUB_EVENT, "retract", id=id)
        case PersonFact() as person:
            change = _item(person.id, _participant(channel, person, audience))
        case InfoFact(info, mode):
            change = _item(stamp(item.at), infoform.written(info, mode))
        case ConfigFact(config, owners, admins, by):
            change = _item(stamp(item.at), configform.written(config, owners, admins, by))
    return nodes.notification(channel, element(PUBSUB_EVENT, "items", change, node=item.node.value), item.id)


def _item(name: str, payload: Element) -> Element:
    return element(PUBSUB_EVENT, "item", payload, id=name)


def _participant(channel: Channel, person: PersonFact, audience: Audience) -> Element:
    someone = channel.participants.get(person.id)
    jid = channel.sight.archived_jid(someone, disclosed_then=person.disclosed, audience=audience)
    return element(
        CORE,
        "participant",
        element(CORE, "nick", text=person.nick.text) if person.nick is not None else None,
        element(CORE, "jid", text=jid.text) if jid is not None else None,
    )
