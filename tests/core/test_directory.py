"""Which channels there are."""

import pytest

from mix.core.barring import Bar
from mix.core.commands import ReadDirectory
from mix.core.ports import DirectoryWindow
from mix.core.refusals import Banned
from pubsubnodes.paging import PageRequest
from tests.core.workshop import Workshop, jid

BARD = jid("bard/globe")


def test_who_is_kept_out_may_know_of_none() -> None:
    """But whoever looks after the service may, also when their whole domain is kept out."""
    workshop = Workshop(operators=frozenset({BARD.bare}))
    workshop.does(Bar(actor=BARD, entries=frozenset({jid("shakespeare.example")})))
    with pytest.raises(Banned):
        workshop.decides(ReadDirectory(actor=jid("hag66/pda"), page=PageRequest()))
    asked = ReadDirectory(actor=BARD, page=PageRequest(), lang="de")
    assert workshop.decides(asked) == DirectoryWindow(BARD, asked.page, "de")
