"""Real hosts and real clients: what people see through a Prosody or an ejabberd of this machine."""
