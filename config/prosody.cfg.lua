-- What mixd needs in /etc/prosody/prosody.cfg.lua (Prosody 0.12 or newer). Change example.org and the secret.
--
-- MUC clients need nothing else. MIX clients join by themselves: Prosody has no MIX-PAM (XEP-0405), and mixd asks
-- for no privileges on your server.

Component "mix.example.org"
    component_secret = "change me"                   -- [component] secret in mixd.toml
    component_conflict_resolve = "kick_old"          -- a restarted mixd replaces its half-dead connection

-- Only if rooms are to have a domain of their own (`domain` in [muc] of mixd.toml):
-- Component "rooms.example.org"
--     component_secret = "change me"                -- the same secret
--     component_conflict_resolve = "kick_old"
