"""Facts of nodes' archives to a column and back."""

from __future__ import annotations

from typing import Final

from pydantic import TypeAdapter

from mix.core.config import Config
from mix.core.items import ConfigFact, Fact, InfoFact, PersonFact
from mix.core.nodes import Node
from mix.core.visibility import Mode
from mix.shell.columns import from_info, from_jid, from_nick, to_info, to_jid, to_nick
from pubsubnodes.frozen import frozen


@frozen
class _Person:
    id: str
    nick: str | None
    nick_key: str | None
    disclosed: bool
    gone: bool


@frozen
class _Info:
    info: str
    mode: Mode


@frozen
class _Config:
    config: Config
    owners: tuple[str, ...]
    admins: tuple[str, ...]
    by: str | None


_PERSON: Final[TypeAdapter[_Person]] = TypeAdapter(_Person)
_INFO: Final[TypeAdapter[_Info]] = TypeAdapter(_Info)
_CONFIG: Final[TypeAdapter[_Config]] = TypeAdapter(_Config)


def from_fact(fact: Fact) -> str:
    """A fact as JSON, addresses as text."""
    match fact:
        case PersonFact(id, nick, disclosed, gone):
            return _PERSON.dump_json(_Person(id, *from_nick(nick), disclosed, gone)).decode()
        case InfoFact(info, mode):
            return _INFO.dump_json(_Info(from_info(info), mode)).decode()
        case ConfigFact(config, owners, admins, by):
            people = (tuple(sorted(map(from_jid, jids))) for jids in (owners, admins))
            stored = _Config(config, next(people), next(people), from_jid(by) if by is not None else None)
            return _CONFIG.dump_json(stored).decode()


def to_fact(node: Node, json: str) -> Fact:
    """A fact about a node."""
    match node:
        case Node.INFO:
            about = _INFO.validate_json(json)
            return InfoFact(to_info(about.info), about.mode)
        case Node.CONFIG:
            was = _CONFIG.validate_json(json)
            owners, admins = (frozenset(map(to_jid, jids)) for jids in (was.owners, was.admins))
            return ConfigFact(was.config, owners, admins, to_jid(was.by) if was.by is not None else None)
        case _:
            person = _PERSON.validate_json(json)
            return PersonFact(person.id, to_nick(person.nick, person.nick_key), person.disclosed, person.gone)
