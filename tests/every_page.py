"""Every page that people can come to, with something on each."""

from __future__ import annotations

import re
import sqlite3
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pictures
import requests
from markup import Page
from PIL import Image

from api.compat.registry import DIALECTS
from api.docs.pages import GUIDES

if TYPE_CHECKING:
    from collections.abc import Callable

HTML = {"Accept": "text/html"}
PASSWORD = "four words are best"
_LINK = re.compile(r"/auth/(?:verify|reset|confirm)\?token=[\w.-]+")
_FILL_AND_SEND = """(bytes) => {
  const files = new DataTransfer();
  files.items.add(new File([new Uint8Array(bytes)], "pier.jpg", {type: "image/jpeg"}));
  const form = document.getElementById("upload");
  form.elements.file.files = files.files;
  form.submit();
}"""
LONG = (
    "The ferry left at dusk, and for an hour the whole town stood on the pier to see it go.\n\n"
    + "Nobody had told them that it would be the last one of the year. " * 12
    + "\n"
    + "unbroken" * 30
)


@dataclass
class Visit:
    """A page: where it is, whose browser comes, and what is done there before it is looked at."""

    name: str
    path: str
    member: bool = False
    act: Callable | None = None
    status: int = 200
    refuses: bool = field(default=False, kw_only=True)
    """Whether what is done there is refused, of which browsers complain in their console."""


def visits(server, photo: bytes | None = None, more: dict[str, bytes] | None = None) -> list[Visit]:
    """Fill a server that takes registrations, and say what there is to see."""
    photo = photo or pictures.jpeg(1500, 1000)
    more = {
        "animated": pictures.gif(width=320, height=240),
        "transparent": see_through(),
        "drawn": pictures.SVG,
    } | (more or {})
    team = server.auth
    said = {
        "caption": "Low tide",
        "alt": "Boats on wet sand under a pink sky",
        "author": "Jane Doe",
        "license": "CC BY 4.0",
        "source": "https://jane.example/boats",
    }

    def put(data: bytes, name: str, **fields) -> str:
        headers = team if "public" in fields or "embed_profile_id" in fields else {}
        return server.upload(data, name, headers, **fields)["id"]

    profile = _post(
        server,
        "/v1/embeds",
        {"name": "Mine", "author_name": "Jane Doe", "author_url": "https://jane.example/"},
    )["id"]
    public = server.upload(photo, "low-tide.jpg", team, embed_profile_id=profile, **said)["id"]
    veiled = put(photo, "veiled.jpg", ttl="7d")
    _mark_nsfw(server, veiled)
    private = put(photo, "private.jpg", public="false", caption="For you alone")
    signed = _post(server, f"/v1/media/{private}/links", {"expires_in": "1h"})["link"]
    gone = put(photo, "gone.jpg", embed_profile_id=profile)
    requests.delete(f"{server.url}/v1/media/{gone}", headers=team, timeout=30)
    album = _album(server, photo, title="A week by the sea", description="Pier, sand,\nfog.")
    empty = _post(server, "/v1/albums", {"title": "Nothing yet"})["id"]
    locked = _album(server, photo, title="Locked", password="sesame")
    owned = server.upload(photo, "mine.jpg")
    confirming = _registered(server, "jim@example.org")
    kinds = {name: put(data, f"{name}.{_extension(data)}") for name, data in more.items()}
    return [
        Visit("landing", "/"),
        Visit("viewer", f"/{public}"),
        Visit("viewer-transformed", f"/{public}?rotate=90&size=s&saturation=0"),
        Visit("viewer-bare", f"/{owned['id']}"),
        Visit("viewer-nsfw", f"/{veiled}"),
        Visit("viewer-unveiled", f"/{veiled}", act=lambda page: page.check("#unveil")),
        Visit("viewer-signed", signed.removeprefix(server.url)),
        *(Visit(f"viewer-{name}", f"/{media}") for name, media in kinds.items()),
        Visit("viewer-tiny", f"/{put(pictures.png(1, 1), 'dot.png')}"),
        Visit("viewer-wide", f"/{put(_stripes(10_000, 20), 'wide.png')}"),
        Visit("viewer-tall", f"/{put(_stripes(20, 10_000), 'tall.png')}"),
        Visit("viewer-long", f"/{put(photo, 'W' * 180 + '.jpg', caption=LONG, note=LONG)}"),
        Visit("album", f"/a/{album}"),
        Visit("album-empty", f"/a/{empty}"),
        Visit("album-locked", f"/a/{locked}"),
        Visit("album-refused", f"/a/{locked}", act=_wrong_password, refuses=True),
        Visit("gone", f"/{gone}", status=410),
        Visit("nothing", "/1234567890", status=404),
        Visit("wrong", f"/{public}?blur=9999", status=422),
        Visit("hosted", "/", act=_upload_without_script),
        Visit("pricing", "/pricing"),
        Visit("delete", "/delete"),
        *(Visit(f"docs{path.replace('/', '-')}", path, act=_drawn) for path, _ in GUIDES),
        *(
            Visit(f"docs-{dialect.name}", f"/api{dialect.prefix}", act=_drawn)
            for dialect in DIALECTS
        ),
        Visit("register", "/auth/register"),
        Visit("registered", "/auth/register", act=_send_address),
        Visit("login", "/auth/login"),
        Visit("login-refused", "/auth/login", act=_wrong_sign_in, refuses=True),
        Visit("reset", "/auth/reset"),
        Visit("broken-link", "/auth/verify?token=x", status=422),
        Visit("password", _asked_for(server, "june@example.org")),
        Visit("chat-used", "/auth/chat?token=x", status=410),
        Visit("confirm", confirming),
        Visit("confirmed", confirming, act=_confirm),
        Visit("images", "/images", member=True),
        Visit("keys", "/keys", member=True),
        Visit("key", "/keys", member=True, act=_make_key),
        Visit("report", f"/{owned['id']}/report"),
        Visit("reported", f"/{owned['id']}/report", act=_report),
    ]


