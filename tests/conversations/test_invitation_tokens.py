"""Invitations with a token: asked for by those who may let people in, used by whom they are for (XEP-0407 §6)."""

from __future__ import annotations

import pytest

from tests.conversations.words import (
    CORE,
    PUBSUB,
    ask_items,
    configure,
    error,
    event,
    failed,
    info,
    items,
    join,
    joined,
    participant,
)
from tests.stage import Person, Scene
from tests.stage.scene import node

MISC = "urn:xmpp:mix:misc:0"
WEEK = 7 * 24 * 3600.0
CLOSED = ("Nodes Present", "presence"), ("Nodes Present", "information"), ("Nodes Present", "allowed")
OPEN_TO_BANS = (*CLOSED, ("Nodes Present", "banned"))


def invite(invitee: str, type: str = "get") -> str:
    """Ask for an invitation."""
    return f"<iq type='{type}' id='v1'><invite xmlns='{MISC}'><invitee>{invitee}</invitee></invite></iq>"


def invitation(inviter: str, invitee: str, token: str, channel: str = "{coven}", xmlns: str = MISC) -> str:
    """An invitation as it travels."""
    return (
        f"<invitation xmlns='{xmlns}'><inviter>{inviter}</inviter><invitee>{invitee}</invitee>"
        f"<channel>{channel}</channel><token>{token}</token></invitation>"
    )


def invited(inviter: str, invitee: str, token: str) -> str:
    """The invitation that was asked for."""
    return (
        f"<iq type='result' id='v1' from='{{coven}}'><invite xmlns='{MISC}'>"
        f"{invitation(inviter, invitee, token)}</invite></iq>"
    )


def closes(coven: Scene, *more: tuple[str, str]) -> None:
    """Only the allowed get in from now on."""
    coven.owner.sends(configure(*OPEN_TO_BANS, *more))
    coven.owner.receives("<iq type='result' id='c1' from='{coven}'>…</iq>")
    coven.service.everybody_forgets()


def issues(coven: Scene, by: Person, to: Person, token: str = "token") -> None:
    """Somebody asks for an invitation and gets it: `{token}` from now on."""
    coven.service.eavesdropper.excuses(by, to)
    coven.service.eavesdropper.excuses(to, by)
    by.sends(invite(f"{{{to.name}}}"))
    by.receives(invited(f"{{{by.name}}}", f"{{{to.name}}}", f"{{{token}}}"))


NOT_IN = failed("j1", "auth", "forbidden", "…")


@pytest.mark.req(
    "MIX-INV-02", "MIX-INV-03", "MIX-INV-05", "MIX-INV-09", "MIX-INV-16", "MIX-JOI-30", "MIX-JOI-31", "MIX-MUC-07"
)
@pytest.mark.parametrize("xmlns", [CORE, MISC])
def test_who_is_invited_gets_in(coven: Scene, xmlns: str) -> None:
    """XEP-0407 §6: the channel tells nobody but the inviter; the invitee is on the allowed list from then on."""
    crone1, cat = coven.people("crone1", "cat")
    closes(coven)
    coven.joins(crone1, "first witch", ["allowed", "participants"])
    issues(coven, crone1, cat)
    coven.is_silent()
    cat.account.sends(join("grimalkin", extra=invitation("{crone1}", "{cat}", "{token}"), xmlns=xmlns))
    crone1.account.receives(event("allowed", "<item id='{cat}'/>"))
    cat.account.receives(joined("cat", "grimalkin", xmlns=xmlns))
    crone1.account.receives(event("participants", participant("cat", "grimalkin")))
    crone1.sends(ask_items("allowed"))
    crone1.receives(items("allowed", "<item id='{cat}'/>"))


@pytest.mark.req("MIX-INV-04", "MIX-CFG-31")
@pytest.mark.parametrize("by_participants", ["false", "true"])
def test_who_may_invite(coven: Scene, by_participants: str) -> None:
    """XEP-0406 §2.4: owners and administrators; participants where the owner says so; nobody else."""
    crone1, hecate, hag66, ariel, cat = coven.people(
        "crone1", "hecate", "hag66", "ariel", "cat", joined=["hecate", "hag66"]
    )
    coven.owner.sends(
        configure(
            ("Administrator", "{hecate}"),
            ("Participation Addition by Invitation from Participant", by_participants),
        )
    )
    coven.service.everybody_forgets()
    issues(coven, crone1, cat, "first")
    issues(coven, hecate, cat, "second")
    if by_participants == "true":
        issues(coven, hag66, cat, "third")
    else:
        hag66.sends(invite("{cat}"))
        hag66.receives(failed("v1", "auth", "forbidden"))
    ariel.sends(invite("{cat}"))
    ariel.receives(failed("v1", "auth", "forbidden"))
    coven.is_silent()


