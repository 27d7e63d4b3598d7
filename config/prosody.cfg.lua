-- What mixd needs in /etc/prosody/prosody.cfg.lua (Prosody 0.12 or newer). Change example.org and the secret.
--
-- `delegation` and `privilege` come with the package prosody-modules. With them, people with MIX clients join
-- for good: their server keeps the channel in their contact list and mixd answers for it. Without them, rooms
-- for MUC clients work just as well, and MIX clients have to join by themselves.

VirtualHost "example.org"
    -- add to what this host has already; or put them into the global modules_enabled
    modules_enabled = { "delegation", "privilege" }

    -- mixd answers the requests with which clients join and leave (MIX-PAM, XEP-0405)
    delegations = {
        ["urn:xmpp:mix:pam:2"] = { jid = "mix.example.org" };
        ["urn:xmpp:mix:pam:0"] = { jid = "mix.example.org" };  -- clients written for older drafts
    }

    -- what mixd may do for the people of this host, and nothing more (XEP-0356)
    privileged_entities = {
        ["mix.example.org"] = {
            roster = "both";                        -- put a joined channel into the contact list, take a left one out
            message = "outgoing";
            presence = "managed_entity";            -- know which devices are online, to deliver to them
            iq = { ["jabber:iq:roster"] = "set" };  -- tell MIX clients which contacts are channels
        };
    }

Component "mix.example.org"
    component_secret = "change me"                   -- [component] secret in mixd.toml
    component_conflict_resolve = "kick_old"          -- a restarted mixd replaces its half-dead connection
    modules_enabled = { "delegation", "privilege" }  -- needed here as well

-- Only if rooms are to have a domain of their own (`domain` in [muc] of mixd.toml):
-- Component "rooms.example.org"
--     component_secret = "change me"                -- the same secret
--     component_conflict_resolve = "kick_old"