def member(server, email="jane@example.org") -> list[dict]:
    """The cookies of a browser whose owner has registered, as Playwright takes them."""
    http = requests.Session()
    http.headers.update(HTML)

    def send(path: str, **fields) -> str:
        page = Page(http.get(server.url + path, timeout=30).text)
        seal = page.all("input", name="csrf")[0]["value"]
        address = server.url + path.partition("?")[0]
        answer = http.post(address, data={"csrf": seal} | fields, timeout=30)
        assert answer.ok, answer.text
        return answer.text

    send("/auth/register", email=email)
    path = _mailed_link(server, email)
    send(path, token=path.partition("=")[2], password=PASSWORD)
    shown = Page(send("/keys", name="Uploads", abilities="both"))
    key = {"Authorization": f"Bearer {shown.one('input', aria_label='Token')['value']}"}
    server.upload(pictures.jpeg(), "W" * 90 + ".jpg", key, public="false", ttl="7d")
    server.upload(pictures.jpeg(90, 300), headers=key, caption="Low tide")
    return [{"name": each.name, "value": each.value, "url": server.url} for each in http.cookies]


def _asked_for(server, email: str) -> str:
    """The path of the mailed link by which somebody gets an account."""
    http = requests.Session()
    page = Page(http.get(f"{server.url}/auth/register", headers=HTML, timeout=30).text)
    told = {"csrf": page.one("input", name="csrf")["value"], "email": email}
    assert http.post(f"{server.url}/auth/register", data=told, timeout=30).ok
    return _mailed_link(server, email)


def _registered(server, email: str) -> str:
    """The path of the mailed link by which a program's user confirms their address."""
    told = {"email": email, "password": PASSWORD}
    address = f"{server.url}/compat/imglink.cc/api/auth/register"
    answer = requests.post(address, json=told, timeout=30)
    assert answer.ok, answer.text
    return _mailed_link(server, email)


def _mailed_link(server, email: str) -> str:
    deadline = time.monotonic() + 30
    while not (mailed := [each for each in server.log().splitlines() if email in each]):
        assert time.monotonic() < deadline, "no mail was logged"
        time.sleep(0.05)
    return _LINK.findall(mailed[-1])[0]


def see_through() -> bytes:
    """Black and white on nothing: one of them is lost on any plain ground."""
    image = Image.new("RGBA", (600, 400), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (60, 60, 280, 340))
    image.paste((255, 255, 255, 255), (320, 60, 540, 340))
    return pictures.encoded(image, "PNG")


def _stripes(width: int, height: int) -> bytes:
    return pictures.png(width, height, seed=3)


def _extension(data: bytes) -> str:
    if data.lstrip().startswith(b"<"):
        return "svg"
    return (pictures.opened(data).format or "png").lower()


def _post(server, path: str, body: dict) -> dict:
    answer = requests.post(server.url + path, json=body, headers=server.auth, timeout=30)
    assert answer.ok, answer.text
    return answer.json()


def _album(server, photo: bytes, **fields) -> str:
    album = _post(server, "/v1/albums", fields)["id"]
    for seed in range(1, 6):
        server.upload(
            pictures.jpeg(300, 200 + 40 * seed, seed), "x.jpg", server.auth, album_id=album
        )
    server.upload(photo, "photo.jpg", server.auth, album_id=album, caption="Low tide")
    return album


def _mark_nsfw(server, media_id: str) -> None:
    """What no face of ours sets: written into the database file."""
    (file,) = server.data_dir.glob("*.db")
    with sqlite3.connect(file) as database:
        database.execute("UPDATE media SET nsfw = 1 WHERE id = ?", (media_id,))
    database.close()


def _drawn(page) -> None:
    """The interactive documentation is drawn by its script."""
    if page.locator("#try").count():
        page.locator(".opblock").last.wait_for()


def _wrong_password(page) -> None:
    page.fill("#password", "no")
    page.click("main button")
    page.locator("#refused").wait_for()


def _upload_without_script(page) -> None:
    """As browsers without scripts send the form: no event tells the script of the file."""
    page.evaluate(_FILL_AND_SEND, list(pictures.jpeg(640, 480)))
    page.get_by_role("heading", name="Here is your link").wait_for()


def _send_address(page) -> None:
    page.fill("#email", "john@example.org")
    page.click("main button")
    page.get_by_role("heading", name="Look into your mail").wait_for()


def _wrong_sign_in(page) -> None:
    page.fill("#email", "john@example.org")
    page.fill("#password", "wrong words")
    page.click("main button.main")
    page.locator(".error").first.wait_for()


def _confirm(page) -> None:
    page.click("main button.main")
    page.get_by_text("Thank you").wait_for()


def _make_key(page) -> None:
    page.fill("#name", "Notebook")
    page.click("main button.main")
    page.get_by_role("heading", name="Try it").wait_for()


def _report(page) -> None:
    page.locator("[name=reason]").first.check()
    page.fill("#comment", "Look at this")
    page.click("main button.main")
    page.get_by_role("heading", name="Thank you").wait_for()
