"""`make run`: what it chooses, it keeps; what it starts, it stops."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
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


# What `mixd serve` would do, without its database and its channels: log that it is there, stop when told.
STAND_IN = """
import logging, signal, sys, types
def serve(settings):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    logging.getLogger("mix").info("connected as %s", settings.component.jid)
    signal.pause()
sys.modules["mix.service.operations"] = types.ModuleType("mix.service.operations")
sys.modules["mix.service.operations"].serve = serve
"""


@pytest.mark.hosts
@pytest.mark.skipif(shutil.which("prosody") is None, reason="Prosody is not installed")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_starts_says_how_to_connect_and_leaves_nothing(tmp_path: Path, how: signal.Signals) -> None:
    """Twice: the second start finds the accounts of the first; both end with 0 and without a process."""
    (tmp_path / "sitecustomize.py").write_text(STAND_IN)
    home = tmp_path / "dev"
    screens = [_session(home, how, tmp_path), _session(home, how, tmp_path)]
    assert screens[0] == screens[1]
    assert re.search(r"romeo@localhost  password \w{8}     juliet@localhost  password \w{8}", screens[0])
    accounts = home / "prosody/localhost/accounts"
    assert {file.stem for file in accounts.iterdir()} == {"romeo", "juliet"}


def _session(home: Path, how: signal.Signals, stand_in: Path) -> str:
    """One `make run` until mixd is there, then a signal; gives what was on the screen."""
    with subprocess.Popen(
        [sys.executable, "-m", "mix.service.devhost", str(home)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"PYTHONPATH": f"{stand_in}:{Path(__file__).parents[2]}"},
    ) as running:
        assert running.stdout
        lines = []
        for line in running.stdout:
            if "connected as mix.localhost" in line:
                break
            lines.append(line)
        ports = json.loads((home / "kept.json").read_text())
        socket.create_connection(("127.0.0.1", ports["c2s"])).close()
        running.send_signal(how)
        goodbye = running.stdout.read()
    assert running.returncode == 0
    assert goodbye == "stopping mixd\nstopping Prosody\n"
    for port in (ports["c2s"], ports["component"], ports["http"]):
        assert devhost._is_free(port)
    assert not (home / "prosody.pid").exists()
    return "".join(lines)
