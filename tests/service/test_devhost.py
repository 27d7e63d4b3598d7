"""`make run`: what it chooses, it keeps; what it starts, it stops."""

import json
import socket
from pathlib import Path

import pytest

from mix.service import devhost
from mix.service.devfiles import MIXD
from mix.service.devhost import Kept
from mix.service.failures import Failure
from mix.service.settings import load


def test_the_first_start_chooses_and_later_ones_keep(tmp_path: Path) -> None:
    """Accounts, ports and passwords are the same after a restart."""
    first = Kept.load_or_choose(tmp_path / "kept.json")
    assert len({first.c2s, first.component, first.http}) == 3
    assert Kept.load_or_choose(tmp_path / "kept.json") == first


def test_ports_in_use_are_not_chosen(tmp_path: Path) -> None:
    """Another server on this machine stays undisturbed."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert not devhost._is_free(server.getsockname()[1])


def test_a_port_that_was_taken_meanwhile_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Instead of a Prosody that listens nowhere."""
    monkeypatch.setattr("shutil.which", lambda *_args, **_named: "/usr/bin/prosody")
    kept = Kept.load_or_choose(tmp_path / "kept.json")
    with socket.create_server(("127.0.0.1", kept.component)), pytest.raises(Failure) as caught:
        devhost.main([str(tmp_path)])
    assert f"port {kept.component} on 127.0.0.1" in caught.value.sentence


def test_a_second_one_in_the_same_place_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two Prosodies on one set of files would spoil them."""
    monkeypatch.setattr("shutil.which", lambda *_args, **_named: "/usr/bin/prosody")
    with devhost._alone(tmp_path), pytest.raises(Failure, match="runs already"):
        devhost.main([str(tmp_path)])


def test_the_settings_it_writes_are_valid_and_the_operators_changes_stay(tmp_path: Path) -> None:
    """mixd.toml is written once."""
    kept = Kept.load_or_choose(tmp_path / "kept.json")
    file = tmp_path / "mixd.toml"
    devhost._write_once(file, MIXD, tmp_path, kept)
    settings = load(file)
    assert (settings.component.jid, settings.component.port) == ("mix.localhost", kept.component)
    assert settings.component.secret.get_secret_value() == kept.secret
    assert settings.local_domains == {"localhost"}
    file.write_text("changed")
    devhost._write_once(file, MIXD, tmp_path, kept)
    assert file.read_text() == "changed"
    assert json.loads((tmp_path / "kept.json").read_text())["secret"] == kept.secret
