"""Four people do anything in any order, over both faces, and the eavesdropper looks after every step.

What holds in every state: nobody reads an address they may not; participants and jidmap name the same people;
nicks are unique; everybody hears what is kept in the order it is kept; memory is what storage would load.
"""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from mix.core.addresses import ChannelJid
from mix.core.channel import Channel
from tests.conversations.grammar import check
from tests.conversations.words import (
    ANON,
    ENTRY,
    LEAVE,
    MUC,
    PUBSUB,
    ask_items,
    configure,
    form,
    info,
    join,
    mam,
    prefer,
    says,
    setnick,
)
from tests.stage import Client, Scene, Service
from tests.stage.people import Received
from tests.stage.room import configure as configure_room
from tests.stage.scene import node
from tests.stage.service import at_once

NAMES = ("hag66", "hecate", "pistol", "banquo")
NICKS = ("moon", "Moon ", "ancient", "third witch", "third\u200b witch", "g")
NODES = ("messages", "participants", "presence", "info", "jidmap", "config")
MODES = ("jid-hidden", "jid-optionally-visible", "jid-mandatory-visible")
WISHES = ("default", "never", "always", "prefer not", "prefer visible")

people = st.sampled_from(NAMES)
clients = st.tuples(people, st.sampled_from(("phone", "laptop")))
nicks = st.sampled_from(NICKS)
wishes = st.sampled_from(WISHES)


