"""What the operator decides reaches the core."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mix.service.decisions import rules_of
from mix.service.settings import Component, Limits, Settings


@pytest.mark.req("MIX-DES-08", "MIX-RET-14")
def test_times_without_a_limit_are_none() -> None:
    """0 is no limit."""
    component = Component(jid="mix.example.org")
    rules = rules_of(Settings(component=component))
    assert (rules.domain, rules.retraction, rules.empty) == ("mix.example.org", None, None)
    rules = rules_of(Settings(component=component, limits=Limits(retraction_hours=2, empty_days=7)))
    assert (rules.retraction, rules.empty) == (timedelta(hours=2), timedelta(days=7))
