"""What `make run` writes and prints: a Prosody of one's own, and settings that fit it."""

PROSODY = """\
-- Written by `make run` at its first start; delete the directory to begin anew.
run_as_root = {root}
pidfile = "{home}/prosody.pid"
data_path = "{home}/prosody"
certificates = "{home}/certs"
admin_socket = "{home}/prosody.sock"
log = {{ {{ levels = {{ min = "info" }}, to = "file", filename = "{home}/prosody.log" }} }}

interfaces = {{ "127.0.0.1" }}
local_interfaces = {{ "127.0.0.1" }}
component_interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {c2s} }}
component_ports = {{ {component} }}
http_ports = {{ {http} }}
https_ports = {{}}; s2s_ports = {{}}; s2s_direct_tls_ports = {{}}; c2s_direct_tls_ports = {{}}
modules_disabled = {{ "s2s" }}

authentication = "internal_plain"
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
storage = "internal"
consider_websocket_secure = true
http_default_host = "{host}"

modules_enabled = {{
    "roster"; "saslauth"; "disco"; "carbons"; "pep"; "mam"; "blocklist"; "smacks"; "csi_simple"; "bookmarks";
    "private"; "vcard4"; "vcard_legacy"; "ping"; "version"; "time"; "posix"; "admin_shell"; "websocket";
}}

VirtualHost "{host}"
    disco_items = {{ {{ "{domain}", "Channels" }} }}

Component "{domain}"
    component_secret = "{secret}"
    component_conflict_resolve = "kick_old"
"""

MIXD = """\
# Written by `make run` at its first start; change what you like. Every key: config/example.toml
[component]
jid = "{domain}"
secret = "{secret}"
port = {component}

[database]
url = "sqlite:///{home}/mixd.db"

[service]
admins = ["{admin}@{host}"]
local_domains = ["{host}"]
"""

SCREENFUL = """\

[bold]mixd[/bold], behind a Prosody of its own. Ctrl-C stops both; the next `make run` finds all as it was.

[bold]Connect[/bold] any XMPP client on this machine; with two of them you see more:
  server       {loopback} port {c2s}, to be set by hand ("custom host"); [bold]no TLS[/bold], plain password
  accounts     {accounts}
  in browsers  ws://localhost:{http}/xmpp-websocket

[bold]With a MUC client[/bold] (Gajim, Dino, Converse.js, poezio, Psi):
  enter the room [bold]coven@{domain}[/bold] as romeo, who creates and owns it, then as juliet.
  juliet does not see romeo's address; romeo, as its owner, sees hers.

[bold]With a MIX client that joins by itself[/bold] (Siskin, Halcyon, slixmpp; Kaidan needs a server with MIX-PAM):
  create or join the channel [bold]coven@{domain}[/bold]: it is the same one. Go offline: you are still in.

[bold]Then ask[/bold], in another terminal, who that was (also after they left):
  .venv/bin/mixd whois coven juliet --config {mixd_toml}

[bold]Files[/bold], all in {home}:
  mixd.toml   mixd.db   prosody.cfg.lua   prosody.log   prosody/ (accounts)
"""
