"""Expected XML: parsed, matched against what came, and set side by side with it when it does not match."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element, ParseError, fromstring, indent, tostring

from pubsubnodes.xml import CLIENT, escape, name_of, namespace_of

REST = "…"
FOR_SERVERS = "mix"
"""An element without namespace in messages to accounts; expectations may leave it unsaid, the stage looks itself."""

_PLACE = re.compile(r"\{([A-Za-z_][\w.]*)\}|(\*)")
_FREE = frozenset({"to", "from", "id", "{http://www.w3.org/XML/1998/namespace}lang"})
"""Attributes of a stanza that an expectation may leave unsaid."""

Bindings = dict[str, str]


def parse(xml: str, namespace: str = CLIENT) -> Element:
    """One element, in the namespace of stanzas where it does not say otherwise."""
    try:
        return fromstring(f'<around xmlns="{namespace}">{xml.strip()}</around>')[0]
    except (ParseError, IndexError) as error:
        raise AssertionError(f"the test's own XML is not well-formed: {error}\n{xml}") from error


def stamped(xml: str, sender: str, to: str) -> str:
    """What somebody says as their host hands it over: from them whatever they say, and to somebody."""
    said = parse(xml)
    start, end, rest = xml.strip().partition(">")
    if said.get("from") is not None:
        start = re.sub(r"\sfrom=(['\"]).*?\1", "", start)
    name = re.match(r"<[^\s/>]+", start)
    assert name is not None
    to = "" if said.get("to") is not None else f" to='{escape(to)}'"
    return f"{name[0]} from='{escape(sender)}'{to}{start[name.end() :]}{end}{rest}"


def fill(xml: str, known: Mapping[str, str]) -> str:
    """Put known values in the places of what somebody says."""

    def value(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0]
        assert found[1] in known, f"nobody has seen {{{found[1]}}} yet; known: {sorted(known)}"
        return known[found[1]].replace("&", "&amp;").replace("<", "&lt;").replace("'", "&apos;")

    return _PLACE.sub(value, xml)


def matches(expected: Element, got: Element, known: Mapping[str, str]) -> Bindings | None:
    """What becomes bound when a whole stanza is as expected; None when it is not."""
    if expected.find(FOR_SERVERS) is None and got.find(FOR_SERVERS) is not None:
        unmarked = Element(got.tag, got.attrib)
        unmarked.extend(child for child in got if child.tag != FOR_SERVERS)
        got = unmarked
    return _element(expected, got, dict(known), free=_FREE)


def _element(expected: Element, got: Element, known: Bindings, free: frozenset[str] = frozenset()) -> Bindings | None:
    if expected.tag != got.tag or set(got.keys()) - set(expected.keys()) - free:
        return None
    for name, text in expected.items():
        value = got.get(name)
        if value is None or not _text(text, value, known):
            return None
    said = "".join([expected.text or "", *(child.tail or "" for child in expected)])
    open_ended = REST in said
    text = "".join([got.text or "", *(child.tail or "" for child in got)])
    if len(expected):  # what stands between children is layout
        said, text = said.strip(), text.strip()
    if not open_ended and not _text(said, text, known):
        return None
    return _children(list(expected), list(got), known, open_ended)


def _children(expected: list[Element], got: list[Element], known: Bindings, open_ended: bool) -> Bindings | None:
    """Match children in any order but with nothing left over, unless more may come."""
    if not expected:
        return known if open_ended or not got else None
    for index, candidate in enumerate(got):
        bound = _element(expected[0], candidate, dict(known))
        if bound is not None:
            rest = _children(expected[1:], got[:index] + got[index + 1 :], bound, open_ended)
            if rest is not None:
                return rest
    return None


def _text(expected: str, got: str, known: Bindings) -> bool:
    """Compare a text with places in it; new names are bound into `known`."""
    parts, names, end = [], list[str](), 0
    for found in _PLACE.finditer(expected):
        parts.append(re.escape(expected[end : found.start()]))
        end = found.end()
        name = found[1]
        if name is None:
            parts.append(".*")
        elif name in known:
            parts.append(re.escape(known[name]))
        else:
            names.append(name)
            parts.append("(.+?)")
    parts.append(re.escape(expected[end:]))
    match = re.fullmatch("".join(parts), got, re.DOTALL)
    if match is None:
        return False
    return all(known.setdefault(name, value) == value for name, value in zip(names, match.groups(), strict=True))


def pretty(node: Element) -> str:
    """An element over several lines, with default namespaces said where they change, as people write them."""
    copy = fromstring(tostring(node, encoding="unicode"))
    indent(copy)
    return "\n".join(line for line in _lines(copy, CLIENT, 0))


def _lines(node: Element, around: str, depth: int) -> Iterator[str]:
    namespace = namespace_of(node)
    attributes = "".join(f" {name_of(Element(k)) if k[0] == '{' else k}='{v}'" for k, v in sorted(node.items()))
    if namespace != around:
        attributes += f" xmlns='{namespace}'"
    pad, text = "  " * depth, (node.text or "").strip()
    if len(node) == 0:
        yield (
            f"{pad}<{name_of(node)}{attributes}>{text}</{name_of(node)}>"
            if text
            else (f"{pad}<{name_of(node)}{attributes}/>")
        )
        return
    yield f"{pad}<{name_of(node)}{attributes}>{text}"
    for child in node:
        yield from _lines(child, namespace, depth + 1)
        if (child.tail or "").strip() == REST:
            yield f"{pad}  {REST}"
    yield f"{pad}</{name_of(node)}>"


def difference(expected: Element, got: list[Element], known: Mapping[str, str]) -> str:
    """What was expected, and the nearest of what came, line by line."""
    wanted = pretty(expected).splitlines()
    if not got:
        return "expected:\n" + "\n".join(wanted) + "\nand nothing came."
    texts = [pretty(node).splitlines() for node in got]
    nearest = max(texts, key=lambda lines: difflib.SequenceMatcher(None, wanted, lines).ratio())
    others = "\n\n".join("\n".join(lines) for lines in texts if lines is not nearest)
    bound = "".join(f"\n  {{{name}}} = {value}" for name, value in known.items() if f"{{{name}}}" in "\n".join(wanted))
    diff = "\n".join(difflib.unified_diff(wanted, nearest, "expected", "nearest that came", lineterm="", n=50))
    return f"{diff}{bound and chr(10) + 'with' + bound}" + (f"\n\nalso unread:\n{others}" if others else "")
