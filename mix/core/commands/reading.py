"""Nodes, archives and the directory are to be read."""

from __future__ import annotations

from collections.abc import Sequence

from mix.core.commands.command import Command
from mix.core.nodes import Node
from pubsubnodes.archive import ArchiveQuery
from pubsubnodes.frozen import frozen_by_name
from pubsubnodes.paging import PageRequest


@frozen_by_name
class ReadNode(Command):
    """Fetch a node's items (XEP-0060 §6.5)."""

    node: Node
    ids: Sequence[str] = ()
    newest: int | None = None
    page: PageRequest | None = None


@frozen_by_name
class Subscribe(Command):
    """Subscribe to one node by plain pubsub (XEP-0060 §6.1)."""

    node: Node


@frozen_by_name
class Unsubscribe(Command):
    """End one subscription by plain pubsub (XEP-0060 §6.2)."""

    node: Node


@frozen_by_name
class ReadArchive(Command):
    """Fetch a page of a node's archive (XEP-0313, XEP-0442)."""

    node: Node
    query: ArchiveQuery
    ends: bool = False
    """Only the first and last message there are (XEP-0313 §5)."""


@frozen_by_name
class ReadDirectory(Command):
    """Which channels are there (XEP-0369 §6.2, XEP-0045 §6.3)?"""

    page: PageRequest
    lang: str | None = None
    """The language their names are asked for in."""
