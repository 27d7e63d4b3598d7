"""All there is, counted."""

from tests.core.workshop import Workshop, jid


def test_people_are_counted_once_and_only_while_they_are_there() -> None:
    workshop = Workshop()
    workshop.joins("hecate")
    workshop.enters("hag66/broom")
    workshop.enters("hag66/cat")
    census = workshop.census
    assert census.online() == [jid("hag66")]
    assert census.clients() == [jid("hag66/broom"), jid("hag66/cat")]
    assert [one.people for one in census.channels] == [2]
