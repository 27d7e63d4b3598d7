"""Debian's ejabberd on loopback. It runs as user `ejabberd`, to whom its directories must belong."""

import os
import pwd
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from .processes import Program, free_ports, is_listening, wait_until
from .prosody import COMPONENT, DOMAIN, PASSWORD, SECRET

USER = "ejabberd"
CTL = "/usr/sbin/ejabberdctl"

CONFIG = """
hosts: [{domain}]
loglevel: info
certfiles: []
acme: {{auto: false}}
auth_method: internal
s2s_access: none
listen:
  - {{port: {client_port}, ip: 127.0.0.1, module: ejabberd_c2s, starttls: false, max_stanza_size: 262144}}
  - port: {component_port}
    ip: 127.0.0.1
    module: ejabberd_service
    hosts:
      {component}: {{password: "{secret}"}}
    global_routes: false
modules:
  mod_roster: {{}}
  mod_disco: {{}}
  mod_caps: {{}}
  mod_carboncopy: {{}}
  mod_mam: {{default: always}}
  mod_ping: {{}}
  mod_stream_mgmt: {{}}
  mod_vcard: {{}}
  mod_pubsub: {{plugins: [flat, pep]}}
  mod_mix_pam: {{}}
"""

# A fixed distribution port keeps Erlang from starting epmd, which listens everywhere and outlives us.
CTL_CONFIG = """
ERL={home}/conf/erl
ERLANG_NODE={node}
EJABBERD_PID_PATH={home}/ejabberd.pid
INET_DIST_INTERFACE=127.0.0.1
ERL_DIST_PORT={distribution_port}
"""

# ejabberdctl is Erlang's parent. Should a test run be killed, Erlang shall go down with it.
ERL = """#!/bin/sh
exec setpriv --pdeathsig KILL /usr/bin/erl "$@"
"""


class Ejabberd:
    """An ejabberd with accounts on `localhost` and room for the component `mix.localhost`."""

    says_away = "forbidden"  # it tries other servers then, which `s2s_access: none` forbids

    def __init__(self, home: Path) -> None:
        self.client_port, self.component_port, distribution_port = free_ports(3)
        self.home = home
        for folder in ("conf", "spool", "log"):
            (home / folder).mkdir()
        (home / "conf" / "ejabberd.yml").write_text(
            CONFIG.format(
                domain=DOMAIN,
                component=COMPONENT,
                secret=SECRET,
                client_port=self.client_port,
                component_port=self.component_port,
            )
        )
        (home / "conf" / "ejabberdctl.cfg").write_text(
            CTL_CONFIG.format(
                node=f"mixd{self.client_port}@localhost",
                home=home,
                distribution_port=distribution_port,
            )
        )
        shutil.copy("/etc/ejabberd/inetrc", home / "conf")
        (home / "conf" / "erl").write_text(ERL)
        (home / "conf" / "erl").chmod(0o755)
        self._ctl = [CTL, "--config-dir", f"{home}/conf", "--spool", f"{home}/spool", "--logs", f"{home}/log"]
        self._become: list[str] = []
        owner = pwd.getpwnam(USER)
        if os.geteuid() != owner.pw_uid:
            # ejabberdctl would use su, which opens a new session: its processes would escape our group.
            self._become = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--init-groups", "--"]
            for path in (home, *home.rglob("*")):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        # The kernel forgets "die with your parent" when a process changes its user: hence the inner setpriv.
        self.program = Program(
            "ejabberd",
            [*self._become, "setpriv", "--pdeathsig", "KILL", *self._ctl, "foreground"],
            log=home / "console.log",
            env={"HOME": str(home)},
            cwd=home,
        )

    def start(self) -> None:
        """Start it, and come back when clients and components can connect and accounts can be made."""
        self.program.start()
        for port in (self.client_port, self.component_port):
            wait_until(f"ejabberd listens on {port}", lambda port=port: self._answers_on(port), within=60)  # type: ignore[misc]
        self._run("started")

    def register(self, user: str) -> None:
        """Make an account; everybody has the same password."""
        self._run("register", user, DOMAIN, PASSWORD)

    def stop(self) -> None:
        """Stop it in order; ejabberdctl, its parent, ends by itself then."""
        pid = self.home / "ejabberd.pid"
        if self.program.is_running and pid.exists():
            os.kill(int(pid.read_text()), signal.SIGTERM)
            with suppress(TimeoutError):
                wait_until("ejabberd has ended", lambda: not self.program.is_running, within=20)
        self.program.stop()

    def forget_rosters(self) -> None:
        """Nothing to do: channels are not in ejabberd's rosters, mod_mix_pam only shows them there."""

    def _run(self, *command: str) -> None:
        subprocess.run(
            [*self._become, *self._ctl, *command],
            check=True,
            capture_output=True,
            timeout=60,
            cwd=self.home,
            env={**os.environ, "HOME": str(self.home)},
        )

    def _answers_on(self, port: int) -> bool:
        if not self.program.is_running:
            raise RuntimeError(f"ejabberd did not start:\n{self.program.said()}")
        return is_listening(port)
