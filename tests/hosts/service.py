"""The service under test: `python -m mix.service`, its settings file and its database."""

import asyncio
import json
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from .processes import Program
from .prosody import COMPONENT, DOMAIN, SECRET

ROOT = Path(__file__).resolve().parents[2]

Value: TypeAlias = str | bool | int | list[str]

SETTINGS: Mapping[str, Mapping[str, Value]] = {
    "component": {"jid": COMPONENT, "secret": SECRET, "host": "127.0.0.1"},
    "database": {},
    "service": {
        "admins": [f"crone1@{DOMAIN}"],
        "creators": "anyone",
        "default_visibility": "hidden",
        "faces": ["mix.face", "muccompat"],
    },
    "log": {"level": "debug"},
}


class Service:
    """One service with a database of its own, in a folder of its own."""

    def __init__(self, folder: Path, *, port: int, secret: str = SECRET, rooms: str | None = None) -> None:
        self.config = folder / "mixd.toml"
        settings = {section: dict(keys) for section, keys in SETTINGS.items()}
        settings["component"] |= {"port": port, "secret": secret}
        settings["database"]["url"] = f"sqlite:///{folder / 'mixd.db'}"
        if rooms is not None:
            settings["muc"] = {"domain": rooms}
        self.config.write_text(_toml(settings))
        self.program = Program("mixd", [*self._command("serve")], log=folder / "mixd.log", cwd=ROOT)

    def start(self) -> None:
        """Start it; whether it is up is for a client to find out."""
        self.program.start()

    async def shut_down(self, *, within: float = 10.0, for_good: bool = False) -> int:
        """Ask it to end, as systemd would, or as somebody does who closes it; and say how it ended."""
        self.program.send(signal.SIGUSR1 if for_good else signal.SIGTERM)
        return await self.program.exit_code(within=within)

    async def whois(self, channel: str, who: str) -> tuple[int, list[dict[str, object]], str]:
        """Run `mixd whois --json`: the exit code, whom it found, and what it said to the person."""
        return await self._asked("whois", channel, who)

    async def check(self) -> tuple[int, list[dict[str, object]], str]:
        """Run `mixd check --json`: the exit code, what it found, and what it said besides."""
        return await self._asked("check")

    async def _asked(self, *words: str) -> tuple[int, list[dict[str, object]], str]:
        process = await asyncio.create_subprocess_exec(
            *self._command(*words),
            "--json",
            cwd=ROOT,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, said = await asyncio.wait_for(process.communicate(), 30)
        assert process.returncode is not None
        return process.returncode, json.loads(out or "[]"), said.decode()

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "mix.service", *words, "--config", str(self.config)]


def _toml(settings: Mapping[str, Mapping[str, Value]]) -> str:
    # JSON's strings, numbers, booleans and lists of strings are TOML's, too.
    lines: list[str] = []
    for section, keys in settings.items():
        lines.append(f"[{section}]")
        lines += [f"{key} = {json.dumps(value)}" for key, value in keys.items()]
    return "\n".join(lines) + "\n"
