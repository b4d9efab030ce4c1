"""Views: who looks at an image is counted, once an hour, and nobody else."""

from __future__ import annotations

import asyncio

import pictures
import pytest

from core.services import views

HTML = {"Accept": "text/html"}
BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
SOON = 10

PEOPLE = [
    BROWSER,
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
        "Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
    ),
    (
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 "
        "Mobile Safari/537.36"
    ),
    (
        "Mozilla/5.0 (Linux; Android 8.0.0; CUBOT_P20) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/70.0.3538.110 Mobile Safari/537.36"
    ),
    "Mozilla/5.0 (Linux; Android 13; wv) AppleWebKit/537.36 Telegram-Android/11.0 (Google Pixel 7)",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 15_2 like Mac OS X) Mobile/15E148 WhatsApp/2.22.4.74 W",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148 [FBAN/FBIOS;FBAV/440.0]",
    "Mozilla/5.0 (X11; Linux x86_64; rv:38.0) Gecko/20100101 Firefox/38.0",
    "curl/8.5.0",
    "",
]

CRAWLERS = [
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "Discordbot/2.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 11.6; rv:92.0) Gecko/20100101 Firefox/92.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.10; rv:38.0) Gecko/20100101 Firefox/38.0",
    "TelegramBot (like TwitterBot)",
    "Twitterbot/1.0",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) "
        "Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0"
    ),
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Slack-ImgProxy 149 (+https://api.slack.com/robots)",
    "WhatsApp/2.22.20.72 A",
    "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Googlebot-Image/1.0",
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (compatible; YandexImages/3.0; +http://yandex.com/bots)",
    "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
    "http.rb/5.1.1 (Mastodon/4.2.1; +https://example.social/)",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/120.0.0.0 Safari/537.36",
    "SomeCrawler/1.0",
    "some_preview_service",
    "MYBOT",
]


class Looks:
    """A server behind a trusted proxy, one image on it, and people who look at it."""

    def __init__(self, server, media, auth) -> None:
        self.server, self.media, self.auth = server, media, auth
        self.page, self.bytes = f"/{media['id']}", f"/{media['id']}.jpg"

    async def get(self, path, address, method="GET", **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        status, found, _ = await self.server.call(
            method,
            path,
            headers={"User-Agent": BROWSER, "X-Forwarded-For": address} | HTML | named,
        )
        assert status in {200, 206, 304}, status
        return found

    async def counted(self, count):
        """The views of the image come to be just that, and stay."""
        await self.get(self.bytes, "192.0.2.255")  # what came before is written with this one
        async with asyncio.timeout(SOON):
            while (found := await self.views()) <= count:
                await asyncio.sleep(0.01)
        assert found == count + 1

    async def views(self):
        return (await self.server.core.views.of([self.media["id"]]))[self.media["id"]]


@pytest.fixture
async def looks(local, clock, monkeypatch):
    monkeypatch.setattr(views, "WRITE_EVERY", 0.05)
    async with local({"clock": clock}, trusted_proxies="127.0.0.1") as server:
        auth = await server.key()
        status, _, media = await server.upload(pictures.jpeg(), headers=auth)
        assert status == 201
        yield Looks(server, media, auth)


async def test_a_page_and_its_picture_are_one_view(looks):
    await looks.get(looks.page, "192.0.2.1")
    await looks.get(looks.bytes, "192.0.2.1", Accept="image/*")
    await looks.get(looks.page, "192.0.2.1", Accept="image/*")
    await looks.counted(1)


@pytest.mark.parametrize(
    ("path", "accept"), [("/{id}", "text/html"), ("/{id}", "image/webp,*/*"), ("/{id}.jpg", "*/*")]
)
async def test_each_way_to_look_counts(looks, path, accept):
    await looks.get(path.format(**looks.media), "192.0.2.1", Accept=accept)
    await looks.counted(1)


async def test_each_address_counts_once_an_hour(looks, clock):
    for address in ("192.0.2.1", "192.0.2.2", "192.0.2.1"):
        await looks.get(looks.page, address)
    clock.step(minutes=59)
    await looks.get(looks.bytes, "192.0.2.1")
    clock.step(minutes=1)
    await looks.get(looks.bytes, "192.0.2.1")
    await looks.counted(3)


async def test_an_ipv6_network_is_one_visitor(looks):
    for address in ("2001:db8::1", "2001:db8::2:3:4:5", "2001:db8:0:1::1"):
        await looks.get(looks.page, address)
    await looks.counted(2)


async def test_a_picture_that_the_browser_has_is_looked_at(looks, clock):
    found = await looks.get(looks.bytes, "192.0.2.1")
    clock.step(hours=2)
    await looks.get(looks.bytes, "192.0.2.1", If_None_Match=found["ETag"])
    await looks.counted(2)


async def test_what_nobody_looks_at_does_not_count(looks):
    await looks.get(looks.page, "192.0.2.1", method="HEAD")
    await looks.get(looks.bytes, "192.0.2.2", method="HEAD")
    await looks.get(looks.bytes, "192.0.2.3", Range="bytes=10-20")
    await looks.get(f"{looks.bytes}?size=s", "192.0.2.4")
    await looks.get(looks.bytes, "192.0.2.5", Sec_Fetch_Site="same-origin", Sec_Fetch_Dest="image")
    await looks.get(f"/v1/media/{looks.media['id']}", "192.0.2.6")
    await looks.get(f"/oembed?url={looks.media['link']}", "192.0.2.7")
    await looks.counted(0)


async def test_the_first_part_of_a_picture_counts_and_transformed_ones_do(looks):
    await looks.get(looks.bytes, "192.0.2.1", Range="bytes=0-99")
    await looks.get(looks.bytes, "192.0.2.1", Range="bytes=100-")
    await looks.get(f"{looks.bytes}?rotate=90", "192.0.2.2")
    await looks.counted(2)


async def test_the_teams_own_looks_do_not_count(looks):
    await looks.get(looks.bytes, "192.0.2.1", **looks.auth)
    await looks.get(looks.bytes, "192.0.2.1")  # as the browser does that shows a signed-in page
    other = await looks.server.key("another@example.org")
    await looks.get(looks.bytes, "192.0.2.2", **other)
    await looks.counted(1)


async def test_crawlers_and_media_proxies_do_not_count(looks):
    for number, user_agent in enumerate(CRAWLERS):
        await looks.get(looks.page, f"198.51.100.{number}", User_Agent=user_agent)
        await looks.get(looks.bytes, f"198.51.100.{number}", User_Agent=user_agent)
    await looks.counted(0)


async def test_people_count_whatever_they_use(looks):
    for number, user_agent in enumerate(PEOPLE):
        await looks.get(looks.page, f"198.51.100.{number}", User_Agent=user_agent)
    await looks.counted(len(PEOPLE))


async def test_what_fails_counts_nothing(looks):
    for path in (f"/{looks.media['id']}.exe", f"/{looks.media['id']}?w=3", "/1111111111"):
        status, *_ = await looks.server.call("GET", path, headers={"User-Agent": BROWSER} | HTML)
        assert status >= 400
    await looks.counted(0)


async def test_previews_say_how_often_it_was_looked_at(looks):
    profile = {"name": "n", "description": "{views} times", "default": True}
    await looks.server.call("POST", "/v1/embeds", json=profile, headers=looks.auth)
    await looks.get(looks.page, "192.0.2.1")
    await looks.counted(1)
    _, _, body = await looks.server.call("GET", looks.page, headers=HTML | {"User-Agent": "a bot"})
    assert b'content="2 times"' in body
