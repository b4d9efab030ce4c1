"""Servers that people have accounts on: their browsers, and the mail that they get."""

from __future__ import annotations

import asyncio
import re
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import aiohttp
from markup import Page
from yarl import URL

from core.errors import Unavailable

PASSWORD = "four words are best"
EMAIL = "jane@example.org"
_LINK = re.compile(r"http://\S+/auth/\S+")


class Mailbox:
    """A Mailer that keeps what it is given."""

    def __init__(self) -> None:
        self.mails = asyncio.Queue()
        self.refuses = 0

    async def send(self, mail):
        if self.refuses:
            self.refuses -= 1
            raise Unavailable(reason="refused")
        self.mails.put_nowait(mail)

    async def next(self):
        """The next mail, which may still be on its way."""
        return await asyncio.wait_for(self.mails.get(), 30)

    async def link(self):
        """The path and query of the next mail's link, of several the first."""
        found, *_ = _LINK.findall((await self.next()).text)
        return URL(found).path_qs

    @property
    def empty(self):
        return self.mails.empty()


@dataclass
class Answer:
    status: int
    headers: object
    html: str
    url: URL

    @property
    def page(self):
        return Page(self.html)

    @property
    def text(self):
        return self.page.text


class Browser:
    """A person's browser: it keeps cookies, follows redirects, and sends forms as pages have them."""

    def __init__(self, url, http):
        self.url, self.http = url, http

    async def request(self, method, path, **options):
        headers = {"Accept": "text/html"} | options.pop("headers", {})
        address = f"{self.url}{path}"
        async with self.http.request(method, address, headers=headers, **options) as answer:
            return Answer(answer.status, answer.headers, await answer.text(), answer.url)

    async def get(self, path, **options):
        return await self.request("GET", path, **options)

    async def token(self, path):
        """What a form on that page carries against forgery."""
        return (await self.get(path)).page.all("input", name="csrf")[0]["value"]

    async def submit(self, path, action=None, headers=None, follow=True, **fields):
        """Open a page and send the form on it that goes to `action`."""
        sealed = {"csrf": await self.token(path)} | fields
        return await self.request(
            "POST",
            action or path,
            data=sealed,
            headers=headers or {},
            allow_redirects=follow,
        )

    async def sign_in(self, email=EMAIL, password=PASSWORD, **fields):
        return await self.submit("/auth/login", email=email, password=password, **fields)

    async def choose(self, link, password=PASSWORD):
        """Open a mail's link and choose a password there."""
        token = URL(link).query["token"]
        return await self.submit(link, URL(link).path, token=token, password=password)

    def cookies(self):
        return {cookie.key: cookie for cookie in self.http.cookie_jar}


class Site:
    """A server, its mail, and as many browsers as a test needs."""

    def __init__(self, server, mailbox, clock, stack):
        self.server, self.mailbox, self.clock = server, mailbox, clock
        self.core, self.url = server.core, server.url
        self._stack = stack

    async def browser(self):
        jar = aiohttp.CookieJar(unsafe=True)
        http = await self._stack.enter_async_context(aiohttp.ClientSession(cookie_jar=jar))
        return Browser(self.url, http)

    async def member(self, email=EMAIL, password=PASSWORD):
        """A browser that is signed in to a new account."""
        browser = await self.browser()
        await browser.submit("/auth/register", email=email)
        answer = await browser.choose(await self.mailbox.link(), password)
        assert (answer.status, answer.url.path) == (200, "/keys"), answer.text
        return browser


@asynccontextmanager
async def opened_site(local, clock, overrides=None, **settings):
    """A server whose time is that clock's, and whose mail goes into a mailbox."""
    mailbox = Mailbox()
    given = {"mailer": mailbox, "clock": clock} | (overrides or {})
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(local(given, **settings))
        yield Site(server, mailbox, clock, stack)
