"""A person at Converse.js in a headless Chromium: clicks, types, and reads what stands on the page."""

import asyncio
import secrets
import threading
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, Locator, Page, WebSocket, async_playwright, expect

from .clients import Person
from .processes import PAUSE
from .prosody import PASSWORD
from .received import Received

DIST: Final = Path(__file__).resolve().parents[2] / "var" / "converse" / "package" / "dist"
"""Where the Makefile puts Converse.js."""

CHROMIUM: Final = Path("/usr/bin/chromium")
QUIET: Final = (
    *("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
"""It may run as root, and asks nobody but us."""

WITHIN: Final = 20
"""Seconds for the page to come to show something."""

expect.set_options(timeout=WITHIN * 1000)

PAGE: Final = b"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Converse</title>
<link rel="stylesheet" href="converse.min.css"></head>
<body class="converse-fullscreen"><script type="module" src="converse.min.js"></script></body></html>
"""


class _Files(SimpleHTTPRequestHandler):
    """A page with Converse in it, and Converse's files."""

    def do_GET(self) -> None:
        if self.path != "/":
            return super().do_GET()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(PAGE)
        return None

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def website() -> Iterator[str]:
    """Serve the page on a free loopback port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Files, directory=str(DIST)))
    thread = threading.Thread(target=server.serve_forever, name="website")
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A browser without a window."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        try:
            yield browser
        finally:
            await browser.close()


class Converse:
    """Somebody's window with Converse.js in it."""

    def __init__(self, person: Person, page: Page, *, site: str, websocket: str) -> None:
        self.name = person.name
        self.resource = f"converse-{secrets.token_hex(5)}"
        self.received: list[Received] = []
        self.page = page
        self._site = site
        self._settings = {
            "authentication": "login",
            "auto_login": True,
            "jid": f"{person.jid}/{self.resource}",
            "password": PASSWORD,
            "websocket_url": websocket,
            "discover_connection_methods": False,
            "assets_path": "/",
            "view_mode": "fullscreen",
            "theme": "classic",
            "i18n": "en",
            "loglevel": "error",
            "allow_bookmarks": False,  # the server would keep them for the next test
            "enable_smacks": False,  # what was missed shall come from the archive
        }

    async def log_in(self) -> None:
        """Open the page, and start Converse."""
        await self.page.route(lambda url: not url.startswith(self._site), lambda route: route.abort())
        self.page.on("websocket", self._listen)
        await self.open()

    async def open(self) -> None:
        """Load the page: a Converse that was in a room comes back to it."""
        await self.page.goto(self._site)
        await self.page.evaluate("settings => void converse.initialize(settings)", self._settings)

    async def log_out(self) -> None:
        """Close the window; the connection goes with it."""
        await self.page.context.close()

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._heard)

    def _heard(self, frame: str | bytes) -> None:
        xml = ET.fromstring(frame)
        if xml.tag.partition("}")[2] in ("message", "presence", "iq"):
            self.received.append(Received(xml, len(self.received)))

    # --- what a person does

    async def enter(self, room: str, nick: str) -> None:
        """Enter a groupchat by the dialogue for that, and wait until there is a box to type in."""
        await self._menu("show-add-muc-modal")
        dialogue = self.page.locator("form.add-chatroom")
        await dialogue.locator("input[name=chatroom]").fill(room)
        await dialogue.locator("input[name=nickname]").fill(nick)
        await dialogue.locator("input[name=join]").click()
        await expect(self.box).to_be_visible()

    async def list_rooms(self, service: str) -> Locator:
        """Ask a service for its groupchats by the dialogue for that."""
        await self._menu("show-list-muc-modal")
        dialogue = self.page.locator("converse-muc-list-modal")
        await dialogue.locator("input[name=server]").fill(service)
        await dialogue.locator("input[type=submit]").click()
        return dialogue.locator(".available-chatroom")

    async def change_nick(self, nick: str) -> None:
        """Take another nick by the dialogue for that."""
        await self.page.locator("converse-muc-heading converse-dropdown button").click()
        await self.page.locator("converse-muc-heading .open-nickname-modal").click()
        dialogue = self.page.locator("converse-muc-nickname-modal")
        await dialogue.locator("input[name=nick]").fill(nick)
        await dialogue.locator("input[type=submit]").click()
        await dialogue.wait_for(state="hidden")

    async def type(self, text: str) -> None:
        """Type into the box and press enter; commands begin with a slash."""
        await self.box.fill(text)
        await self.box.press("Enter")

    async def take_back(self, text: str, *, reason: str | None = None) -> None:
        """Retract a message by its menu; somebody else's for a reason."""
        message = self.page.locator(".chat-msg", has_text=text)
        await message.hover()
        await message.locator("converse-message-actions converse-dropdown button").first.click()
        await message.locator(".chat-msg__action-retract").click()
        dialogue = self.page.locator("converse-confirm-modal")
        if reason is not None:
            await dialogue.locator("input[name=reason]").fill(reason)
        await dialogue.locator("button[type=submit]").click()

    async def reload(self) -> None:
        """Load the page anew, and come back into the room."""
        await self.open()
        await expect(self.box).to_be_visible()

    async def _menu(self, entry: str) -> None:
        await self.page.locator("converse-rooms-list converse-dropdown button").first.click()
        await self.page.locator(f"converse-rooms-list .{entry}").click()

    # --- what a person sees

    @property
    def box(self) -> Locator:
        """Where one types."""
        return self.page.locator("textarea.chat-textarea")

    @property
    def topic(self) -> Locator:
        return self.page.locator(".chat-head__desc")

    @property
    def occupants(self) -> Locator:
        """Who is listed at the side."""
        return self.page.locator("converse-muc-sidebar li.occupant")

    async def lists(self, *people: str) -> None:
        """The list at the side comes to be this, in any order: nicks, with what the badges say, `Offline` included."""
        said = """items => items.map(one => [
            one.querySelector(".occupant-nick").textContent.trim(),
            ...[...one.querySelectorAll(".badge[title], [title=Offline]")].map(badge => badge.title)].join(", "))"""
        found: list[str] = []

        async def is_so() -> bool:
            found[:] = sorted(await self.occupants.evaluate_all(said))
            return found == sorted(people)

        deadline = asyncio.get_running_loop().time() + WITHIN
        while not await is_so():
            assert asyncio.get_running_loop().time() < deadline, f"{self.name} sees listed: {found}"
            await asyncio.sleep(PAUSE)

    @property
    def messages(self) -> Locator:
        """What was said, and what stands in the place of what was taken back."""
        return self.page.locator(".chat-msg .chat-msg__message")

    @property
    def authors(self) -> Locator:
        """Above the first of some messages: of whom they are."""
        return self.page.locator(".chat-msg__heading .chat-msg__author")

    @property
    def notes(self) -> Locator:
        """What Converse tells of what has happened."""
        return self.page.locator(".chat-info__message")

    @property
    def farewell(self) -> Locator:
        """Why one is not in the room any more."""
        return self.page.locator("converse-muc-disconnected")
