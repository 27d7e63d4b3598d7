"""Who has moved in the lists, and what these were before."""

from dataclasses import replace

from mix.core.moves import REMEMBERED, Move, Moves, moves
from mix.core.rights import Standing
from mix.core.visibility import Mode
from tests.core.workshop import Workshop, jid


def test_a_move_is_from_one_rank_to_another() -> None:
    """An owner who comes to stand on another list as well has not moved."""
    coven = Workshop().coven
    owner, hag66, hecate = jid("crone1"), jid("hag66"), jid("hecate")
    new = replace(coven.lists, admins=frozenset({owner, hag66}), banned=frozenset({hecate}))
    assert moves(coven, coven.lists) == ()
    assert moves(coven, new, [hecate]) == (
        Move(1, hecate, Standing.NONE, Standing.BANNED),
        Move(2, hag66, Standing.NONE, Standing.ADMIN),
    )
    assert [move.jid for move in moves(coven, new, [hag66, hecate])] == [hag66, hecate]


def test_moves_are_numbered_as_they_happen() -> None:
    """Whichever wish moves people, the next number is theirs; who leaves by it has the first."""
    workshop = Workshop()
    workshop.joins("hag66")
    workshop.lists(allowed="hecate")
    left, listed = workshop.lists(allowed="macbeth", banned="hag66")[:2]
    assert left.move == Move(2, jid("hag66"), Standing.NONE, Standing.BANNED)  # type: ignore[attr-defined]
    assert {move.number for move in listed.moves} == {2, 3, 4}  # type: ignore[attr-defined]
    assert workshop.coven.moves.number == 4
    assert workshop.coven.moves.before(1) == {
        jid("hag66"): Standing.NONE,
        jid("hecate"): Standing.ALLOWED,
        jid("macbeth"): Standing.NONE,
    }


def test_the_first_move_since_tells_how_it_was() -> None:
    """However often somebody has moved."""
    hag66 = jid("hag66")
    path = (Standing.NONE, Standing.ALLOWED, Standing.ADMIN, Standing.NONE)
    known = Moves()
    known.take(Move(number, hag66, path[number - 1], path[number]) for number in range(1, 4))
    assert [known.before(number).get(hag66) for number in range(4)] == [*path[:3], None]
    assert list(known.numbers) == [3, 2, 1, 0]


def test_the_past_ends_somewhere() -> None:
    """At a number of moves, and where the mode changes: then others may read the lists (XEP-0463 §6)."""
    known = Moves(7)
    assert list(known.numbers) == [7]
    known.take(Move(number, jid("hag66"), Standing.NONE, Standing.ALLOWED) for number in range(8, 9 + REMEMBERED))
    assert (known.number, min(known.numbers)) == (8 + REMEMBERED, 8)
    workshop = Workshop()
    workshop.lists(allowed="hecate")
    workshop.configures(members_only=True)
    assert list(workshop.coven.moves.numbers) == [1, 0]
    workshop.configures(mode=Mode.MAYBE)
    assert list(workshop.coven.moves.numbers) == [1]
