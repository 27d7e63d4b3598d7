"""Hats, and who wears them."""

import pytest

from mix.core import hats
from mix.core.hats import AssignHat, DestroyHat, Hat, HatAssigned, HatChanged, SetHat, hats_of, wearers_of
from mix.core.refusals import NoSuchItem, NotAllowed, TooManyRequests, ValueUnacceptable
from tests.core.workshop import Workshop, jid

HOST, SCRIBE = Hat("hats:host", "Host", "12.5", "en"), Hat("hats:scribe", "Scribe")
OWNER = jid("crone1/cave")


def furnished() -> Workshop:
    """A channel with two hats, one of them worn."""
    workshop = Workshop()
    for hat in (SCRIBE, HOST):
        assert workshop.does(SetHat(actor=OWNER, hat=hat)) == [HatChanged(hat.uri, None, hat)]
    workshop.does(AssignHat(actor=OWNER, uri=HOST.uri, wearer=jid("hag66/broom"), wears=True))
    return workshop


def test_hats_are_worn_by_accounts() -> None:
    """Present or not, more than one of them, and until they are taken (XEP-0317 §3.5-3.6)."""
    workshop = furnished()
    channel, hag66 = workshop.coven, jid("hag66")
    assert (hats_of(channel, hag66), hats_of(channel, jid("hecate"))) == ([HOST], [])
    scribe = AssignHat(actor=OWNER, uri=SCRIBE.uri, wearer=hag66, wears=True)
    assert workshop.does(scribe) == [HatAssigned(SCRIBE.uri, hag66, wears=True)]
    assert not workshop.does(scribe)
    assert hats_of(channel, hag66) == [HOST, SCRIBE]
    assert wearers_of(channel, HOST.uri) == {hag66}
    for uri in (HOST.uri, SCRIBE.uri):
        workshop.does(AssignHat(actor=OWNER, uri=uri, wearer=hag66, wears=False))
        assert not workshop.does(AssignHat(actor=OWNER, uri=uri, wearer=hag66, wears=False))
    assert not channel.worn


def test_a_hat_is_what_its_uri_says() -> None:
    """Changed, it is worn on; destroyed, by nobody, also when there is one of that name again (XEP-0317 §3.2-3.3)."""
    workshop = furnished()
    hag66, landlord = jid("hag66"), Hat(HOST.uri, "Landlord")
    workshop.joins("hag66")
    workshop.coven.participant(hag66).memo["shown"] = "Host"
    (changed,) = workshop.does(SetHat(actor=OWNER, hat=landlord))
    assert changed == HatChanged(HOST.uri, HOST, landlord, frozenset({hag66}))
    assert not workshop.coven.participant(hag66).memo
    assert not workshop.does(SetHat(actor=OWNER, hat=landlord))
    assert hats_of(workshop.coven, hag66) == [landlord]
    workshop.does(DestroyHat(actor=OWNER, uri=HOST.uri))
    workshop.does(SetHat(actor=OWNER, hat=HOST))
    assert (hats_of(workshop.coven, hag66), workshop.coven.worn) == ([], {})


def test_only_what_is_there_is_given_or_destroyed() -> None:
    """To people, and not to whole domains or the channel itself."""
    workshop = furnished()
    for unknown in (DestroyHat(actor=OWNER, uri="x:y"), AssignHat(actor=OWNER, uri="x:y", wearer=OWNER, wears=False)):
        with pytest.raises(NoSuchItem):
            workshop.does(unknown)
    for nobody in ("shakespeare.example", "coven@mix.shakespeare.example"):
        with pytest.raises(ValueUnacceptable):
            workshop.does(AssignHat(actor=OWNER, uri=HOST.uri, wearer=jid(nobody), wears=True))


@pytest.mark.parametrize(
    "hat", [Hat("x:y", ""), Hat("x:y", "a\u202eb"), Hat("x y", "a"), Hat("x:\u200b", "a"), Hat("x:y", "a", "360")]
)
def test_a_hat_is_made_well(hat: Hat) -> None:
    """XEP-0317 §3.1."""
    with pytest.raises(ValueUnacceptable):
        Workshop().does(SetHat(actor=OWNER, hat=hat))


def test_administrators_manage_hats() -> None:
    """Others wear them."""
    workshop = furnished()
    for wish in (
        SetHat(actor=jid("hag66"), hat=HOST),
        DestroyHat(actor=jid("hag66"), uri=HOST.uri),
        AssignHat(actor=jid("hag66"), uri=HOST.uri, wearer=jid("hag66"), wears=False),
    ):
        with pytest.raises(NotAllowed):
            workshop.does(wish)


def test_there_are_not_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither hats, nor on one head, nor heads."""
    workshop = furnished()
    for name, most in (("MOST", 2), ("MOST_WORN", 1), ("MOST_WEARERS", 1)):
        monkeypatch.setattr(hats, name, most)
    for wish in (
        SetHat(actor=OWNER, hat=Hat("x:y", "One more")),
        AssignHat(actor=OWNER, uri=SCRIBE.uri, wearer=jid("hag66"), wears=True),
        AssignHat(actor=OWNER, uri=HOST.uri, wearer=jid("hecate"), wears=True),
    ):
        with pytest.raises(TooManyRequests):
            workshop.does(wish)
    workshop.does(SetHat(actor=OWNER, hat=Hat(HOST.uri, "Landlord")))
