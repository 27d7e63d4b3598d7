"""A channel of ten thousand participants: joining it, speaking in it, paging through who is in it, waking it up."""

import random
import time

from benchmarks.acceptor import Acceptor
from benchmarks.crowd import fill
from benchmarks.lab import Lab, Outcome
from benchmarks.measure import StageFailed, StageSkipped, percentile
from benchmarks.script import NEEDLE, REPLY, Mix, groupchat, person

CHANNEL = "coven"
PAGE = 100
PATIENCE = 120.0
SCRIPT = Mix()


async def run(lab: Lab) -> Outcome:
    """Each thing often, one at a time, request in to last byte out; waking up once a run."""
    if lab.stand_in:
        raise StageSkipped("the stand-in answers nothing")
    people = 1_000 if lab.quick else 10_000
    often = 20 if lab.quick else 100
    found: dict[str, list[float]] = {}
    async with lab.workdir() as workdir:
        lab.say(f"large channel: {people:,} people join")
        async with lab.subject(workdir, profiled_as="large") as component:
            acceptor = component.acceptor
            started = time.perf_counter()
            await fill(acceptor, SCRIPT, CHANNEL, people - often)
            filled = time.perf_counter() - started
            lab.say("large channel: joins, messages, pages of participants")
            found["a join, of nodes messages and participants"] = [
                await timed(acceptor, join(number), SCRIPT.joined, 1) for number in range(people - often, people)
            ]
            found[f"a message, to the last of {people:,} copies"] = [
                await timed(acceptor, groupchat(number, SCRIPT.place(CHANNEL)), NEEDLE, people)
                for number in range(often)
            ]
            ids = await everybody(acceptor, people)
            places = random.Random(60)
            found[f"a page of {PAGE} participants"] = [
                await timed(acceptor, page(places.choice(ids)), REPLY, 1) for _ in range(often)
            ]
        waking = []
        for number in range(lab.runs):
            lab.say(f"large channel: waking it up, run {number + 1} of {lab.runs}")
            async with lab.subject(workdir) as component:
                await component.acceptor.quiet()
                waking.append(await timed(component.acceptor, page(""), REPLY, 1))
        found["the first page after a start, which loads the channel"] = waking
    return Outcome(
        f"A channel of {people:,} participants (MIX)",
        ("what", "p50 ms", "worst ms"),
        tuple(
            (what, f"{1000 * percentile(seconds, 50):.2f}", f"{1000 * max(seconds):.2f}")
            for what, seconds in found.items()
        ),
        notes=(f"All joined within {filled:.1f} s.",),
    )


async def timed(acceptor: Acceptor, stanza: bytes, token: bytes, count: int) -> float:
    """Seconds from a stanza to the last of the signs that follow from it."""
    acceptor.watch(token, count)
    started = time.perf_counter()
    acceptor.send(stanza)
    return await acceptor.arrived(PATIENCE, "signs of an answer") - started


def join(number: int) -> bytes:
    """Join, and want to hear of who else does (XEP-0369 §7.1.2)."""
    more = b"<subscribe node='urn:xmpp:mix:nodes:participants'/><nick>"
    return SCRIPT.join(CHANNEL, number).replace(b"<nick>", more)


def page(after: str) -> bytes:
    """Ask for the participants after one of them (XEP-0060 §6.5.7, XEP-0059 §2.1)."""
    place = f"<after>{after}</after>" if after else ""
    return (
        f"<iq type='get' from='{person(0)}' to='{SCRIPT.place(CHANNEL)}' id='{REPLY.decode()}page'>"
        "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:mix:nodes:participants'/>"
        f"<set xmlns='http://jabber.org/protocol/rsm'><max>{PAGE}</max>{place}</set></pubsub></iq>"
    ).encode()


async def everybody(acceptor: Acceptor, people: int) -> list[str]:
    """The ids of all, but for those on the last page."""
    ids: list[str] = []
    while len(ids) < people - PAGE:
        acceptor.record()
        await timed(acceptor, page(ids[-1] if ids else ""), b"</pubsub>", 1)
        found = [part.partition(b"'")[0].decode() for part in acceptor.recorded().split(b"<item id='")[1:]]
        if len(found) != PAGE:
            raise StageFailed(f"A page held {len(found)} participants, not {PAGE}.{acceptor.excerpt()}")
        ids += found
    return ids
