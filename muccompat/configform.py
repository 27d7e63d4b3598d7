"""The configuration form, out and in (XEP-0045 §10.1.3, §10.2, §16.5.3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final
from xml.etree.ElementTree import Element

from mix.core.channel import Channel
from mix.core.commands import Configure
from mix.core.config import EVERYBODY, Config, Footing, Whisperers
from mix.core.nodes import Node
from mix.core.refusals import MalformedAddressee, MalformedRequest, ValueUnacceptable
from mix.core.visibility import Mode, Sight
from muccompat.standing import circle_of, roles_of
from muccompat.stanzas import OWNER, ROOMCONFIG
from pubsubnodes.addresses import MalformedAddress, RealJid
from pubsubnodes.forms import Field, MalformedForm, read_boolean, read_days, read_form, write_form
from pubsubnodes.xml import element

NAME_LIMIT: Final = 200
DESCRIPTION_LIMIT: Final = 4_000
SECRET_LIMIT: Final = 256
_SIZES: Final = (10, 20, 30, 50, 100, 200, 500, 1000)

LOCK: Final = "{urn:mixd:room:0}lock_nicks"
RANKS: Final = "{urn:mixd:room:0}protect_ranks"
PAST: Final = "{urn:mixd:room:0}past_for_newcomers"
KEEP: Final = "{urn:mixd:room:0}keep_days"
"""Fields of our own, which is why they have no names of the registry's (XEP-0068 §3.4)."""

_BOOLEANS: Final[Mapping[str, str]] = {
    "publicroom": "listed",
    "persistentroom": "persistent",
    "moderatedroom": "moderated",
    "changesubject": "changing_subject",
    "enablelogging": "logged",
    "allowinvites": "invitation_by_participants",
    LOCK: "nicks_locked",
    RANKS: "ranks_protected",
}
"""Fields that are settings by another name."""

_WHISPERERS: Final[Mapping[str, Whisperers]] = {
    "anyone": Whisperers.ANYONE,
    "participants": Whisperers.SPEAKERS,
    "moderators": Whisperers.MODERATORS,
}
_NO_WHISPERS: Final = "none"
_PMS: Final = [(name, name.capitalize()) for name in (*_WHISPERERS, _NO_WHISPERS)]
_ROLES: Final = [(role, f"{role.capitalize()}s") for role in roles_of(EVERYBODY)]
_TAG: Final = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
"""The form of a language tag (RFC 5646 §2.1)."""
_XMPP_URI: Final = re.compile(r"xmpp:\S+")


def write(channel: Channel) -> Element:
    """The form as its owner gets it, with everything as it is."""
    config, lists = channel.config, channel.lists
    most = str(config.max_occupants) if config.max_occupants is not None else "none"
    sizes = dict.fromkeys([*map(str, _SIZES), "none", most])
    fields = [
        _field("roomname", "text-single", [channel.info.name], "Name"),
        _field("roomdesc", "text-single", [channel.info.description], "Description"),
        _field("persistentroom", "boolean", [_bit(config.persistent)], "Keep the room when the last person leaves"),
        _field("publicroom", "boolean", [_bit(config.listed)], "List the room in public"),
        _field("membersonly", "boolean", [_bit(config.members_only)], "Only members may enter"),
        _field("moderatedroom", "boolean", [_bit(config.moderated)], "Only people with voice may speak"),
        _field("changesubject", "boolean", [_bit(config.changing_subject)], "Anybody may change the subject"),
        _field(
            "whois",
            "list-single",
            ["anyone" if config.mode is Mode.VISIBLE else "moderators"],
            "Who may see real addresses",
            [("moderators", "Moderators only"), ("anyone", "Anyone")],
        ),
        _field("passwordprotectedroom", "boolean", [_bit(bool(config.password))], "Ask for a password"),
        _field("roomsecret", "text-private", [config.password], "The password"),
        _field("maxusers", "list-single", [most], "Most people at a time", [(size, size) for size in sizes]),
        _field("lang", "text-single", [config.lang], "Language"),
        _field("enablelogging", "boolean", [_bit(config.logged)], "What is said here is published"),
        _field("allowinvites", "boolean", [_bit(config.invitation_by_participants)], "Members may invite"),
        _field("allowpm", "list-single", [_whisperers(config)], "Who may send private messages", _PMS),
        _field("presencebroadcast", "list-multi", roles_of(config.presence_of), "Whose presence is shown", _ROLES),
        _field("getmemberlist", "list-multi", roles_of(config.members_shown_to), "Who may list the members", _ROLES),
        Field(LOCK, "boolean", [_bit(config.nicks_locked)], "Who has registered a nick goes by it"),
        Field(RANKS, "boolean", [_bit(config.ranks_protected)], "Moderators leave what those above them said"),
        _field("pubsub", "text-single", [config.pubsub], "XMPP URI of a pubsub node of the room"),
        Field("muc#maxhistoryfetch", "text-single", [str(config.history)], "Messages shown to newcomers"),
        Field(PAST, "boolean", [_bit(config.past_shown)], "Newcomers see what was said before they were let in"),
        Field(KEEP, "text-single", [_days(config)], "Days for which what is said is kept, if not as long as others'"),
        _field("roomowners", "jid-multi", _people(lists.owners), "Owners"),
        _field("roomadmins", "jid-multi", _people(lists.admins), "Administrators"),
    ]
    title = f"Configuration of {channel.info.name or channel.jid.local}"
    return element(OWNER, "query", write_form("form", ROOMCONFIG, fields, title=title))


