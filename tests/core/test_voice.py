"""Asking for voice."""

import pytest

from mix.core.admissions import VoiceRequested
from mix.core.commands import AskForVoice, GoOffline
from mix.core.refusals import NotAParticipant, TooFast
from tests.core.workshop import Workshop, jid


def test_who_may_not_speak_asks_and_not_too_often() -> None:
    """XEP-0045 §7.13."""
    workshop = Workshop()
    workshop.enters("hag66/broom")
    wish = AskForVoice(actor=jid("hag66/broom"))
    assert workshop.does(wish) == []
    workshop.sets(moderated=True)
    assert [type(event) for event in workshop.does(wish)] == [VoiceRequested]
    with pytest.raises(TooFast):
        workshop.does(wish)
    workshop.does(GoOffline(actor=wish.actor))
    workshop.enters("hag66/broom")
    with pytest.raises(TooFast):
        workshop.does(wish)
    workshop.clock.advance(60)
    assert len(workshop.does(wish)) == 1
    with pytest.raises(NotAParticipant):
        workshop.does(AskForVoice(actor=jid("ross/x")))


def test_nobody_remembers_for_long_who_asked() -> None:
    """XEP-0045 §14.6: as many as have asked within a minute."""
    workshop = Workshop()
    workshop.sets(moderated=True)
    for name in ("ann", "bob", "cid"):
        workshop.enters(f"{name}/x")
        workshop.does(AskForVoice(actor=jid(f"{name}/x")))
        workshop.clock.advance(40)
    assert list(workshop.coven.pleas) == [workshop.coven.id_of(jid(name)) for name in ("bob", "cid")]
