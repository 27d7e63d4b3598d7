"""Taking back what others have said (XEP-0425), by moderators on either face."""

from __future__ import annotations

import pytest

from tests.conversations.test_retraction import (
    RETRACT,
    SID,
    archive,
    in_mix,
    inner,
    said,
    stamp,
    takes_back,
)
from tests.conversations.words import configure, error, features, info, occupant_id, says
from tests.stage import Scene, Service
from tests.stage.ranks import condition, court
from tests.stage.room import MUC, ROOM

MODERATE = "urn:xmpp:message-moderate:1"
HECATE = "hecate@shakespeare.example"
DONE = "<iq type='result' from='{coven}' id='x1'/>"


def moderates(name: str = "said", reason: str = "", id: str = "x1", to: str = "{coven}") -> str:
    """A moderator's request."""
    why = f"<reason>{reason}</reason>" if reason else ""
    return (
        f"<iq type='set' id='{id}' to='{to}'><moderate xmlns='{MODERATE}' id='{{{name}}}'>"
        f"<retract xmlns='{RETRACT}'/>{why}</moderate></iq>"
    )


def notice(who: str | None, nick: str = "", reason: str = "", id: str = "*") -> str:
    """What the room says of it."""
    by = f" by='{{coven}}/{nick}'" if who else ""
    occupant = occupant_id(who) if who else ""
    why = f"<reason>{reason}</reason>" if reason else ""
    return (
        f"<message type='groupchat' from='{{coven}}' id='{id}'><retract xmlns='{RETRACT}' id='{{said}}'>"
        f"<moderated xmlns='{MODERATE}'{by}>{occupant}</moderated>{why}</retract>{SID.format(id=id)}</message>"
    )


def failed(type: str, condition: str, by: str = "{coven}") -> str:
    """The request refused."""
    return f"<iq type='error' id='x1' from='{{coven}}'>{error(type, condition, by)}</iq>"


@pytest.fixture
def moderated(coven: Scene) -> Scene:
    """The channel, whose administrators and moderators may take back what others said."""
    coven.owner.sends(configure(("Administrator Message Retraction Rights", "admins"), ("Administrator", HECATE)))
    coven.service.everybody_forgets()
    return coven


@pytest.mark.req(
    "MUC-RETR-09",
    "MUC-RETR-10",
    "MUC-RETR-11",
    "MUC-RETR-12",
    "MUC-RETR-20",
    "MIX-RET-17",
    "MIX-MUC-22",
    "MIX-RET-07",
)
def test_a_moderator_takes_back_a_message(coven: Scene) -> None:
    """XEP-0425 §3.1: the room says so to everybody, and by whom; MIX clients hear it in their words."""
    hecate, pistol, hag66 = coven.people("hecate", "pistol", "hag66", joined=["hag66"], entered=["hecate", "pistol"])
    coven.owner.sends(configure(("Administrator Message Retraction Rights", "admins"), ("Administrator", HECATE)))
    said(coven, pistol)
    hecate.sends(moderates(reason="spam"))
    hecate.receives(notice("hecate", "moon", "spam", id="{notice}"), DONE)
    pistol.receives(notice("hecate", "moon", "spam", id="{notice}"))
    hag66.receives(in_mix("hecate", "moon", id="{notice}"))
    coven.is_silent()
    (_, kept) = archive(pistol)
    assert kept.get("id") == coven.service.known["notice"]
    assert inner(kept).get("from") == coven.jid


@pytest.mark.req("MUC-RETR-16", "MUC-RETR-17", "MUC-HIST-24", "MUC-MAM-14")
def test_a_tombstone_names_the_moderator(moderated: Scene) -> None:
    """XEP-0425 §4: author on the message, moderator inside; nothing of what was said, nowhere."""
    hecate, pistol, macbeth = moderated.people("hecate", "pistol", "macbeth", entered=["hecate", "pistol"])
    said(moderated, pistol)
    hecate.sends(moderates(reason="spam"))
    found, retraction = archive(pistol)
    message = inner(found)
    retracted = message[0]
    assert dict(retracted.items()) == {"id": inner(retraction).get("id"), "stamp": stamp(retraction)}
    (moderated_by, reason) = retracted
    assert (moderated_by.tag, moderated_by.get("by")) == (f"{{{MODERATE}}}moderated", f"{moderated.jid}/moon")
    assert [child.get("id") for child in moderated_by] == [hecate.id]
    assert reason.text == "spam"
    assert [child.get("id") for child in message if "occupant-id" in child.tag] == [pistol.id]
    macbeth.sends("<presence to='{coven}/thane'><x xmlns='http://jabber.org/protocol/muc'/></presence>")
    archive(macbeth)
    assert "damned" not in "".join(one.raw for one in macbeth.inbox)