@pytest.mark.req("MIX-INV-06", "MIX-INV-08", "MIX-INV-13")
@pytest.mark.parametrize(
    ("by", "claim"),
    [
        pytest.param("cat", invitation("{crone1}", "{cat}", "guess"), id="another token"),
        pytest.param("cat", invitation("{crone1}", "{cat}", ""), id="no token"),
        pytest.param("cat", invitation("{hecate}", "{cat}", "{token}"), id="another inviter"),
        pytest.param("cat", invitation("{crone1}", "{hecate}", "{token}"), id="another invitee"),
        pytest.param("cat", invitation("{crone1}", "{cat}", "{token}", channel="{heath}"), id="another channel"),
        pytest.param("ariel", invitation("{crone1}", "{cat}", "{token}"), id="somebody else"),
        pytest.param("ariel", invitation("{crone1}", "{ariel}", "{token}"), id="somebody else's name"),
    ],
)
def test_a_forged_invitation_lets_nobody_in(coven: Scene, by: str, claim: str) -> None:
    """XEP-0407 §6: it says who invited whom where, and counts only as it was issued."""
    crone1, cat, _, ariel = coven.people("crone1", "cat", "hecate", "ariel")
    coven.service.known["heath"] = "heath@mix.shakespeare.example"
    closes(coven)
    issues(coven, crone1, cat)
    someone = {"cat": cat, "ariel": ariel}[by]
    someone.account.sends(join("grimalkin", extra=claim))
    someone.account.receives(NOT_IN)
    crone1.sends(ask_items("allowed"))
    crone1.receives(items("allowed"))


def test_without_an_invitation_nobody_gets_in(coven: Scene) -> None:
    """The token is not all: it has to be shown, and to be a whole invitation."""
    crone1, cat = coven.people("crone1", "cat")
    closes(coven)
    issues(coven, crone1, cat)
    for extra in ("", f"<invitation xmlns='{MISC}'><token>{{token}}</token></invitation>"):
        cat.account.sends(join("grimalkin", extra=extra))
        cat.account.receives(failed("j1", "cancel", "not-allowed", "…"))


@pytest.mark.req("MIX-INV-07")
def test_an_invitation_lasts_a_week(coven: Scene) -> None:
    """XEP-0407 §6: the token has a limited life."""
    crone1, cat = coven.people("crone1", "cat")
    closes(coven)
    issues(coven, crone1, cat)
    coven.service.time_passes(WEEK)
    cat.account.sends(join("grimalkin", extra=invitation("{crone1}", "{cat}", "{token}")))
    cat.account.receives(NOT_IN)


@pytest.mark.req("MIX-INV-07")
def test_a_new_invitation_replaces_the_old_one(coven: Scene) -> None:
    """An inviter takes a token back by asking for another."""
    crone1, cat = coven.people("crone1", "cat")
    closes(coven)
    issues(coven, crone1, cat, "old")
    issues(coven, crone1, cat, "new")
    cat.account.sends(join("grimalkin", extra=invitation("{crone1}", "{cat}", "{old}")))
    cat.account.receives(NOT_IN)
    cat.account.sends(join("grimalkin", extra=invitation("{crone1}", "{cat}", "{new}")))
    cat.account.receives(joined("cat", "grimalkin"))


