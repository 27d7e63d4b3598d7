"""mixd: one channel, two ways to speak about it; this package is the channel and its MIX face (XEP-0369)."""
