"""What a room answers from what it is, without anything happening."""

from enum import StrEnum


class Question(StrEnum):
    """What a `Look` looks at."""

    DONE = "done"
    """Nothing: the wish is granted by doing nothing."""
    INFO = "info"
    ITEMS = "items"
    RESERVED_NICK = "reserved nick"
    SERVICE_INFO = "service info"
    NOTHING = "nothing"
    """A list of what there is, where nothing is to be listed."""
    VERSION = "version"
    REGISTRATION = "registration"
    CONFIGURATION = "configuration"
    VCARD = "vcard"
    ARCHIVE_FIELDS = "archive fields"
    NOT_HERE = "not here"
    COMMAND = "command"
    """A command that changes nothing, or not yet."""
    COMMANDS = "commands"
    COMMAND_INFO = "command info"
    PROBE = "probe"
    UNSUBSCRIBED = "unsubscribed"