class Witches(RuleBasedStateMachine):
    """The coven, with everything its people can do."""

    def __init__(self) -> None:
        super().__init__()
        self.service = Service()
        self.coven = Scene(self.service, "coven")
        self.cast = {name: self.coven.people(name) for name in NAMES}
        self.coven.joins(self.coven.owner, "first witch", ("messages", "participants", "jidmap"))
        self.said = 0
        self.seen: set[Received] = set()

    def client(self, which: tuple[str, str]) -> Client:
        """One of somebody's clients."""
        found = getattr(self.cast[which[0]], which[1])
        assert isinstance(found, Client)
        return found

    # -- by MIX

    @rule(who=people, nick=nicks, nodes=st.sets(st.sampled_from(NODES)), wish=st.none() | wishes)
    def joins(self, who: str, nick: str, nodes: set[str], wish: str | None) -> None:
        extra = form(("JID Visibility", wish), form_type=ANON) if wish else ""
        self.cast[who].account.sends(join(nick, *sorted(nodes), extra=extra))

    @rule(which=clients, nick=nicks)
    def joins_by_a_client(self, which: tuple[str, str], nick: str) -> None:
        self.client(which).sends(join(nick, "messages", "participants", "presence"))

    @rule(who=people)
    def leaves(self, who: str) -> None:
        self.cast[who].account.sends(LEAVE)

    @rule(which=clients, nick=nicks)
    def changes_nick(self, which: tuple[str, str], nick: str) -> None:
        self.client(which).sends(setnick(nick))

    @rule(who=people, wish=wishes, sharing=st.sampled_from(("share", "not share")))
    def prefers(self, who: str, wish: str, sharing: str) -> None:
        self.cast[who].account.sends(prefer(("JID Visibility", wish), ("Presence", sharing)))

    @rule(which=clients, show=st.sampled_from(("", "<show>away</show>")))
    def shows_presence(self, which: tuple[str, str], show: str) -> None:
        self.client(which).sends(f"<presence>{show}</presence>")

    @rule(which=clients)
    def goes_offline(self, which: tuple[str, str]) -> None:
        self.client(which).sends("<presence type='unavailable'/>")

    @rule(who=people, name=st.sampled_from(NODES))
    def reads(self, who: str, name: str) -> None:
        self.cast[who].phone.sends(ask_items(name))

    @rule(who=people, name=st.sampled_from(NODES), verb=st.sampled_from(("subscribe", "unsubscribe")))
    def changes_subscription(self, who: str, name: str, verb: str) -> None:
        self.cast[who].account.sends(
            f"<iq type='set' id='u'><update-subscription xmlns='urn:xmpp:mix:core:1'>"
            f"<{verb} node='{node(name)}'/></update-subscription></iq>"
        )

    # -- in the room

    @rule(which=clients, nick=nicks)
    def enters(self, which: tuple[str, str], nick: str) -> None:
        self.client(which).sends(f"<presence to='{{coven}}/{nick}'>{ENTRY}</presence>")

    @rule(which=clients, nick=nicks)
    def changes_nick_in_the_room(self, which: tuple[str, str], nick: str) -> None:
        self.client(which).sends(f"<presence to='{{coven}}/{nick}'/>")

    @rule(which=clients)
    def exits(self, which: tuple[str, str]) -> None:
        self.client(which).sends("<presence type='unavailable' to='{coven}/moon'/>")

    @rule(which=clients)
    def changes_subject(self, which: tuple[str, str]) -> None:
        self.said += 1
        self.client(which).sends(f"<message type='groupchat' id='s'><subject>about {self.said}</subject></message>")

    @rule(which=clients, nick=st.none() | nicks)
    def registers(self, which: tuple[str, str], nick: str | None) -> None:
        wanted = form(("muc#register_roomnick", nick), form_type=f"{MUC}#register") if nick is not None else "<remove/>"
        self.client(which).sends(f"<iq type='set' id='r'><query xmlns='jabber:iq:register'>{wanted}</query></iq>")

    @rule(which=clients)
    def asks_for_voice(self, which: tuple[str, str]) -> None:
        wish = form(("muc#role", "participant"), form_type=f"{MUC}#request")
        self.client(which).sends(f"<message>{wish}</message>")

    @rule(which=clients, nick=nicks, role=st.sampled_from(("moderator", "participant", "visitor", "none")))
    def keeps_order(self, which: tuple[str, str], nick: str, role: str) -> None:
        item = f"<item nick='{nick}' role='{role}'><reason>so</reason></item>"
        self.client(which).sends(f"<iq type='set' id='k'><query xmlns='{MUC}#admin'>{item}</query></iq>")

    @rule(which=clients, nick=nicks)
    def asks_somebody(self, which: tuple[str, str], nick: str) -> None:
        """And is answered with an address, wherever a client could write one."""
        self.client(which).sends(f"<iq type='get' id='v' to='{{coven}}/{nick}'><vCard xmlns='vcard-temp'/></iq>")
        for someone in self.cast.values():
            asked = [one for one in someone.unread() if one.xml.find("{vcard-temp}vCard") is not None]
            for one in asked:
                one.is_read = True
                if one.xml.get("type") == "get":
                    card = f"<vCard xmlns='vcard-temp'><JABBERID>{someone.jid}</JABBERID></vCard>"
                    by = next(c for c in (someone.account, someone.phone, someone.laptop) if c.jid == one.to)
                    by.sends(f"<iq type='result' id='{one.xml.get('id')}' to='{one.xml.get('from')}'>{card}</iq>")

    # -- both

    @rule(which=clients, back=st.integers(1, 5))
    def takes_back(self, which: tuple[str, str], back: int) -> None:
        recent = self.coven.channel.recent
        if recent is not None and len(recent) >= back:
            wish = f"<retract xmlns='urn:xmpp:message-retract:1' id='{recent[-back].id}'/>"
            self.client(which).sends(f"<message type='groupchat' id='t'>{wish}</message>")

    @rule(which=clients)
    def speaks(self, which: tuple[str, str]) -> None:
        self.said += 1
        self.client(which).sends(says(f"word {self.said}", id=f"m{self.said}"))

    @rule(which=clients)
    def asks_the_archive(self, which: tuple[str, str]) -> None:
        self.client(which).sends(mam())

    @rule(which=clients)
    def looks_around(self, which: tuple[str, str]) -> None:
        client = self.client(which)
        client.sends(info())
        client.sends("<iq type='get' id='d'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>")
        client.sends("<iq type='get' id='d'><query xmlns='http://jabber.org/protocol/disco#items' node='mix'/></iq>")

    @rule(which=clients)
    def bounces(self, which: tuple[str, str]) -> None:
        self.client(which).sends(
            "<message type='error' id='x'><error type='cancel'>"
            "<recipient-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"
        )

    # -- by those who run the place, and by fate

    @rule(mode=st.sampled_from(MODES))
    def changes_mode(self, mode: str) -> None:
        self.coven.owner.sends(configure(("JID Visibility", mode)))

    @rule(who=st.none() | people)
    def appoints(self, who: str | None) -> None:
        values = f"<value>{self.cast[who].jid}</value>" if who else ""
        self.coven.owner.sends(
            f"<iq type='set' id='c'><pubsub xmlns='{PUBSUB}'><publish node='{node('config')}'><item>"
            f"<x xmlns='jabber:x:data' type='submit'><field var='Administrator'>{values}</field></x>"
            "</item></publish></pubsub></iq>"
        )

    @rule(who=people, rank=st.sampled_from(("admin", "member", "none", "outcast")))
    def ranks(self, who: str, rank: str) -> None:
        item = f"<item jid='{self.cast[who].jid}' affiliation='{rank}'/>"
        self.coven.owner.sends(f"<iq type='set' id='k'><query xmlns='{MUC}#admin'>{item}</query></iq>")

    @rule(moderated=st.booleans())
    def changes_who_speaks(self, moderated: bool) -> None:
        configure_room(self.coven.owner, to=self.coven.jid, moderatedroom=str(int(moderated)))

    @rule(who=people, verb=st.sampled_from(("publish", "retract")))
    def bans_and_unbans(self, who: str, verb: str) -> None:
        self.coven.owner.sends(
            f"<iq type='set' id='b'><pubsub xmlns='{PUBSUB}'><{verb} node='{node('banned')}'>"
            f"<item id='{self.cast[who].jid}'/></{verb}></pubsub></iq>"
        )

    @rule()
    def everything_restarts(self) -> None:
        before = self._story(self.coven.channel)
        self.service.restarts()
        self.coven.owner.account.sends(ask_items("participants"))
        assert self._story(self.coven.channel) == before

    @rule(which=clients)
    def storage_fails(self, which: tuple[str, str]) -> None:
        before = self._story(self.coven.channel)
        self.service.recorder.failures = 1
        self.client(which).sends(setnick("unwritten"))
        self.service.recorder.failures = 0
        self.coven.owner.account.sends(ask_items("participants"))
        assert self._story(self.coven.channel) == before

    # -- what always holds

    @invariant()
    def nobody_reads_what_they_may_not(self) -> None:
        for leak in self.service.eavesdropper.overheard:
            raise AssertionError(f"{leak.reader} read of {leak.subject}: {leak.raw}")
        assert not self.service.strays

    @invariant()
    def every_stanza_is_well_said(self) -> None:
        """Whatever was sent since the last step keeps to the grammar."""
        channel = self.coven.channel
        fresh = [(one, to) for one in self.service.people.values() for to in one.inbox]
        for someone, received in fresh:
            if received not in self.seen:
                self.seen.add(received)
                check(received.xml, self.coven.jid, {channel.id_of(someone.real)})

    @invariant()
    def people_are_who_they_are(self) -> None:
        channel = self.coven.channel
        keys = [one.nick.key for one in channel.participants.values() if one.nick is not None]
        assert len(keys) == len(set(keys))
        for id, someone in channel.participants.items():
            assert someone.id == id == channel.id_of(someone.jid)
            assert someone.stays or any(session.in_room for session in someone.sessions.values())
            assert channel.participant_of(someone.jid) is someone
        assert not channel.is_banned(self.coven.owner.real)
        assert not any(
            channel.is_banned(one.jid) for one in channel.participants.values() if one.jid not in channel.lists.admins
        )

    @invariant()
    def nobody_is_where_they_cannot_be(self) -> None:
        mode = self.coven.channel.config.mode.value
        for someone in self.coven.channel.participants.values():
            assert (mode, someone.preferences.visibility.value) not in {("visible", "never"), ("hidden", "always")}

    @invariant()
    def memory_is_what_storage_has(self) -> None:
        loaded = at_once(self.service.storage.load(ChannelJid("coven", self.service.domain)))
        assert loaded is not None
        assert self._story(loaded) == self._story(self.coven.channel)

    @staticmethod
    def _story(channel: Channel) -> object:
        """What there is to know of a channel."""
        return (
            channel.config,
            channel.lists,
            channel.next_position,
            channel.subject,
            dict(channel.subscriptions.items()),
            channel.reserved,
            channel.invitations,
            channel.lapsed,
            [
                (
                    one.id,
                    one.nick,
                    one.stays,
                    one.preferences,
                    one.grant,
                    sorted(one.sessions.values(), key=lambda s: s.tag),
                )
                for one in channel.participants.values()
            ],
        )

    def teardown(self) -> None:
        """The map names who takes part; everybody heard what is kept in the order it is kept."""
        owner = self.coven.owner
        owner.forgets()
        for name in ("participants", "jidmap"):
            owner.sends(ask_items(name, id=name))
        found = defaultdict(list)
        for stanza in owner.takes():
            found[stanza.get("id")] = [item.get("id") for item in stanza.iter(f"{{{PUBSUB}}}item")]
        assert found["participants"] == found["jidmap"]
        owner.account.sends(mam("<set xmlns='http://jabber.org/protocol/rsm'><max>250</max></set>"))
        kept = [result.get("id") for one in owner.takes() for result in one.iter("{urn:xmpp:mam:2}result")]
        assert len(kept) == len(set(kept))
        places = {id: place for place, id in enumerate(kept)}
        for someone in (*self.cast.values(), owner):
            for client in (someone.account, someone.phone, someone.laptop):
                heard = [
                    places[mark.get("id")]
                    for one in someone.inbox
                    if one.to == client.jid
                    and one.xml.get("type") == "groupchat"
                    and one.xml.find("{urn:xmpp:delay}delay") is None
                    for mark in one.xml.findall("{urn:xmpp:sid:0}stanza-id")
                    if one.xml.find("{jabber:client}body") is not None
                ]
                assert heard == sorted(heard)


Witches.TestCase.settings = settings(
    max_examples=40, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
test_anything_in_any_order = pytest.mark.req(
    "MIX-VIS-21",
    "MIX-MAP-03",
    "MIX-MSG-25",
    "MIX-SPI-01",
    "MIX-MSG-07",
    "MUC-OCC-07",
    "MUC-MSG-16",
    "MUC-PRES-04",
    "MUC-PRES-07",
    "MUC-PRES-10",
    "MUC-PRES-11",
    "MUC-PRES-19",
    "MUC-PRES-34",
    "MUC-EXIT-30",
    "MUC-HIST-04",
    "MUC-HIST-05",
)(Witches.TestCase)