def read(form: Element, actor: RealJid, channel: Channel) -> Configure:
    """A form as its owner filled it in. What is not in it stays; one bad value spoils it all (MUC-CONF-30, -33)."""
    try:
        submission = read_form(form)
    except MalformedForm as error:
        raise MalformedRequest() from error
    if submission.form_type != ROOMCONFIG and (submission.form_type is not None or submission.fields):
        raise MalformedRequest()
    fields = {
        name.removeprefix("muc#roomconfig_"): values
        for name, values in submission.fields.items()
        if name.startswith(("muc#", KEEP, LOCK, PAST, RANKS))
    }
    config: dict[str, object] = {}
    for var, name in _BOOLEANS.items():
        _take(fields, var, config, name, _boolean)
    _take(fields, "muc#maxhistoryfetch", config, "history", _number)
    _take(fields, PAST, config, "past_shown", _boolean)
    _take(fields, KEEP, config, "kept_days", _kept_days)
    _take(fields, "maxusers", config, "max_occupants", _size)
    _take_members_only(fields, channel, config)
    _take_whois(fields, channel, config)
    _take_password(fields, channel, config)
    _take(fields, "lang", config, "lang", _language)
    _take(fields, "pubsub", config, "pubsub", _uri)
    _take(fields, "presencebroadcast", config, "presence_of", _circle)
    _take_member_list(fields, channel, config)
    _take_whisperers(fields, config)
    info: dict[str, object] = {}
    _take(fields, "roomname", info, "name", lambda values: _text(values, NAME_LIMIT))
    _take(fields, "roomdesc", info, "description", lambda values: _text(values, DESCRIPTION_LIMIT))
    return Configure(actor=actor, config=config, info=info, lists=_lists(fields, channel))


Fields = Mapping[str, Sequence[str]]


def _take(
    fields: Fields, var: str, into: dict[str, object], name: str, read: Callable[[Sequence[str]], object]
) -> None:
    if var in fields:
        into[name] = read(fields[var])


def _take_members_only(fields: Fields, channel: Channel, config: dict[str, object]) -> None:
    if "membersonly" in fields:
        closed = _boolean(fields["membersonly"])
        nodes = channel.config.nodes
        config["nodes"] = nodes | {Node.ALLOWED} if closed else nodes - {Node.ALLOWED}


def _take_whois(fields: Fields, channel: Channel, config: dict[str, object]) -> None:
    """`moderators` is said of two modes of a channel; the one it is in stays (MIX-MUC-11)."""
    if "whois" not in fields:
        return
    match list(fields["whois"]):
        case ["anyone"]:
            config["mode"] = Mode.VISIBLE
        case ["moderators"] if channel.config.mode is Mode.VISIBLE:
            config["mode"] = Mode.HIDDEN
        case ["moderators"]:
            pass
        case _:
            raise ValueUnacceptable()


def _take_member_list(fields: Fields, channel: Channel, config: dict[str, object]) -> None:
    """Sent back as it was, it goes on following who may see real addresses."""
    if "getmemberlist" in fields:
        circle = _circle(fields["getmemberlist"])
        if circle != channel.config.members_shown_to:
            config["members_listed_for"] = circle


