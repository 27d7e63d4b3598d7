"""The same rooms for people at Converse.js, in a browser, beside a MIX client: what they see on the page."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TypeAlias

import pytest
from playwright.async_api import expect

from .clients import Device, Person
from .converse import CHROMIUM, DIST, Converse, chromium, website
from .prosody import COMPONENT, Prosody
from .received import NS, message, unavailable
from .stage import Stage

pytestmark = pytest.mark.browser
ROOM = f"coven@{COMPONENT}"
Opener: TypeAlias = Callable[[Person], Awaitable[Converse]]


@pytest.fixture
async def at_converse(stage: Stage, prosody: Prosody) -> AsyncIterator[Opener]:
    """Seats people at a browser, each with a window of their own."""
    async with AsyncExitStack() as stack:
        if not (DIST / "converse.min.js").exists() or not CHROMIUM.exists():
            pytest.fail("Converse.js or Chromium is missing: make test-converse")
        site = stack.enter_context(website())
        browser = await stack.enter_async_context(chromium())

        async def open_for(person: Person) -> Converse:
            context = await browser.new_context(viewport={"width": 1100, "height": 700})
            converse = Converse(person, await context.new_page(), site=site, websocket=prosody.websocket)
            person.others.append(converse)
            await converse.log_in()
            return converse

        yield open_for


@dataclass(frozen=True)
class Coven:
    """A room of `first witch`, with `second witch` in it, both at Converse, and `third witch` by MIX."""

    first: Converse
    second: Converse
    mix: Device


@pytest.fixture
async def coven(stage: Stage, at_converse: Opener) -> Coven:
    stage.may_see(stage.hag66, ROOM)
    pistol = await stage.latecomer()
    first, second = await at_converse(stage.hag66), await at_converse(stage.hecate)
    await first.enter(ROOM, "first witch")  # and Converse accepts the defaults of a new room
    await pistol.phone.join(ROOM, "third witch")
    pistol.phone.share_presence(ROOM)
    await second.enter(ROOM, "second witch")
    for window in (first, second):
        await window.lists("first witch, Owner, Moderator", "second witch, Member", "third witch")
    return Coven(first, second, pistol.phone)


async def test_everybody_talks(coven: Coven) -> None:
    first, second, mix = coven.first, coven.second, coven.mix
    await first.type("When shall we three meet again?")
    heard = await mix.sees(message("When shall we three meet again?"))
    assert heard.words("mix:mix/mix:nick") == "first witch"
    mix.say(ROOM, "In thunder, lightning, or in rain?")
    await expect(second.messages).to_have_count(2)
    await second.type("When the hurlyburly's done")
    await mix.sees(message("When the hurlyburly's done"))
    for window in (first, second):
        await expect(window.messages).to_have_text(
            ["When shall we three meet again?", "In thunder, lightning, or in rain?", "When the hurlyburly's done"]
        )
        await expect(window.authors).to_have_text(["first witch", "third witch", "second witch"])

    await first.type("/topic Double, double toil and trouble")
    for window in (first, second):
        await expect(window.topic).to_have_text("Double, double toil and trouble")
    await mix.ask(ROOM, f"<setnick xmlns='{NS['mix']}'><nick>fourth witch</nick></setnick>")
    await second.change_nick("fifth witch")
    for window in (first, second):
        await window.lists("first witch, Owner, Moderator", "fifth witch, Member", "fourth witch")
        await expect(window.authors).to_have_text(["first witch", "fourth witch", "fifth witch"])
    await mix.leave(ROOM)
    await second.lists("first witch, Owner, Moderator", "fifth witch, Member")


async def test_a_moderator_keeps_order(coven: Coven) -> None:
    first, second, mix = coven.first, coven.second, coven.mix
    await first.type("/mute @second witch hush")
    await second.lists("first witch, Owner, Moderator", "second witch, Member, Visitor", "third witch")
    await second.type("may I?")
    await expect(second.page.locator(".chat-msg__error")).to_contain_text("delivery failed")
    await first.type("/voice @second witch")
    await second.lists("first witch, Owner, Moderator", "second witch, Member", "third witch")
    await second.type("Fair is foul")
    await mix.sees(message("Fair is foul"))
    assert not [seen for seen in mix.received if seen.body == "may I?"]

    await first.type("/kick @second witch toads")
    await expect(second.farewell).to_contain_text("You have been kicked from this groupchat")
    await expect(second.farewell).to_contain_text("toads")
    await first.lists("first witch, Owner, Moderator", "second witch, Offline, Member", "third witch")
    await second.reload()
    await first.lists("first witch, Owner, Moderator", "second witch, Member", "third witch")
    await first.type("/ban @second witch newts")
    await expect(second.farewell).to_contain_text("You have been banned from this groupchat")
    await first.lists("first witch, Owner, Moderator", "third witch")
    await expect(first.notes.last).to_contain_text("second witch has been banned by first witch")


async def test_messages_are_taken_back(coven: Coven) -> None:
    first, second, mix = coven.first, coven.second, coven.mix
    for words in ("Fair is foul", "and foul is fair", "Hover through the fog"):
        await second.type(words)
        await mix.sees(message(words))
    await expect(first.messages).to_have_count(3)
    await first.take_back("and foul is fair", reason="trite")
    await second.take_back("Hover through the fog")
    for _ in range(2):
        await mix.sees(lambda seen: seen.has("retracted:retract"))
    for window, author in ((first, "second witch has"), (second, "You have")):
        await expect(window.messages).to_contain_text(
            ["Fair is foul", "first witch has removed a message", f"{author} removed a message"]
        )
        await expect(window.messages.nth(1)).to_contain_text("trite")
    await second.reload()
    await expect(second.messages).to_contain_text(["Fair is foul", "has removed a message", "removed a message"])
    assert [one.message.body for one in (await mix.archive(ROOM)) if not one.message.has("retracted:retract")][-3:] == [
        "Fair is foul",
        None,
        None,
    ]


async def test_history_is_there(stage: Stage, at_converse: Opener) -> None:
    """In a channel made by MIX, found in the service's list: what was said before one came, and while one was away."""
    channel = await stage.channel(stage.hag66, "coven")
    mix = stage.hag66.phone
    await mix.join(channel, "first witch")
    mix.share_presence(channel)
    for number in range(3):
        mix.say(channel, f"line {number}")
        await mix.sees(message(f"line {number}"))
    window = await at_converse(stage.hecate)
    found = await window.list_rooms(COMPONENT)
    await expect(found).to_contain_text(["coven"])
    await window.page.keyboard.press("Escape")
    await window.enter(channel, "second witch")
    await expect(window.messages).to_have_text([f"line {number}" for number in range(3)])

    witness = stage.crone1.phone
    await witness.enter(channel, "third witch")
    await window.page.goto("about:blank")
    await witness.sees(unavailable(f"{channel}/second witch"))
    for number in range(3, 6):
        mix.say(channel, f"line {number}")
        await mix.sees(message(f"line {number}"))
    await window.open()
    await expect(window.messages).to_have_text([f"line {number}" for number in range(6)])
    await expect(window.authors.first).to_have_text("first witch")
