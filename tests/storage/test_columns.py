"""Values in columns: whatever version wrote them, they can be read."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone

from mix.core.config import Config, Info, Preferences
from mix.core.nodes import Node
from mix.shell import columns
from tests.storage.people import HAG, HECATE


def test_json_of_an_earlier_version_has_defaults() -> None:
    """Fields added later are missing in it."""
    assert columns.to_config("{}") == Config()
    assert columns.to_info("{}") == Info()
    assert columns.to_preferences("{}") == Preferences()
    nodes = frozenset({Node.INFO})
    assert columns.to_config('{"nodes":["urn:xmpp:mix:nodes:info"],"max_occupants":7}') == Config(
        nodes=nodes, max_occupants=7
    )


def test_fields_nobody_knows_any_more_are_ignored() -> None:
    assert columns.to_config('{"cauldron":1,"listed":false}') == Config(listed=False)
    assert columns.to_info('{"cauldron":1,"name":"Coven"}') == Info("Coven")
    assert columns.to_preferences('{"cauldron":1}') == Preferences()


def test_every_field_of_the_information_has_a_place() -> None:
    """The information is stored by a class of its own, since it holds addresses."""
    info = Info(
        "The coven", "Witches", (HAG, HECATE), (("de", "Hexenzirkel"),), (("de", "Hexen"), ("eo", "Sorĉistinoj"))
    )
    assert all(getattr(info, field.name) != getattr(Info(), field.name) for field in fields(Info))
    assert columns.to_info(columns.from_info(info)) == info


def test_times_are_exact_whatever_their_zone() -> None:
    at = datetime(2026, 10, 31, 23, 59, 59, 999999, tzinfo=UTC)
    assert columns.to_time(columns.from_time(at)) == at
    assert columns.from_time(at.astimezone(timezone(timedelta(hours=5, minutes=30)))) == columns.from_time(at)
    early = replace(Config(), end_of_life=at)
    assert columns.to_config(columns.from_config(early)) == early
