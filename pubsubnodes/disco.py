"""Service discovery on the wire (XEP-0030), for the faces of a channel to fill together."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree.ElementTree import Element

from pubsubnodes.forms import Field, write_form
from pubsubnodes.frozen import frozen
from pubsubnodes.xml import element

INFO = "http://jabber.org/protocol/disco#info"
ITEMS = "http://jabber.org/protocol/disco#items"


@frozen
class About:
    """What one face says of a channel or of the service."""

    identities: tuple[tuple[str, str, str | None], ...] = ()
    """Category, type, name."""
    features: tuple[str, ...] = ()
    forms: tuple[tuple[str, tuple[Field, ...]], ...] = ()
    """FORM_TYPE and fields (XEP-0128)."""


def mirror(kind: str, domain: str) -> tuple[str, tuple[Field, ...]]:
    """The form that points from one of two mirrored domains to the other (XEP-0408 §2); `kind` is the other's."""
    name = f"{kind}-mirror"
    return f"urn:xmpp:mix:muc:0#{name}", (Field(name, "jid-single", [domain]),)


def write_info(abouts: Iterable[About], *, node: str | None = None) -> Element:
    """One answer from what several faces say: no identity and no feature twice, in a stable order (XEP-0115 §5)."""
    told = list(abouts)
    identities = dict.fromkeys(identity for about in told for identity in about.identities)
    features = sorted({feature for about in told for feature in about.features} | {INFO, ITEMS})
    return element(
        INFO,
        "query",
        *(element(INFO, "identity", category=c, type=t, name=name or None) for c, t, name in identities),
        *(element(INFO, "feature", var=feature) for feature in features),
        *(write_form("result", form_type, fields) for about in told for form_type, fields in about.forms),
        node=node,
    )


def write_items(
    items: Iterable[tuple[str, str | None, str | None]], *extra: Element, node: str | None = None
) -> Element:
    """A disco#items answer of JID, node and name (XEP-0030 §4)."""
    return element(
        ITEMS,
        "query",
        *(element(ITEMS, "item", jid=j, node=n, name=name or None) for j, n, name in items),
        *extra,
        node=node,
    )
