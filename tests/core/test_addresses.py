"""Addresses a channel makes up."""

import pytest

from mix.core.addresses import ChannelJid, ProxyJid, split_local

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
