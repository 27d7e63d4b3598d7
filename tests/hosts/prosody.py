"""Debian's Prosody on loopback, with a configuration of its own, accounts and a component."""

import subprocess
from pathlib import Path

from .processes import Program, free_ports, is_listening, wait_until

DOMAIN = "localhost"
COMPONENT = "mix.localhost"
ROOMS = "rooms.localhost"
"""A second component, for a service that mirrors its channels."""
SECRET = "cauldron bubble"
PASSWORD = "toil and trouble"

CONFIG = """
run_as_root = true
pidfile = "{home}/prosody.pid"
data_path = "{home}/data"
certificates = "{home}/certs"
log = {{ {{ levels = {{ min = "info" }}, to = "console" }} }}

interfaces = {{ "127.0.0.1" }}
local_interfaces = {{ "127.0.0.1" }}
component_interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {client_port} }}
component_ports = {{ {component_port} }}
c2s_direct_tls_ports = {{}}; s2s_ports = {{}}; s2s_direct_tls_ports = {{}}
http_interfaces = {{ "127.0.0.1" }}
http_ports = {{ {http_port} }}; https_ports = {{}}
http_default_host = "{domain}"
consider_websocket_secure = true
modules_disabled = {{ "s2s" }}

authentication = "internal_plain"
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
storage = "internal"
modules_enabled = {{
  "roster"; "saslauth"; "disco"; "carbons"; "pep"; "mam"; "blocklist"; "smacks"; "ping"; "vcard"; "posix"; "websocket";
}}

VirtualHost "{domain}"

Component "{component}"
  component_secret = "{secret}"
  component_conflict_resolve = "kick_old"

Component "{rooms}"
  component_secret = "{secret}"
  component_conflict_resolve = "kick_old"
"""


class Prosody:
    """A Prosody with accounts on `localhost` and room for the component `mix.localhost`."""

    says_away = "remote-server-timeout"

    def __init__(self, home: Path) -> None:
        self.client_port, self.component_port, self.http_port = free_ports(3)
        self.home = home
        self.config = home / "prosody.cfg.lua"
        for folder in ("data", "certs"):
            (home / folder).mkdir()
        self.config.write_text(
            CONFIG.format(
                home=home,
                client_port=self.client_port,
                component_port=self.component_port,
                http_port=self.http_port,
                domain=DOMAIN,
                component=COMPONENT,
                rooms=ROOMS,
                secret=SECRET,
            )
        )
        self.program = Program("Prosody", ["prosody", "-F", "--config", str(self.config)], log=home / "prosody.log")

    def register(self, user: str) -> None:
        """Make an account; everybody has the same password."""
        subprocess.run(
            ["prosodyctl", "--config", str(self.config), "register", user, DOMAIN, PASSWORD],
            check=True,
            capture_output=True,
            timeout=20,
        )

    def start(self) -> None:
        """Start it, and come back when clients and components can connect."""
        self.program.start()
        for port in (self.client_port, self.component_port, self.http_port):
            wait_until(f"Prosody listens on {port}", lambda port=port: self._answers_on(port), within=15)  # type: ignore[misc]

    def stop(self) -> None:
        self.program.stop()

    @property
    def websocket(self) -> str:
        """Where clients in browsers connect (RFC 7395)."""
        return f"ws://127.0.0.1:{self.http_port}/xmpp-websocket"

    def forget_rosters(self) -> None:
        """Let nothing of one test's contacts reach into the next; only while nobody is logged in."""
        for roster in self.home.glob("data/*/roster/*.dat"):
            roster.unlink()

    def _answers_on(self, port: int) -> bool:
        if not self.program.is_running:
            raise RuntimeError(f"Prosody did not start:\n{self.program.said()}")
        return is_listening(port)
