"""The configuration form: every option there is, in one table (XEP-0406 §2.4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element

from mix.core.channel import Channel
from mix.core.config import Circle, Config
from mix.core.nodes import OPTIONAL, Node
from mix.core.refusals import ValueUnacceptable
from mix.core.visibility import Sight
from mix.face.formfields import mode, mode_field, people, single, submitted
from mix.face.stanzas import ADMIN, CORE
from pubsubnodes.addresses import RealJid
from pubsubnodes.forms import Field, fold, read_boolean, read_days, write_form
from pubsubnodes.frozen import frozen
from pubsubnodes.mam import read_stamp, stamp

_SUBSCRIBERS = (Circle.PARTICIPANTS, Circle.ALLOWED, Circle.ANYONE)
_READERS = (Circle.PARTICIPANTS, Circle.ALLOWED, Circle.NOBODY, Circle.ADMINS, Circle.OWNERS)
_EDITORS = (Circle.PARTICIPANTS, Circle.ADMINS, Circle.OWNERS)

_CIRCLES_READ: Mapping[str, Circle] = {circle.value: circle for circle in Circle} | {
    "admin": Circle.ADMINS,
    "owner": Circle.OWNERS,
    "participant": Circle.PARTICIPANTS,
    "onwers": Circle.OWNERS,  # COMPAT: a client library writes it so (MIX-DEC-065)
    "onbody": Circle.NOBODY,
}


@frozen
class Rights:
    """A field that gives a right to a circle of people."""

    var: str
    field: str
    circles: Sequence[Circle]

    def write(self, config: Config) -> Field:
        """The field as it stands."""
        options = [(circle.value, circle.value) for circle in self.circles]
        return Field(self.var, "list-single", [getattr(config, self.field).value], self.var, options)

    def read(self, values: Sequence[str]) -> Circle:
        """The circle somebody chose."""
        found = _CIRCLES_READ.get(fold(single(values)))
        if found is None or found not in self.circles:
            raise ValueUnacceptable()
        return found


@frozen
class Switch:
    """A field that is true or false."""

    var: str
    field: str
    negated: bool = False
    label: str = ""

    def write(self, config: Config) -> Field:
        """The field as it stands."""
        return Field(self.var, "boolean", ["true" if getattr(config, self.field) else "false"], self.label or self.var)

    def read(self, values: Sequence[str]) -> bool:
        """What somebody chose."""
        try:
            return read_boolean(values) is not self.negated
        except ValueError as error:
            raise ValueUnacceptable() from error


@frozen
class Days:
    """A field that is a number of days, or nothing."""

    var: str
    field: str
    label: str

    def write(self, config: Config) -> Field:
        """The field as it stands."""
        days: int | None = getattr(config, self.field)
        return Field(self.var, "text-single", [str(days) if days is not None else ""], self.label)

    def read(self, values: Sequence[str]) -> int | None:
        """How many somebody chose."""
        try:
            return read_days(values)
        except ValueError as error:
            raise ValueUnacceptable() from error


_OPTIONS: Sequence[Rights | Switch | Days] = (
    Rights("Messages Node Subscription", "messages_for", _SUBSCRIBERS),
    Rights("Presence Node Subscription", "presence_for", _SUBSCRIBERS),
    Rights("Participants Node Subscription", "participants_for", (*_READERS, Circle.ANYONE)),
    Rights("Information Node Subscription", "info_for", _SUBSCRIBERS),
    Rights("Allowed Node Subscription", "allowed_for", _READERS),
    Rights("Banned Node Subscription", "banned_for", _READERS),
    Rights("Configuration Node Access", "config_for", _READERS),
    Rights("Information Node Update Rights", "info_by", _EDITORS),
    Rights("Avatar Nodes Update Rights", "avatar_by", _EDITORS),
    Switch("Open Presence", "open_presence"),
    Switch("Participants Must Provide Presence", "presence_required"),
    Switch("User Message Retraction", "user_retraction"),
    Rights("Administrator Message Retraction Rights", "retraction_by", (Circle.NOBODY, Circle.ADMINS, Circle.OWNERS)),
    Switch("Participation Addition by Invitation from Participant", "invitation_by_participants"),
    Switch("Private Messages", "private_messages"),
    Switch("Mandatory Nicks", "mandatory_nicks"),
    Switch("{urn:mixd:room:0}past_for_newcomers", "past_shown", label="Newcomers See What Was Said Before"),
    Days("{urn:mixd:room:0}keep_days", "kept_days", "Days For Which What Is Said Is Kept"),
)

_ALSO_READ: Sequence[Rights | Switch | Days] = (
    Switch("Allow User Message Retraction", "user_retraction"),  # its name in XEP-0407 (MIX-DEC-042)
    Switch("No Private Messages", "private_messages", negated=True),  # in examples of XEP-0406 (MIX-DEC-063)
)

_OPTIONS_READ = {fold(option.var): option for option in (*_OPTIONS, *_ALSO_READ)}

_NODE_VALUES: Mapping[str, frozenset[Node]] = {
    "participants": frozenset(),  # this and the jidmap always exist
    "presence": frozenset({Node.PRESENCE}),
    "information": frozenset({Node.INFO}),
    "allowed": frozenset({Node.ALLOWED}),
    "banned": frozenset({Node.BANNED}),
    "jidmap-visible": frozenset(),
    "avatar": frozenset({Node.AVATAR_DATA, Node.AVATAR_METADATA}),
}
_NODES_READ = {fold(name): nodes for name, nodes in _NODE_VALUES.items()} | {
    "info": frozenset({Node.INFO}),
    "jidmap": frozenset(),
    "messages": frozenset(),
    "config": frozenset(),
    "configuration": frozenset(),
}


def write(channel: Channel) -> Element:
    """The configuration as those who may read it see it; the same as a template for editing (MIX-DEC-055)."""
    return written(channel.config, channel.lists.owners, channel.lists.admins, channel.config_by)


def written(
    config: Config, owners: frozenset[RealJid], admins: frozenset[RealJid], changed_by: RealJid | None
) -> Element:
    """A configuration, as it is or was."""

    def texts(jids: frozenset[RealJid]) -> list[str]:
        return sorted(Sight.listed_jid(jid).text for jid in jids)

    by = [Sight.listed_jid(changed_by).text] if changed_by is not None else []
    present = [name for name, nodes in _NODE_VALUES.items() if nodes <= config.nodes]
    end = [stamp(config.end_of_life)] if config.end_of_life is not None else [""]
    fields = [
        Field("Last Change Made By", "jid-single", by, "Last Change Made By"),
        Field("Owner", "jid-multi", texts(owners), "Owner"),
        Field("Administrator", "jid-multi", texts(admins), "Administrator"),
        Field("End of Life", "text-single", end, "End of Life"),
        Field("Nodes Present", "list-multi", present, "Nodes Present", [(name, name) for name in _NODE_VALUES]),
        *(option.write(config) for option in _OPTIONS),
        mode_field(config.mode),
    ]
    return write_form("result", ADMIN, fields)


def read(form: Element | None) -> tuple[dict[str, object], dict[str, frozenset[RealJid]]]:
    """The changes a submitted form asks for: fields of `Config`, and of `Lists`. What is absent stays as it is."""
    config: dict[str, object] = {}
    lists: dict[str, frozenset[RealJid]] = {}
    for name, values in submitted(form, frozenset({ADMIN, CORE})).folded().items():
        if name in _LISTS_READ:
            lists[_LISTS_READ[name]] = frozenset(people(values))
        elif name in _OTHERS_READ and (values or name == "nodespresent"):
            field, value = _OTHERS_READ[name](values)
            config[field] = value
        elif (option := _OPTIONS_READ.get(name)) is not None and values:
            value = option.read(values)
            if config.setdefault(option.field, value) != value:
                raise ValueUnacceptable()  # said twice, and not the same
    return config, lists


def _end_of_life(values: Sequence[str]) -> tuple[str, object]:
    text = single(values)
    try:
        return "end_of_life", read_stamp(text) if text else None
    except (ValueError, OverflowError) as error:
        raise ValueUnacceptable() from error


def _nodes(values: Sequence[str]) -> tuple[str, object]:
    nodes = frozenset[Node]()
    for value in values:
        found = _NODES_READ.get(fold(value.strip()))
        if found is None:
            raise ValueUnacceptable()
        nodes |= found
    return "nodes", nodes & OPTIONAL


_LISTS_READ = {"owner": "owners", "administrator": "admins"}
_OTHERS_READ: Mapping[str, Callable[[Sequence[str]], tuple[str, Any]]] = {
    "endoflife": _end_of_life,
    "nodespresent": _nodes,
    "jidvisibility": lambda values: ("mode", mode(values)),
}
