"""Which software this is (XEP-0092)."""

from __future__ import annotations

from importlib import metadata
from typing import Final
from xml.etree.ElementTree import Element

from pubsubnodes.xml import element

VERSION: Final = "jabber:iq:version"
QUERY: Final = f"{{{VERSION}}}query"


def write() -> Element:
    """Name and version; the operating system is nobody's business (XEP-0092 §5)."""
    try:
        version = metadata.version("mixd")
    except metadata.PackageNotFoundError:
        version = "unreleased"
    return element(VERSION, "query", element(VERSION, "name", text="mixd"), element(VERSION, "version", text=version))