@pytest.mark.req("MUC-RETR-18", "MUC-RETR-23")
def test_an_absent_owner_moderates_without_a_name(coven: Scene) -> None:
    """XEP-0425 §4."""
    pistol, hag66 = coven.people("pistol", "hag66", joined=["hag66"], entered=["pistol"])
    said(coven, pistol)
    coven.owner.sends(moderates())
    coven.owner.receives(DONE)
    pistol.receives(notice(None))
    found, _ = archive(pistol)
    assert dict(inner(found)[0][0].items()) == {}
    hag66.forgets()
    found, _ = archive(hag66)
    assert (inner(found)[0].get("by") or "").endswith(f"#{coven.jid}")
    coven.is_silent()


@pytest.mark.req("MIX-RET-17", "MIX-MUC-22")
def test_by_mix_everybody_else_s_message_goes_as_moderation(coven: Scene) -> None:
    """XEP-0407 §4: the room says so by itself, since clients would not believe it of the owner."""
    crone1, pistol, hag66 = coven.people("crone1", "pistol", "hag66", joined=["crone1", "hag66"], entered=["pistol"])
    said(coven, pistol)
    crone1.sends(takes_back())
    pistol.receives(notice("crone1", "firstwitch", id="{notice}"))
    hag66.receives(in_mix("crone1", "firstwitch", id="{notice}"))
    found, retraction = archive(pistol)
    assert inner(found)[0].get("id") == inner(retraction).get("id") == coven.service.known["notice"]


@pytest.mark.req("MUC-RETR-13", "MIX-RET-05")
def test_others_may_not(moderated: Scene) -> None:
    """XEP-0425 §3.2: neither by room nor by MIX, nor from outside; and nobody hears of it."""
    pistol, hag66, macbeth = moderated.people("pistol", "hag66", "macbeth", joined=["hag66"], entered=["pistol"])
    said(moderated, pistol)
    pistol.sends(moderates())
    pistol.receives(failed("auth", "forbidden"))
    for someone in (hag66, macbeth):
        someone.sends(moderates())
        someone.receives("<iq type='error' id='x1' from='{coven}'>…</iq>")
    moderated.is_silent()
    assert inner(archive(pistol)[0]).findtext("{jabber:client}body") == "out, damned spot"


@pytest.mark.req("MUC-RETR-14")
def test_unknown_and_gone(moderated: Scene) -> None:
    """XEP-0425 §3.2: what is not there is not found; what is gone is gone, and nobody is told twice."""
    hecate, pistol = moderated.people("hecate", "pistol", entered=["hecate", "pistol"])
    moderated.service.known["said"] = "nonsense"
    hecate.sends(moderates())
    hecate.receives(failed("cancel", "item-not-found"))
    said(moderated, pistol)
    hecate.sends(moderates())
    moderated.service.everybody_forgets()
    hecate.sends(moderates())
    hecate.receives(DONE)
    moderated.is_silent()


@pytest.mark.req("MUC-RETR-15")
@pytest.mark.parametrize(
    "inside",
    [
        f"<moderate xmlns='{MODERATE}'><retract xmlns='{RETRACT}'/></moderate>",
        f"<moderate xmlns='{MODERATE}' id='{{said}}'><foo xmlns='urn:example'/></moderate>",
        f"<moderate xmlns='{MODERATE}' id='{{said}}'/>",
    ],
)
@pytest.mark.parametrize("by_mix", [False, True])
def test_a_request_says_which_and_what(moderated: Scene, inside: str, by_mix: bool) -> None:
    """XEP-0425 §3."""
    hecate, pistol = moderated.people("hecate", "pistol", joined=["hecate"] * by_mix, entered=["pistol"])
    if not by_mix:
        moderated.enters(hecate, "moon")
    said(moderated, pistol)
    hecate.sends(f"<iq type='set' id='x1'>{inside}</iq>")
    hecate.receives(failed("modify", "bad-request", "" if by_mix else "{coven}"))
    moderated.is_silent()


