"""What can be done at the desk: one table (XEP-0133 §4, and commands of our own)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Final
from xml.etree.ElementTree import Element

from mix.core.announcing import Announce
from mix.core.barring import Bar
from mix.core.census import Census
from mix.core.closing import ShutDown
from mix.core.commands import Command
from mix.core.operating import CountPeople, EndChannels, ListChannels, ListPeople, NameOwner
from mix.core.ports import Outcome
from mix.core.refusals import ValueUnacceptable
from mix.core.registry import Registry
from mix.core.visibility import Sight
from pubsubnodes.addresses import MalformedAddress, RealJid
from pubsubnodes.adhoc import write_note, write_table
from pubsubnodes.forms import Field, write_form
from pubsubnodes.frozen import frozen

ADMIN: Final = "http://jabber.org/protocol/admin"
OWN: Final = "mixd"
"""Where the nodes of commands begin that are in no specification."""

MOST_LISTED: Final = 2_000
"""People or channels in one answer, which has to fit a stanza."""

_SIZES: Final = ("25", "50", "75", "100", "150", "200", "none")
_DELAYS: Final = ("0", "30", "60", "90", "120", "180", "240", "300", "600", "900")

Values = Mapping[str, Sequence[str]]


def _done(outcome: Outcome) -> Element:
    return write_note("Done.")


@frozen
class AdHoc:
    """A command: its form, how that is read once it is filled in, and what is told in the end."""

    name: str
    parse: Callable[[RealJid, Values], Command]
    fields: Callable[[Registry], Sequence[Field]] | None = None
    """Of the form to fill in; None where there is nothing to ask."""
    required: frozenset[str] = frozenset()
    answer: Callable[[Outcome], Element] = _done


def _lines(values: Values, var: str) -> list[str]:
    return [text for text in values.get(var, ()) if text.strip()]


def _text(values: Values, var: str) -> str:
    return "\n".join(values.get(var, ())).strip()


def _one_of(values: Values, var: str, options: Sequence[str], default: str) -> str:
    match list(values.get(var, [default])):
        case [value] if value in options:
            return value
        case _:
            raise ValueUnacceptable()


def _jids(texts: Sequence[str]) -> list[RealJid]:
    """Addresses of accounts and domains, as lists have them."""
    try:
        return [RealJid.parse(text.strip()).bare for text in texts]
    except MalformedAddress as error:
        raise ValueUnacceptable() from error


def _census(outcome: Outcome) -> Census:
    assert isinstance(outcome.found, Census)
    return outcome.found


# -- people


def _count_people(actor: RealJid, values: Values) -> Command:
    return CountPeople(actor=actor)


def _count(outcome: Outcome) -> Element:
    many = str(len(_census(outcome).online()))
    return write_form("result", ADMIN, [Field("onlineusersnum", "text-single", [many], "People who are there")])


def _size(registry: Registry) -> Sequence[Field]:
    options = [(size, size.capitalize()) for size in _SIZES]
    return [Field("max_items", "list-single", ["25"], "How many at the most", options)]


def _list_people(actor: RealJid, values: Values) -> Command:
    size = _one_of(values, "max_items", _SIZES, "25")
    return ListPeople(actor=actor, most=MOST_LISTED if size == "none" else int(size))


def _people(outcome: Outcome) -> Element:
    command = outcome.command
    assert isinstance(command, ListPeople)
    jids = [Sight.listed_jid(jid).text for jid in _census(outcome).online()[: command.most]]
    return write_form("result", ADMIN, [Field("onlineuserjids", "jid-multi", jids, "Who is there")])


# -- saying something


def _announcement(registry: Registry) -> Sequence[Field]:
    return [Field("announcement", "text-multi", label="What everybody who is there is told")]


def _announce(actor: RealJid, values: Values) -> Command:
    return Announce(actor=actor, text=_text(values, "announcement"))


def _shutdown_form(registry: Registry) -> Sequence[Field]:
    delays = [(delay, f"{delay} seconds") for delay in _DELAYS]
    return [Field("delay", "list-single", ["60"], "How soon", delays), *_announcement(registry)]


def _shut_down(actor: RealJid, values: Values) -> Command:
    delay = timedelta(seconds=int(_one_of(values, "delay", _DELAYS, "60")))
    return ShutDown(actor=actor, delay=delay, text=_text(values, "announcement"))


# -- keeping people out


def _blacklist_form(registry: Registry) -> Sequence[Field]:
    jids = sorted(Sight.listed_jid(jid).text for jid in registry.barred)
    return [Field("blacklistjids", "jid-multi", jids, "People and domains kept out of all channels")]


def _bar(actor: RealJid, values: Values) -> Command:
    return Bar(actor=actor, entries=frozenset(_jids(_lines(values, "blacklistjids"))))


# -- channels


def _list_channels(actor: RealJid, values: Values) -> Command:
    return ListChannels(actor=actor)


def _channels(outcome: Outcome) -> Element:
    columns = [("jid", "Address"), ("name", "Name"), ("people", "People"), ("created", "Made")]
    rows = [
        (one.jid.text, one.name, str(one.people), one.created.strftime("%Y-%m-%dT%H:%M:%SZ"))
        for one in _census(outcome).channels[:MOST_LISTED]
    ]
    return write_table(f"{OWN}#channels", columns, rows)


def _names_form(registry: Registry) -> Sequence[Field]:
    return [
        Field("channels", "text-multi", label="Names or addresses of the channels to end, one a line"),
        Field("reason", "text-single", label="Why, for those who are in them"),
    ]


def _end_channels(actor: RealJid, values: Values) -> Command:
    names = [_name(text) for text in _lines(values, "channels")]
    if not names:
        raise ValueUnacceptable()
    return EndChannels(actor=actor, names=names, reason=_text(values, "reason"))


def _owner_form(registry: Registry) -> Sequence[Field]:
    return [
        Field("channel", "text-single", label="Name or address of the channel"),
        Field("owner", "jid-single", label="Who is to own it as well"),
    ]


def _name_owner(actor: RealJid, values: Values) -> Command:
    match _lines(values, "channel"), _jids(_lines(values, "owner")):
        case [channel], [owner] if not owner.is_domain:
            return NameOwner(actor=actor, name=_name(channel), owner=owner)
        case _:
            raise ValueUnacceptable()


def _name(text: str) -> str:
    return text.strip().partition("@")[0].lower()


COMMANDS: Final[Mapping[str, AdHoc]] = {
    f"{ADMIN}#get-online-users-num": AdHoc("Count who is there", _count_people, answer=_count),
    f"{ADMIN}#get-online-users-list": AdHoc("List who is there", _list_people, _size, answer=_people),
    f"{ADMIN}#announce": AdHoc("Tell everybody something", _announce, _announcement, frozenset({"announcement"})),
    f"{ADMIN}#edit-blacklist": AdHoc("Keep people and domains out", _bar, _blacklist_form),
    f"{ADMIN}#shutdown": AdHoc("Stop the service for good", _shut_down, _shutdown_form, frozenset({"delay"})),
    f"{OWN}#channels": AdHoc("List the channels", _list_channels, answer=_channels),
    f"{OWN}#end-channels": AdHoc("End channels", _end_channels, _names_form, frozenset({"channels"})),
    f"{OWN}#name-owner": AdHoc("Name an owner of a channel", _name_owner, _owner_form, frozenset({"channel", "owner"})),
}
"""By node, in the order in which they are listed."""
