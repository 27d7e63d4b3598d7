"""Names of nodes."""

from mix.core.nodes import ALWAYS_PRESENT, OPTIONAL, Node, node_named


def test_nodes_are_known_by_their_names_and_a_former_one() -> None:
    """XEP-0369 §4.7; `information` was the name of `info` once (MIX-DEC-009)."""
    assert all(node_named(node.value) is node for node in Node)
    assert node_named("urn:xmpp:mix:nodes:information") is Node.INFO
    assert node_named("urn:xmpp:mix:nodes:jidmap-visible") is None
    assert node_named(None) is None


def test_a_node_is_optional_or_always_there() -> None:
    """XEP-0406 §2.4."""
    assert frozenset(Node) == ALWAYS_PRESENT | OPTIONAL
    assert not ALWAYS_PRESENT & OPTIONAL
