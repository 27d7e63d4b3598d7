"""Addresses a channel makes up."""

import pytest

from mix.core.addresses import ChannelJid, ProxyJid, split_local
from pubsubnodes.addresses import RealJid

COVEN = ChannelJid("coven", "mix.shakespeare.example")


@pytest.mark.req("MIX-SPI-10")
def test_a_localpart_is_split_at_the_first_hash() -> None:
    """XEP-0403 §3.2: id, `#`, channel; whatever comes after belongs to the channel."""
    assert split_local("coven") == (None, "coven")
    assert split_local("abc#coven") == ("abc", "coven")
    assert split_local("abc#co#ven") == ("abc", "co#ven")


def test_a_channel_speaks_for_its_people() -> None:
    """XEP-0369 §7.1.6: messages come from channel/id; XEP-0403 §3.2: presence comes from id#channel."""
    assert COVEN.sender("abc").text == "coven@mix.shakespeare.example/abc"
    assert ProxyJid("abc", COVEN).text == "abc#coven@mix.shakespeare.example"
    assert ProxyJid("abc", COVEN, "tag").text == "abc#coven@mix.shakespeare.example/tag"


@pytest.mark.parametrize(
    ("entry", "covers"),
    [
        ("hag66@shakespeare.example", True),
        ("shakespeare.example", True),
        ("hecate@shakespeare.example", False),
        ("example", False),
        ("mail.shakespeare.example", False),
    ],
)
def test_a_list_covers_people_as_its_entries_do(entry: str, covers: bool) -> None:
    """XEP-0406 §2.2: found without looking at each entry, since lists of the banned grow long."""
    hag66 = RealJid.parse("hag66@shakespeare.example/pda")
    assert hag66.matches(RealJid.parse(entry)) is covers
    assert hag66.is_covered_by(frozenset({RealJid.parse(entry), RealJid.parse("iago@venice.example")})) is covers


def test_a_domain_is_covered_by_itself() -> None:
    domain = RealJid.parse("shakespeare.example")
    assert domain.is_covered_by(frozenset({domain}))
    assert not domain.is_covered_by(frozenset({RealJid.parse("hag66@shakespeare.example")}))
