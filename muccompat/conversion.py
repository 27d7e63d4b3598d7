"""A room made whole by one request, for two people who want a third one in (1:1 chat to private group).

An extension of our own: a form like that of XEP-0045 §10.1.3, sent to a room that does not exist, with one field more:
who is a member from the first moment on. The room is a private one where the form does not say otherwise. Whoever sends
it need not enter, nothing is locked or half made in between, and nobody is invited: that is the client's to do, by
invitations of its own (XEP-0249).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from xml.etree.ElementTree import Element

from mix.core import profiles
from mix.core.channel import Channel
from mix.core.commands import CreateChannel
from mix.core.config import Info, Lists
from mix.core.ports import Rules
from mix.core.refusals import MalformedAddressee, ValueUnacceptable
from muccompat import configform
from muccompat.stanzas import room_of
from pubsubnodes.addresses import MalformedAddress, RealJid
from pubsubnodes.forms import DATA
from pubsubnodes.stanza import Inbound
from pubsubnodes.xml import text_of

AT_ONCE: Final = "urn:mixd:create-room:0"
"""The feature of the service, and the namespace of the field."""
MEMBERS: Final = f"{{{AT_ONCE}}}members"


def is_asked(form: Element) -> bool:
    """Whether a form wants a room to be made. It has to say so: other clients' forms may just come too late."""
    return _members(form) is not None


def parse(inbound: Inbound, form: Element, rules: Rules) -> CreateChannel:
    """All of the room, or nothing: one bad value spoils it."""
    owner = inbound.sender.bare
    profile = profiles.of_group(rules)
    unborn = Channel(
        room_of(inbound),
        b"",
        config=profile,
        info=Info(),
        lists=Lists(owners=frozenset({owner})),
        created=datetime.min.replace(tzinfo=UTC),
    )
    wanted = configform.read(form, inbound.sender, unborn)
    if wanted.config.get("persistent") is False:
        raise ValueUnacceptable()  # nobody is in it to keep it
    field = _members(form)
    texts = [text_of(value).strip() for value in field] if field is not None else []
    try:
        members = frozenset(RealJid.parse(text).bare for text in texts if text)
    except MalformedAddress as error:
        raise MalformedAddressee() from error
    lists = {**wanted.lists}
    ranked = lists.get("owners", frozenset({owner})) | lists.get("admins", frozenset())
    lists["allowed"] = members - ranked
    return CreateChannel(
        actor=inbound.sender,
        name=inbound.target.local,
        profile=profile,
        config=wanted.config,
        info=wanted.info,
        lists=lists,
    )


def _members(form: Element) -> Element | None:
    return next((field for field in form.findall(f"{{{DATA}}}field") if field.get("var") == MEMBERS), None)
