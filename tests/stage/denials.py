"""What somebody is denied: the one answer they get, held against all that an error has to have (RFC 6120 §8.3)."""

from __future__ import annotations

from xml.etree.ElementTree import Element, fromstring

from tests.stage.people import Client, Person
from tests.stage.ranks import STANZAS, condition

ERROR = "{jabber:client}error"


def denied(someone: Person | Client, asked: str) -> str:
    """Ask for something that is not to be had: type and condition of the error, which is the only answer.

    It is of the kind that was asked, comes from the address that was asked, keeps the id, and has one condition and a
    text in English.
    """
    return condition(denial(someone, asked))


def denial(someone: Person | Client, asked: str) -> Element:
    """The same, for tests that look closer."""
    someone.forgets()
    someone.sends(asked)
    question, (answer,) = fromstring(asked), someone.takes()
    assert answer.tag.rpartition("}")[2] == question.tag
    assert answer.get("type") == "error"
    assert (answer.get("from"), answer.get("id")) == (question.get("to"), question.get("id"))
    (error,) = answer.findall(ERROR)
    conditions = [one for one in error if one.tag.startswith(STANZAS) and one.tag != f"{STANZAS}text"]
    assert len(conditions) == 1
    text = error.find(f"{STANZAS}text")
    assert text is not None
    assert text.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
    assert (text.text or "").endswith(".")
    return answer


def echo(answer: Element) -> list[str]:
    """What of the question an error repeats, by name."""
    return [child.tag.rpartition("}")[2] for child in answer if child.tag != ERROR]
