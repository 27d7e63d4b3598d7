"""Facts in the archives of nodes (XEP-0442)."""

from mix.core.items import ARCHIVED, PersonFact
from mix.core.nodes import Node


def test_what_tells_who_somebody_is_is_not_kept() -> None:
    """MIX-DEC-100: what only administrators may read has no archive, and presence none either."""
    assert frozenset({Node.INFO, Node.CONFIG, Node.PARTICIPANTS}) == ARCHIVED


def test_a_fact_about_a_person_holds_no_address() -> None:
    """MIX-DEC-084: whether one was shown, and not which."""
    assert set(PersonFact.__dataclass_fields__) == {"id", "nick", "disclosed", "gone"}
