"""What is wrong with the settings, in sentences: the file, the line, the key, and the nearest right one."""

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pydantic_core import ErrorDetails

from mix.service.tomllines import KeyPath, line_of, locate

PREFIX = "MIXD_"
NOT_SETTINGS = {"MIXD_CONFIG"}
PRIVATE = {"secret", "url"}  # values that a message must not repeat


class Complaints:
    """Turns the errors of tomllib and pydantic into sentences about one file and the environment."""

    def __init__(
        self,
        path: Path | None,
        text: str,
        sections: Mapping[str, Sequence[str]],
        environ: Mapping[str, str],
    ) -> None:
        self._path = path
        self._text = text
        self._sections = sections
        self._variables = {name.upper(): name for name in environ if name.upper().startswith(PREFIX)}
        self._known = {f"{PREFIX}{section}__{key}".upper() for section, keys in sections.items() for key in keys}

    def syntax(self, error: tomllib.TOMLDecodeError) -> str:
        """The text is not TOML."""
        message = str(error)
        found = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", message)
        what = message[: found.start()] if found else message
        line = found[1] if found and found[1] else len(self._text.splitlines())
        column = f", column {found[2]}" if found and found[2] else ""
        return f"{self._path}, line {line}{column}: this is not TOML: {what[:1].lower()}{what[1:]}"

    def variables(self) -> list[str]:
        """Variables of the environment that look like settings and are none."""
        sections = [section.upper() for section in self._sections]
        return [
            f"environment variable {name}: there is no such setting{_suggest(upper, self._known)}"
            for upper, name in sorted(self._variables.items())
            if upper not in self._known | NOT_SETTINGS
            and ("__" in upper or any(upper.startswith(f"{PREFIX}{section}_") for section in sections))
        ]

    def values(self, errors: Iterable[ErrorDetails]) -> list[str]:
        """One sentence for every key with a wrong value or name, in the order of the file."""
        located = []
        for error in errors:
            path = tuple(str(part) for part in error["loc"])
            located.append((self._line(path) or 0, self.at(path, self._what(path, error))))
        return [sentence for _, sentence in sorted(located)]

    def at(self, path: KeyPath, what: str) -> str:
        """Say where a key came from (a variable, a line of the file), then what is wrong with it."""
        if variable := self._variables.get(PREFIX + "__".join(path[:2]).upper()):
            return f"environment variable {variable}: {what}"
        if self._path is None:
            return what
        line = self._line(path)
        return f"{self._path}, line {line}: {what}" if line else f"{self._path}: {what}"

    def _line(self, path: KeyPath) -> int | None:
        return line_of(locate(self._text), path)

    def _what(self, path: KeyPath, error: ErrorDetails) -> str:
        if not path:
            return _reason(error)
        section, *rest = path
        if error["type"] == "extra_forbidden":
            return self._unknown(section, rest[0] if rest else None)
        if error["type"] == "missing":
            return f"[{section}] needs {rest[0]}" if rest else f"there is no section [{section}]"
        if not rest:
            return f"{section} has to be a section: write [{section}] and its keys below"
        return f"{rest[0]} in [{section}] {_reason(error, private=rest[0] in PRIVATE)}"

    def _unknown(self, section: str, key: str | None) -> str:
        if key is None:
            elsewhere = [name for name, keys in self._sections.items() if section in keys]
            if elsewhere:
                return f"{section} stands outside of its section; it belongs below [{elsewhere[0]}]"
            return f"there is no section [{section}]{_suggest(section, self._sections, '[{}]')}"
        what = f"[{section}] has no key {key}"
        if suggestion := _suggest(key, self._sections[section]):
            return what + suggestion
        elsewhere = [name for name, keys in self._sections.items() if key in keys]
        if elsewhere:
            return f"{what}; it belongs below [{elsewhere[0]}]"
        return f"{what}; it has {', '.join(self._sections[section])}"


def _suggest(word: str, known: Iterable[str], form: str = "{}") -> str:
    near = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean {form.format(near[0])}?" if near else ""


def _reason(error: ErrorDetails, *, private: bool = False) -> str:
    context, given = error.get("ctx", {}), error["input"]
    but = "" if private or isinstance(given, dict | list) else f", not {str(given)[:60]!r}"
    match error["type"]:
        case "literal_error":
            choices = re.findall(r"'([^']*)'", str(context["expected"]))
            return f"must be one of {', '.join(choices)}{but}{_suggest(str(given), choices)}"
        case "int_parsing" | "int_type" | "int_from_float":
            return f"must be a whole number{but}"
        case "bool_parsing" | "bool_type":
            return f"must be true or false{but}"
        case "string_type":
            return f"must be text in quotes{but}"
        case "tuple_type" | "list_type":
            return f'must be a list such as ["first", "second"]{but}'
        case "greater_than_equal":
            return f"must be at least {context['ge']}{but}"
        case "less_than_equal":
            return f"must be at most {context['le']}{but}"
        case "too_short":
            return "must not be empty"
        case "string_pattern_mismatch":
            return f"must be the name of a Python module{but}"
        case "value_error":
            return str(context["error"])
        case _:
            return f"is not right: {error['msg'][:1].lower()}{error['msg'][1:]}"