@pytest.mark.req("MIX-INV-05")
def test_an_invitation_is_good_for_one_join(coven: Scene) -> None:
    """Who was taken off the list again does not come back by the same token."""
    crone1, cat = coven.people("crone1", "cat")
    closes(coven)
    issues(coven, crone1, cat)
    coven.service.restarts()
    cat.account.sends(join("grimalkin", extra=invitation("{crone1}", "{cat}", "{token}")))
    cat.account.receives(joined("cat", "grimalkin"))
    crone1.sends(
        f"<iq type='set' id='r1'><pubsub xmlns='{PUBSUB}'><retract node='{node('allowed')}'>"
        "<item id='{cat}'/></retract></pubsub></iq>"
    )
    crone1.receives("<iq type='result' id='r1' from='{coven}'/>")
    cat.account.sends(join("grimalkin", extra=invitation("{crone1}", "{cat}", "{token}")))
    cat.account.receives(NOT_IN)


@pytest.mark.req("MIX-INV-10", "MIX-ACL-22")
def test_a_ban_voids_it(coven: Scene) -> None:
    """XEP-0406 §2.3: also when the ban is lifted."""
    crone1, cat = coven.people("crone1", "cat")
    closes(coven)
    issues(coven, crone1, cat)
    coven.publishes("banned", "{cat}")
    coven.owner.forgets()
    cat.account.sends(join("grimalkin", extra=invitation("{crone1}", "{cat}", "{token}")))
    cat.account.receives(NOT_IN)
    crone1.sends(
        f"<iq type='set' id='r1'><pubsub xmlns='{PUBSUB}'><retract node='{node('banned')}'>"
        "<item id='{cat}'/></retract></pubsub></iq>"
    )
    crone1.receives("<iq type='result' id='r1' from='{coven}'/>")
    cat.account.sends(join("grimalkin", extra=invitation("{crone1}", "{cat}", "{token}")))
    cat.account.receives(NOT_IN)


@pytest.mark.req("MIX-INV-11")
def test_the_right_of_the_inviter_counts_when_it_is_used(coven: Scene) -> None:
    """XEP-0407 §6: an administrator who is none any more lets nobody in."""
    _, hecate, cat = coven.people("crone1", "hecate", "cat")
    closes(coven, ("Administrator", "{hecate}"))
    issues(coven, hecate, cat)
    closes(coven, ("Administrator", ""))
    cat.account.sends(join("grimalkin", extra=invitation("{hecate}", "{cat}", "{token}")))
    cat.account.receives(NOT_IN)


@pytest.mark.req("MIX-INV-12")
def test_who_may_join_anyway_needs_none(coven: Scene) -> None:
    """XEP-0407 §6: junk in an open channel does no harm."""
    cat, hecate = coven.people("cat", "hecate")
    cat.account.sends(join("grimalkin", extra=invitation("nobody", "{cat}", "junk")))
    cat.account.receives(joined("cat", "grimalkin"))
    hecate.account.sends(join("moon", extra="<invitation/>"))
    hecate.account.receives(joined("hecate", "moon"))


@pytest.mark.req("MIX-INV-14")
@pytest.mark.parametrize(
    ("invitee", "condition"),
    [
        ("", "bad-request"),
        ("@", "bad-request"),
        ("shakespeare.example", "bad-request"),
        ("cat@mix.shakespeare.example", "not-acceptable"),
    ],
)
def test_an_invitee_is_a_person(coven: Scene, invitee: str, condition: str) -> None:
    """XEP-0407 §6: by an address of their own."""
    coven.owner.sends(invite(invitee))
    coven.owner.receives(failed("v1", "modify", condition))


@pytest.mark.req("MIX-INV-02", "MIX-INV-14")
def test_a_client_stands_for_its_account(coven: Scene) -> None:
    """XEP-0407 §6: by a set as well as by a get (MIX-DEC-102)."""
    crone1, cat = coven.people("crone1", "cat")
    coven.service.eavesdropper.excuses(crone1, cat)
    crone1.sends(invite("{cat.phone}", type="set"))
    crone1.receives(invited("{crone1}", "{cat}", "{token}"))


@pytest.mark.req("MIX-INV-15")
def test_the_banned_are_not_invited_and_participants_may_be(coven: Scene) -> None:
    """MIX-INV-15: at the time of the request."""
    crone1, hag66, cat = coven.people("crone1", "hag66", "cat", joined=["hag66"])
    coven.publishes("banned", cat.jid)
    crone1.forgets()
    crone1.sends(invite("{cat}"))
    crone1.receives(failed("v1", "auth", "forbidden"))
    issues(coven, crone1, hag66)


