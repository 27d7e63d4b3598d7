"""Participant ids: stable, keyed, and fit for a localpart."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slixmpp import JID

from mix.core.ids import SALT_LENGTH, archive_id, participant_id, position_in
from tests.core.workshop import jid

KEY, OTHER = b"k" * 32, b"o" * 32
NAMES = st.text("abcdefghijklmnopqrstuvwxyz0123456789.-", min_size=1, max_size=40).filter(lambda s: s.strip(".-"))


@pytest.mark.req("MIX-SPI-02", "MIX-SPI-04", "MUC-OCC-14")
@given(name=NAMES)
def test_an_id_survives_as_a_localpart(name: str) -> None:
    """XEP-0369 §4.6: no #, / or @; RFC 7622: preparation changes nothing."""
    id = participant_id(KEY, jid(f"{name}@shakespeare.example"))
    assert JID(f"{id}@mix.shakespeare.example").local == id
    assert len(id) == 26
    assert not set(id) & set("#/@")


@pytest.mark.req("MIX-SPI-01", "MUC-OCC-18")
def test_an_id_belongs_to_the_account() -> None:
    """XEP-0421 §4.1: the same for every client of an account."""
    assert participant_id(KEY, jid("hag66/broom")) == participant_id(KEY, jid("hag66"))
    assert participant_id(KEY, jid("hag66/broom").bare) == participant_id(KEY, jid("hag66/pda"))


@pytest.mark.req("MIX-SPI-05", "MUC-OCC-13", "MUC-OCC-12")
def test_an_id_tells_nothing_without_the_key() -> None:
    """XEP-0404 §1, XEP-0421 §4.1: other channels, other ids; no hash of the JID alone gives it away."""
    import base64

    id = participant_id(KEY, jid("hag66"))
    assert id != participant_id(OTHER, jid("hag66"))
    for text in (b"hag66@shakespeare.example", b"coven@mix.shakespeare.examplehag66@shakespeare.example"):
        for name in ("md5", "sha1", "sha256"):
            digest = hashlib.new(name, text).digest()
            assert id not in (digest.hex()[:26], base64.b32encode(digest).decode().lower()[:26])


@pytest.mark.req("MUC-OCC-15")
def test_an_id_does_not_depend_on_how_an_address_was_written() -> None:
    """XEP-0421 §4.1: computed from the prepared address."""
    assert participant_id(KEY, jid("HAG66@Shakespeare.Example")) == participant_id(KEY, jid("hag66"))


@given(position=st.integers(1, 2**40 - 1), salt=st.binary(min_size=SALT_LENGTH, max_size=SALT_LENGTH))
def test_a_channel_finds_the_place_in_an_id(position: int, salt: bytes) -> None:
    """And another channel finds none; by chance it would once in 16 million."""
    id = archive_id(KEY, position, salt)
    assert position_in(KEY, id) == position
    assert position_in(OTHER, id) != position


def test_each_message_has_an_id_of_its_own() -> None:
    """MIX-MAM-28: also where two stood at the same place, one of which was not kept."""
    assert archive_id(KEY, 1, bytes(SALT_LENGTH)) != archive_id(KEY, 1, b"\1" * SALT_LENGTH)


@pytest.mark.parametrize(
    "text", ["", "x", "id-1", "00" * 15, "00" * 17, "0d6f1a38-12f7-4d2c-9d0f-6f1f0c3b8a11", "é" * 32]
)
def test_an_id_of_other_origin_has_no_place(text: str) -> None:
    """Whatever somebody asks for."""
    assert position_in(KEY, text) is None
