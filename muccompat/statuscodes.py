"""Status codes of rooms (XEP-0045 §15.6). No bare number stands anywhere else."""

from enum import IntEnum


class Status(IntEnum):
    """What a `<status code=…/>` says."""

    ADDRESSES_SHOWN = 100
    """Everybody here sees real JIDs."""
    CONFIG_CHANGED = 104
    SELF = 110
    """This presence is the recipient's own."""
    LOGGED = 170
    """What is said here is published."""
    NOT_LOGGED = 171
    NOW_SHOWING_ADDRESSES = 172
    NOW_HIDING_ADDRESSES = 173
    ROOM_CREATED = 201
    NICK_GIVEN = 210
    """The nick is not the one that was asked for."""
    BANNED = 301
    NICK_CHANGED = 303
    KICKED = 307
    AFFILIATION_LOST = 321
    MEMBERS_ONLY_NOW = 322
    SHUTDOWN = 332
    """The service stops for good."""
    TECHNICAL = 333
    """Removed because of an error, not by anybody's will."""