@pytest.mark.req("MIX-INV-10")
def test_asking_for_a_token_is_no_way_to_find_out_who_is_banned(coven: Scene) -> None:
    """XEP-0406 §2.3: who may not read that list gets a token as for anybody else, which lets nobody in."""
    hag66, cat, _ = coven.people("hag66", "cat", "crone1")
    closes(coven, ("Participation Addition by Invitation from Participant", "true"))
    coven.publishes("allowed", "{hag66}")
    coven.publishes("banned", "{cat}")
    coven.joins(hag66, "third witch")
    issues(coven, hag66, cat)
    cat.account.sends(join("grimalkin", extra=invitation("{hag66}", "{cat}", "{token}")))
    cat.receives(failed("j1", "auth", "forbidden"))


@pytest.mark.req("MIX-INV-17")
def test_in_a_hidden_channel_nobody_else_learns_who_invited_whom(coven: Scene) -> None:
    """XEP-0407 §6: what participants see of it is that somebody joined."""
    crone1, hag66, cat = coven.people("crone1", "hag66", "cat")
    closes(coven)
    coven.publishes("allowed", "{hag66}")
    coven.joins(hag66, "third witch")
    issues(coven, crone1, cat)
    hag66.receives_nothing()
    cat.account.sends(join("grimalkin", extra=invitation("{crone1}", "{cat}", "{token}")))
    cat.account.receives(joined("cat", "grimalkin"))
    hag66.account.receives(event("participants", participant("cat", "grimalkin")))
    hag66.receives_nothing()


@pytest.mark.req("MIX-INV-18")
def test_there_are_only_so_many(coven: Scene) -> None:
    """A channel is no store of invitations."""
    for number in range(50):
        coven.owner.sends(invite(f"cat{number}@elsewhere.example"))
    coven.owner.forgets()
    coven.owner.sends(invite("cat50@elsewhere.example"))
    coven.owner.receives(failed("v1", "wait", "resource-constraint"))
    coven.service.time_passes(WEEK)
    coven.owner.sends(invite("cat50@elsewhere.example"))
    (answer,) = coven.owner.takes()
    assert answer.get("type") == "result"


@pytest.mark.req("MIX-INV-09", "MIX-JOI-30")
def test_an_invitation_opens_an_adhoc_channel(coven: Scene) -> None:
    """XEP-0407 §6: which does not exist for anybody else."""
    crone1, cat, ariel = coven.people("crone1", "cat", "ariel")
    crone1.sends(f"<iq type='set' id='c1' to='{{service}}'><create xmlns='{CORE}'/></iq>")
    crone1.receives(f"<iq type='result' id='c1' from='{{service}}'><create xmlns='{CORE}' channel='{{secret}}'/></iq>")
    secret = f"{coven.service.known['secret']}@{coven.service.domain}"
    coven.service.known["secretly"] = secret
    for person in (crone1, cat, ariel):
        person.habit = secret
        coven.service.eavesdropper.excuses(crone1, person)
    coven.service.eavesdropper.excuses(cat, crone1)
    crone1.sends(invite("{cat}"))
    (answer,) = crone1.takes()
    token = answer.findtext(f".//{{{MISC}}}token", "")
    for person, found in ((cat, True), (ariel, False)):
        person.sends(info())
        assert (person.takes()[0].get("type") == "result") is found
    ariel.account.sends(join("grimalkin", extra=invitation("{crone1}", "{ariel}", token, channel=secret)))
    ariel.account.receives(f"<iq type='error' id='j1' from='{{secretly}}'>…{error('cancel', 'item-not-found')}</iq>")
    cat.account.sends(join("grimalkin", extra=invitation("{crone1}", "{cat}", token, channel=secret)))
    (answer,) = cat.account.takes()
    assert answer.get("type") == "result"


@pytest.mark.req("MIX-INV-01", "MIX-INV-16")
def test_what_people_tell_each_other_is_not_the_channels_business(coven: Scene) -> None:
    """XEP-0407 §5: references and acknowledgements travel between users; sent to the channel they are refused."""
    cat = coven.people("cat")
    cat.sends(f"<iq type='set' id='x1'><invitation-ack xmlns='{MISC}'><value>Joined</value></invitation-ack></iq>")
    (answer,) = cat.takes()
    assert answer.get("type") == "error"
    coven.is_silent()
