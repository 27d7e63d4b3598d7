"""Where each key of a TOML text stands: tomllib reads the values but forgets their lines."""

import re

KeyPath = tuple[str, ...]

_PART = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')"""
_PATH = rf"{_PART}(?:\s*\.\s*{_PART})*"
_TABLE = re.compile(rf"\s*\[\[?\s*({_PATH})\s*\]\]?")
_KEY = re.compile(rf"\s*({_PATH})\s*=")
# In a value, what can hide a bracket, or open something that goes on in the next line.
_TOKEN = re.compile(r'"""|\'\'\'|"(?:[^"\\]|\\.)*"|\'[^\']*\'|#.*|[\[\]{}]')
_FENCES = {'"""': re.compile(r'(?:[^\\]|\\.)*?"""'), "'''": re.compile(r".*?'''")}


def locate(text: str) -> dict[KeyPath, int]:
    """The line (from 1) of every table header and key; `text` is known to be TOML."""
    lines: dict[KeyPath, int] = {}
    table: KeyPath = ()
    depth = 0  # of brackets that a value left open
    fence = ""  # the quotes that end a string of several lines
    for number, line in enumerate(text.splitlines(), start=1):
        start = 0
        if not fence and depth == 0:
            if header := _TABLE.match(line):
                table = _parts(header[1])
                lines.setdefault(table, number)
                continue
            if key := _KEY.match(line):
                path = table + _parts(key[1])
                for length in range(len(table) + 1, len(path) + 1):
                    lines.setdefault(path[:length], number)
                start = key.end()
        depth, fence = _scan(line[start:], depth, fence)
    return lines


def line_of(lines: dict[KeyPath, int], path: KeyPath) -> int | None:
    """The line of `path`, or of the nearest thing around it that stands in the file."""
    while path:
        if path in lines:
            return lines[path]
        path = path[:-1]
    return None


def _parts(dotted: str) -> KeyPath:
    return tuple(part.strip("\"'") for part in re.findall(_PART, dotted))


def _scan(value: str, depth: int, fence: str) -> tuple[int, str]:
    """Read one line of a value: how many brackets are open after it, and which quotes (none: empty)."""
    at = 0
    while True:
        if fence:
            closed = _FENCES[fence].match(value, at)
            if closed is None:
                return depth, fence
            at, fence = closed.end(), ""
        token = _TOKEN.search(value, at)
        if token is None:
            return depth, ""
        at = token.end()
        match token[0]:
            case '"""' | "'''":
                fence = token[0]
            case "[" | "{":
                depth += 1
            case "]" | "}":
                depth -= 1
