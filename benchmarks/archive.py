"""The archive: a page of 100 out of a million messages, request in to last byte out."""

import random
import time

from benchmarks import seeding
from benchmarks.acceptor import Acceptor
from benchmarks.crowd import create
from benchmarks.lab import Lab, Outcome, Reading, spread
from benchmarks.measure import StageFailed, StageSkipped, percentile
from benchmarks.script import NEEDLE, Mix, groupchat, person

CHANNEL = "coven"
PAGE = 100
PATIENCE = 30.0


async def run(lab: Lab) -> Outcome:
    """Pages at random places of a large archive, one after the other (XEP-0313 §4.3, XEP-0059 §2.3)."""
    if lab.stand_in:
        raise StageSkipped("the stand-in stores nothing")
    rows = 50_000 if lab.quick else 1_000_000
    middle: list[float] = []
    worst: list[float] = []
    async with lab.workdir() as workdir:
        lab.say("archive: making a channel")
        async with lab.subject(workdir) as component:
            await create(component.acceptor, Mix(), CHANNEL)
            await component.acceptor.ask(Mix().join(CHANNEL, 0), Mix().joined, "answer to a join")
            await component.acceptor.ask(groupchat(0, Mix().place(CHANNEL)), NEEDLE, "copy of a message")
        lab.say(f"archive: writing {rows:,} messages")
        ids = seeding.fill(workdir / "mixd.db", CHANNEL, rows)
        async with lab.subject(workdir, profiled_as="mam") as component:
            await check(component.acceptor, ids[len(ids) // 2])
            for number in range(lab.runs):
                lab.say(f"archive: pages, run {number + 1} of {lab.runs}")
                seconds = await pages(component.acceptor, ids, 100 if lab.quick else 500)
                middle.append(1000 * percentile(seconds, 50))
                worst.append(1000 * percentile(seconds, 99))
    return Outcome(
        f"Pages of {PAGE} out of {rows:,} messages",
        ("database", "p50 ms", "p99 ms"),
        (("SQLite", spread(middle, "{:.2f}"), spread(worst, "{:.2f}")),),
        () if lab.quick else (Reading("mam.p50", tuple(middle)), Reading("mam.p99", tuple(worst))),
        (f"The marks are for a million messages; these were {rows:,}.",) if lab.quick else (),
    )


def query(before: str) -> bytes:
    """Ask for the page before a message (XEP-0313 §4.3, at the channel: XEP-0369 §7.2.2)."""
    return (
        f"<iq type='set' from='{person(0)}' to='{Mix().place(CHANNEL)}' id='page'>"
        "<query xmlns='urn:xmpp:mam:2' queryid='q' node='urn:xmpp:mix:nodes:messages'>"
        "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>urn:xmpp:mam:2</value></field></x>"
        f"<set xmlns='http://jabber.org/protocol/rsm'><max>{PAGE}</max><before>{before}</before></set>"
        "</query></iq>"
    ).encode()


async def check(acceptor: Acceptor, before: str) -> None:
    """See that a page is full before its time counts."""
    acceptor.record()
    await acceptor.ask(query(before), b"</fin>", "page of the archive", PATIENCE)
    if (found := acceptor.recorded().count(NEEDLE)) != PAGE:
        raise StageFailed(f"A page held {found} messages, not {PAGE}.{acceptor.excerpt()}")


async def pages(acceptor: Acceptor, ids: list[str], count: int) -> list[float]:
    """Seconds that each of some pages took; the places are the same in every run."""
    places = random.Random(313)
    seconds = []
    for _ in range(count):
        asked = query(places.choice(ids))
        started = time.perf_counter()
        await acceptor.ask(asked, b"</fin>", "page of the archive", PATIENCE)
        seconds.append(acceptor.last_at - started)
    return seconds
