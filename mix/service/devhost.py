"""`make run`: a Prosody on loopback, two accounts and mixd, to try it with any client.

Everything is below one directory and stays there: ports, passwords, accounts, channels. For development only:
no encryption, and nothing listens anywhere but on loopback.
"""

import ctypes
import fcntl
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from types import FrameType
from typing import IO

from rich.console import Console

from mix.service.devfiles import MIXD, PROSODY, SCREENFUL
from mix.service.failures import Failure
from pubsubnodes.frozen import frozen

HOST, DOMAIN = "localhost", "mix.localhost"
ACCOUNTS = ("romeo", "juliet")
LOOPBACK = "127.0.0.1"
FIRST_PORT = 15222


@frozen
class Kept:
    """What is chosen at the first start and stays: ports, the component's secret, passwords."""

    c2s: int
    component: int
    http: int
    secret: str
    passwords: Mapping[str, str]

    @classmethod
    def load_or_choose(cls, file: Path) -> "Kept":
        """Read what the first start chose, or be that first start."""
        if file.exists():
            return cls(**json.loads(file.read_text()))
        c2s, component, http = _free_ports(3)
        passwords = {name: secrets.token_hex(4) for name in ACCOUNTS}
        kept = cls(c2s, component, http, secrets.token_hex(16), passwords)
        file.write_text(json.dumps(asdict(kept), indent=2))
        return kept


def main(arguments: Sequence[str]) -> int:
    """Set up what is missing in the directory that is given, and run it until a signal comes."""
    if len(arguments) != 1:
        raise Failure("usage: python -m mix.service.devhost DIRECTORY")
    home = Path(arguments[0]).resolve()
    for name in ("", "prosody", "certs"):
        (home / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    for program in ("prosody", "prosodyctl"):
        if shutil.which(program, path=_path()) is None:
            raise Failure(f"there is no {program} here", "Install the packages prosody and prosody-modules.")

    with _alone(home):
        return _run(home)


def _run(home: Path) -> int:
    kept = Kept.load_or_choose(home / "kept.json")
    taken = [port for port in (kept.c2s, kept.component, kept.http) if not _is_free(port)]
    if taken:
        raise Failure(
            f"port {taken[0]} on {LOOPBACK}, chosen at the first start, is now taken by another program",
            f"Stop that program, or begin anew: rm -r {home}",
        )
    _write_once(home / "prosody.cfg.lua", PROSODY, home, kept)
    _write_once(home / "mixd.toml", MIXD, home, kept)
    _register(home, kept)
    with _stopping() as stopped, ExitStack() as running:
        prosody = ["prosody", "-F", "--config", str(home / "prosody.cfg.lua")]
        log = running.enter_context((home / "prosody.log").open("ab"))
        children = {"Prosody": running.enter_context(_child("Prosody", prosody, output=log))}
        _wait_for(kept.component, children["Prosody"], home / "prosody.log", stopped)
        if not stopped:
            _explain(home, kept)
            mixd = [sys.executable, "-m", "mix.service", "serve", "--config", str(home / "mixd.toml")]
            children["mixd"] = running.enter_context(_child("mixd", mixd))
        while not stopped:
            for name, child in children.items():
                if child.poll() is not None:
                    raise Failure(f"{name} ended by itself (exit code {child.returncode})", f"Look into {home}.")
            time.sleep(0.1)
    return 0


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    with (home / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Failure("it runs already, in another terminal", "Use that one, or stop it.") from None
        yield


@contextmanager
def _stopping() -> Iterator[list[int]]:
    """A list that is no longer empty once somebody wants us to stop."""
    received: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        received.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _child(name: str, command: Sequence[str], output: IO[bytes] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends with the block, and on Linux with us, whatever happens to us.

    It gets a session of its own: Ctrl-C reaches us alone, and we stop mixd before Prosody.
    """
    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
        preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        env=os.environ | {"PATH": _path()},
    )
    try:
        yield child
    finally:
        if child.poll() is None:
            Console(stderr=True).print(f"stopping {name}", style="dim")
            child.terminate()
            try:
                child.wait(timeout=20)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def _die_with_parent() -> None:
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def _path() -> str:
    """Debian has servers in sbin, which is not in everybody's PATH."""
    return os.environ.get("PATH", "") + ":/usr/sbin:/usr/bin"


def _free_ports(count: int) -> list[int]:
    candidates = range(FIRST_PORT, FIRST_PORT + 1000)
    found = list(islice(filter(_is_free, candidates), count))
    if len(found) < count:
        raise Failure(f"no free ports between {candidates.start} and {candidates.stop} on {LOOPBACK}")
    return found


def _is_free(port: int) -> bool:
    with socket.socket() as candidate:
        # connections that were closed a moment ago do not count, as they do not for servers
        candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            candidate.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def _write_once(file: Path, template: str, home: Path, kept: Kept) -> None:
    if file.exists():
        return
    values = asdict(kept) | {"host": HOST, "domain": DOMAIN, "home": home, "admin": ACCOUNTS[0]}
    file.touch(mode=0o600)
    file.write_text(template.format(root="true" if os.geteuid() == 0 else "false", **values))


def _register(home: Path, kept: Kept) -> None:
    for name, password in kept.passwords.items():
        if (home / "prosody" / HOST / "accounts" / f"{name}.dat").exists():
            continue
        command = ["prosodyctl", "--config", str(home / "prosody.cfg.lua"), "register", name, HOST, password]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | {"PATH": _path()})
        if done.returncode != 0:
            raise Failure(f"prosodyctl could not register {name}", (done.stderr or done.stdout).strip())


def _wait_for(port: int, child: subprocess.Popen[bytes], log: Path, stopped: Sequence[int]) -> None:
    patience = time.monotonic() + 15
    while time.monotonic() < patience and child.poll() is None and not stopped:
        with socket.socket() as probe:
            if probe.connect_ex((LOOPBACK, port)) == 0:
                return
        time.sleep(0.05)
    if not stopped:
        raise Failure("Prosody did not start", f"{log} says why; a port may be taken: kept.json has the ports.")


def _explain(home: Path, kept: Kept) -> None:
    accounts = "     ".join(f"{name}@{HOST}  password {password}" for name, password in kept.passwords.items())
    near = Path(os.path.relpath(home))
    screenful = SCREENFUL.format(
        loopback=LOOPBACK,
        c2s=kept.c2s,
        http=kept.http,
        accounts=accounts,
        domain=DOMAIN,
        home=near,
        mixd_toml=near / "mixd.toml",
    )
    Console(soft_wrap=True, highlight=False).print(screenful)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Failure as failure:
        Console(stderr=True, soft_wrap=True).print(f"{failure.sentence}\n{failure.hint}".strip(), style="red")
        sys.exit(failure.exit_code)