@pytest.mark.req("MUC-RETR-22")
def test_subjects_and_notices_stay(moderated: Scene) -> None:
    """Neither who sets the subject nor who moderates does so in secret."""
    hecate, pistol = moderated.people("hecate", "pistol", entered=["hecate", "pistol"])
    hecate.sends("<message type='groupchat' id='s1'><subject>Act I</subject></message>")
    found = archive(pistol)
    moderated.service.known["said"] = found[-1].get("id") or ""
    hecate.forgets()
    hecate.sends(moderates())
    hecate.receives(failed("modify", "not-acceptable"))
    said(moderated, pistol)
    hecate.sends(moderates())
    moderated.service.known["said"] = archive(pistol)[-1].get("id") or ""
    hecate.forgets()
    hecate.sends(moderates())
    hecate.receives(failed("modify", "not-acceptable"))
    moderated.is_silent()


@pytest.mark.req("MUC-FEAT-17")
@pytest.mark.parametrize("circle", ["admins", "owners", "nobody"])
def test_rooms_say_whether_there_is_moderation(coven: Scene, circle: str) -> None:
    """XEP-0425 §2."""
    pistol = coven.people("pistol", entered=["pistol"])
    coven.owner.sends(configure(("Administrator Message Retraction Rights", circle)))
    pistol.forgets()
    pistol.sends(info())
    (answer,) = pistol.takes()
    assert (MODERATE in features(answer)) is (circle != "nobody")


@pytest.mark.req("MUC-RETR-24")
def test_corrections_and_reactions_pass(coven: Scene) -> None:
    """XEP-0308, XEP-0444: the room does not judge them."""
    pistol, macbeth = coven.people("pistol", "macbeth", entered=["pistol", "macbeth"])
    said(coven, pistol)
    carried = (
        "<replace xmlns='urn:xmpp:message-correct:0' id='m1'/>"
        "<reactions xmlns='urn:xmpp:reactions:0' id='{said}'><reaction>x</reaction></reactions>"
    )
    pistol.sends(says("out, spot", carried, id="m2"))
    macbeth.receives(
        f"<message type='groupchat' from='{{coven}}/ancient' id='m2'><body>out, spot</body>{carried}"
        f"{occupant_id('pistol')}{SID.format(id='*')}</message>"
    )


@pytest.mark.req("MUC-RETR-21")
def test_moderators_leave_alone_what_those_above_them_said(stage: Service) -> None:
    """XEP-0425 §3: where the owner wants it so; above are those of a higher affiliation, in the room or not."""
    people = court(stage)
    hag66 = people["hag66"]
    stage.known["protect"] = "{urn:mixd:room:0}protect_ranks"
    said: dict[str, str] = {}
    for name in ("hag66", "crone1", "banquo", "pistol"):
        stage.everybody_forgets()
        people[name].sends(f"<message type='groupchat' id='m' to='{ROOM}'><body>hail</body></message>")
        (copy,) = people[name].takes()
        said[name] = next(one.get("id", "") for one in copy.iter("{urn:xmpp:sid:0}stanza-id"))
    hag66.sends(f"<presence type='unavailable' to='{ROOM}/hag'/>")

    def takes_back(by: str, of: str) -> str:
        stage.everybody_forgets()
        people[by].sends(
            f"<iq type='set' id='x' to='{ROOM}'><moderate xmlns='{MODERATE}' id='{said[of]}'>"
            f"<retract xmlns='{RETRACT}'/></moderate></iq>"
        )
        return condition(next(one for one in people[by].takes() if one.tag.endswith("iq")))

    def protects(value: str) -> None:
        hag66.sends(
            f"<iq type='set' id='c' to='{ROOM}'><query xmlns='{MUC}#owner'><x xmlns='jabber:x:data' type='submit'>"
            f"<field var='FORM_TYPE'><value>{MUC}#roomconfig</value></field>"
            f"<field var='{{protect}}'><value>{value}</value></field></x></query></iq>"
        )
        hag66.receives(f"<iq type='result' id='c' from='{ROOM}'/>")

    protects("1")
    assert [takes_back("crone1", of) for of in ("hag66", "crone1", "banquo")] == ["cancel not-allowed", "ok", "ok"]
    assert takes_back("hecate", "pistol") == "ok"
    protects("0")
    assert takes_back("crone1", "hag66") == "ok"