def _take_whisperers(fields: Fields, config: dict[str, object]) -> None:
    """`none` switches private messages off; what was chosen for when they are on stays."""
    if "allowpm" not in fields:
        return
    chosen = _text(fields["allowpm"], 20).strip()
    if chosen not in (_NO_WHISPERS, *_WHISPERERS):
        raise ValueUnacceptable()
    config["private_messages"] = chosen != _NO_WHISPERS
    if chosen != _NO_WHISPERS:
        config["private_messages_by"] = _WHISPERERS[chosen]


def _whisperers(config: Config) -> str:
    if not config.private_messages:
        return _NO_WHISPERS
    return next(name for name, circle in _WHISPERERS.items() if circle is config.private_messages_by)


def _take_password(fields: Fields, channel: Channel, config: dict[str, object]) -> None:
    """A password alone protects the room, since some forms have no switch; a switch that is off wins (MUC-CONF-36)."""
    secret = _text(fields["roomsecret"], SECRET_LIMIT) if "roomsecret" in fields else channel.config.password
    wanted = _boolean(fields["passwordprotectedroom"]) if "passwordprotectedroom" in fields else bool(secret)
    if wanted and not secret:
        raise ValueUnacceptable()
    config["password"] = secret if wanted else ""


def _lists(fields: Fields, channel: Channel) -> dict[str, frozenset[RealJid]]:
    """Owners and administrators are complete lists; who is on one leaves the lower ones (MUC-CONF-39)."""
    if not {"roomowners", "roomadmins"} & fields.keys():
        return {}
    lists = channel.lists
    owners = _jids(fields["roomowners"]) if "roomowners" in fields else lists.owners
    admins = (_jids(fields["roomadmins"]) if "roomadmins" in fields else lists.admins) - owners
    if (owners, admins) == (lists.owners, lists.admins):
        return {}
    return {"owners": owners, "admins": admins, "banned": lists.banned - owners - admins}


def _boolean(values: Sequence[str]) -> bool:
    try:
        return read_boolean(values)
    except ValueError as error:
        raise ValueUnacceptable() from error


def _circle(values: Sequence[str]) -> frozenset[Footing]:
    try:
        return circle_of(value.strip() for value in values if value.strip())
    except (KeyError, ValueError) as error:
        raise ValueUnacceptable() from error


def _language(values: Sequence[str]) -> str:
    tag = _text(values, 64).strip()
    if tag and not _TAG.fullmatch(tag):
        raise ValueUnacceptable()
    return tag


def _uri(values: Sequence[str]) -> str:
    uri = _text(values, 1_000).strip()
    if uri and not _XMPP_URI.fullmatch(uri):
        raise ValueUnacceptable()
    return uri


def _number(values: Sequence[str]) -> int:
    text = _text(values, 9).strip()
    if not (text.isascii() and text.isdigit()):
        raise ValueUnacceptable()
    return int(text)


def _days(config: Config) -> str:
    return str(config.kept_days) if config.kept_days is not None else ""


def _kept_days(values: Sequence[str]) -> int | None:
    try:
        return read_days(values)
    except ValueError as error:
        raise ValueUnacceptable() from error


def _size(values: Sequence[str]) -> int | None:
    if _text(values, 9).strip() in ("", "none"):
        return None
    size = _number(values)
    if size == 0:
        raise ValueUnacceptable()
    return size


def _text(values: Sequence[str], limit: int) -> str:
    text = "\n".join(values)
    if len(text) > limit:
        raise ValueUnacceptable()
    return text


def _jids(values: Sequence[str]) -> frozenset[RealJid]:
    try:
        return frozenset(RealJid.parse(value.strip()).bare for value in values if value.strip())
    except MalformedAddress as error:
        raise MalformedAddressee() from error


def _people(entries: frozenset[RealJid]) -> list[str]:
    return sorted(Sight.listed_jid(entry).text for entry in entries)


def _bit(value: bool) -> str:
    return "1" if value else "0"


def _field(name: str, type: str, values: Sequence[str], label: str, options: Sequence[tuple[str, str]] = ()) -> Field:
    return Field(f"muc#roomconfig_{name}", type, values, label, options)
