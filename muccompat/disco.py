"""What a room and the service say of themselves (XEP-0045 §6, §16.3, §16.5.4)."""

from __future__ import annotations

from typing import Final
from xml.etree.ElementTree import Element

from mix.core.channel import Channel
from mix.core.config import Circle
from mix.core.nodes import Node
from mix.core.ports import Moment, Rules
from mix.core.registration import registered_nick
from mix.core.rights import may_read
from mix.core.visibility import Mode, Sight
from muccompat import activity, hats, pages, subject, vcard
from muccompat.configform import PAST
from muccompat.conversion import AT_ONCE
from muccompat.indicators import RAI
from muccompat.mav import MAV
from muccompat.occupants import address_of, is_broadcast, is_in_room, occupants
from muccompat.registration import FORM_TYPE as REGISTER_FORM
from muccompat.registration import REGISTER
from muccompat.selfping import PING_FEATURE
from muccompat.stanzas import HATS, MUC, OCCUPANT_ID, ROOMCONFIG, ROOMINFO, STANZA_ID
from muccompat.voice import FORM_TYPE as VOICE_FORM
from pubsubnodes import software
from pubsubnodes.addresses import RealJid
from pubsubnodes.adhoc import COMMANDS
from pubsubnodes.disco import INFO, About, mirror, write_items
from pubsubnodes.forms import Field
from pubsubnodes.mam import EXTENDED, MAM
from pubsubnodes.retraction import MODERATE, RETRACT, TOMBSTONE
from pubsubnodes.xml import element

MOST_ITEMS: Final = 250
"""Occupants of one answer to somebody who pages not."""

RESERVED_NICK: Final = "x-roomuser-item"
TRAFFIC: Final = f"{MUC}#traffic"
MIX_NODE: Final = "mix"
"""The node under which a channel describes itself to MIX clients (XEP-0408 §2)."""

UNIQUE: Final = f"{MUC}#unique"
STABLE_ID: Final = f"{MUC}#stable_id"
SELF_PING: Final = f"{MUC}#self-ping-optimization"


def of_service(rules: Rules, viewer: RealJid) -> About:
    """The service as a place of rooms."""
    commands = (COMMANDS,) if viewer.bare in rules.operators else ()
    features = (MUC, "muc_rooms", STABLE_ID, OCCUPANT_ID, UNIQUE, AT_ONCE, RAI, *commands)
    identities = (("conference", "text", rules.name),)
    if rules.room_domain is None:
        return About(identities, features)
    return About(identities, (*features, PING_FEATURE, software.VERSION), (mirror("mix", rules.domain),))


def of_room(channel: Channel, viewer: RealJid, lang: str | None, moment: Moment) -> About:
    """A room: its kind for everybody, what is said in it only where anybody could go and listen."""
    config = channel.config
    kinds = (
        ("muc_public" if config.listed else "muc_hidden"),
        ("muc_persistent" if config.persistent else "muc_temporary"),
        ("muc_membersonly" if config.members_only else "muc_open"),
        ("muc_moderated" if config.moderated else "muc_unmoderated"),
        ("muc_nonanonymous" if config.mode is Mode.VISIBLE else "muc_semianonymous"),
        ("muc_passwordprotected" if config.password else "muc_unsecured"),
    )
    features = [MUC, STABLE_ID, SELF_PING, OCCUPANT_ID, STANZA_ID, MAM, EXTENDED, ROOMCONFIG, ROOMINFO]
    features += [RETRACT, TOMBSTONE, MAV, HATS, COMMANDS]
    if config.retraction_by is not Circle.NOBODY:
        features.append(MODERATE)
    forms = (VOICE_FORM,) if moment.rules.registration == "off" else (REGISTER, REGISTER_FORM, VOICE_FORM)
    return About(
        (("conference", "text", channel.info.read_in(lang).name or channel.jid.local),),
        (*kinds, *features, *forms, *((vcard.VCARD,) if vcard.is_offered(channel) else ())),
        ((ROOMINFO, (*_info(channel, viewer, lang), *activity.fields(channel, moment.now))),),
    )


def _info(channel: Channel, viewer: RealJid, lang: str | None) -> list[Field]:
    config = channel.config
    changing = "1" if config.changing_subject else "0"
    fields = [
        Field("muc#roominfo_subjectmod", "boolean", [changing]),
        Field("muc#roomconfig_changesubject", "boolean", [changing]),
        Field("muc#maxhistoryfetch", "text-single", [str(config.history)]),
    ]
    if not config.past_shown:
        fields.append(Field(PAST, "boolean", ["0"]))
    fields += [*vcard.hashes(channel, viewer), *hats.hash_of(channel)]
    if config.lang:
        fields.append(Field("muc#roominfo_lang", "text-single", [config.lang]))
    if config.pubsub:
        fields.append(Field("muc#roomconfig_pubsub", "text-single", [config.pubsub]))
    if description := channel.info.read_in(lang).description:
        fields.append(Field("muc#roominfo_description", "text-single", [description]))
    if channel.info.contact and may_read(channel, viewer, Node.INFO):
        contact = [Sight.listed_jid(jid).text for jid in channel.info.contact]
        fields.append(Field("muc#roominfo_contactjid", "jid-multi", contact))
    open_to_all = config.listed and not config.members_only and not config.password
    if open_to_all or is_in_room(channel, viewer):
        count = sum(1 for _ in occupants(channel))
        fields.append(Field("muc#roominfo_occupants", "text-single", [str(count)]))
        if topic := subject.text(channel):
            fields.append(Field("muc#roominfo_subject", "text-single", [topic]))
    return fields


def items(channel: Channel, viewer: RealJid, query: Element, most: int) -> Element:
    """Who is there: for occupants only, with nothing said about them, and nobody whose presence the room does not show
    (XEP-0045 §6.5). Raises `NoSuchItem` for a page that starts nowhere."""
    if not is_in_room(channel, viewer):
        return write_items(())
    me = channel.participant_of(viewer.bare)
    there = [
        address_of(channel, someone).text
        for someone in occupants(channel)
        if someone is me or is_broadcast(channel, someone)
    ]
    found, window = pages.cut(there, query, str, most, MOST_ITEMS)
    return write_items(((jid, None, None) for jid in found), *window)


def reserved_nick(channel: Channel, viewer: RealJid) -> Element:
    """The nick kept for somebody: a registered one, or that of a MIX participant (XEP-0045 §7.12)."""
    nick = registered_nick(channel, viewer.bare)
    identity = element(INFO, "identity", category="conference", type="text", name=nick.text) if nick else None
    return element(INFO, "query", identity, node=RESERVED_NICK)
