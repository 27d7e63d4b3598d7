"""What the service answers to an operator's questions, as values the command line prints."""

from datetime import datetime
from typing import Literal

from pubsubnodes.frozen import frozen


@frozen
class CheckResult:
    """One thing `mixd check` looked at; `hint` says what to do when it is not in order."""

    name: str
    ok: bool
    detail: str
    hint: str = ""


@frozen
class WhoisAnswer:
    """Who is behind an id in a channel, for an administrator (XEP-0404 §2.5).

    `jid` is text on purpose: the lookup was written to the audit table before this value was made.
    """

    id: str
    nick: str | None
    jid: str
    state: Literal["participant", "visitor", "onlooker", "gone"]
    joined: datetime
    left: datetime | None
