"""Images and albums are the same through every API; what links of an image lead to."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor

import pictures
import pytest
import requests

PHOTO = pictures.jpeg(900, 600)


def send(base, headers, data=PHOTO, name="photo.jpg", **fields):
    answer = requests.post(
        f"{base}/api/v1/upload",
        headers=headers,
        files={"file": (name, data)},
        data=fields,
        timeout=60,
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def send_all(base, headers, *files, **fields):
    answer = requests.post(
        f"{base}/api/v1/upload/bulk",
        headers=headers,
        files=[("files", file) for file in files],
        data=fields,
        timeout=60,
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def test_links_lead_to_the_image(compat, base, keys):
    made = send(base, keys("ours"))
    links, page = made["links"], f"{compat.url}/{made['id']}"
    src = f"{page}.jpeg"
    assert links == {
        "direct": src,
        "thumbnail": f"{src}?size=s",
        "view_page": page,
        "bbcode": f"[img]{src}[/img]",
        "html": f'<img src="{src}">',
        "markdown": f"![photo.jpg]({src})",
    }
    assert requests.get(links["direct"], timeout=30).content == PHOTO
    small = requests.get(links["thumbnail"], timeout=30)
    assert pictures.opened(small.content).size == (320, 213)
    shown = requests.get(page, headers={"Accept": "text/html"}, timeout=30)
    assert shown.headers["Content-Type"].startswith("text/html")
    assert src in shown.text


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("drawing.svg", pictures.SVG.replace(b'"120" height="80"', b'"1200" height="800"')),
        ("icon.ico", pictures.encoded(pictures.pixels(256, 256), "ICO")),
        ("loop.gif", pictures.gif(2, 400, 300)),
    ],
)
def test_a_thumbnail_of_any_format_is_a_picture(base, keys, name, data):
    link = send(base, keys("ours"), data, name)["links"]["thumbnail"]
    answer = requests.get(link, timeout=60)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("image/")


@pytest.mark.parametrize(
    ("sent", "shown", "alt"),
    [
        ("](javascript:x).jpg", "](javascript:x).jpg", r"\](javascript:x).jpg"),
        ("a_b*c.jpg", "a_b*c.jpg", r"a\_b\*c.jpg"),
        ("../../etc/passwd.jpg", "passwd.jpg", "passwd.jpg"),
        ("🦆 Ente.jpg", "🦆 Ente.jpg", "🦆 Ente.jpg"),
        ("x" * 300 + ".jpg", "x" * 251 + ".jpg", "x" * 251 + ".jpg"),
    ],
)
def test_file_names_are_cleaned_and_are_no_markup(base, keys, sent, shown, alt):
    made = send(base, keys("ours"), name=sent)
    assert made["filename"] == shown
    assert made["links"]["markdown"] == f"![{alt}]({made['links']['direct']})"


def test_a_file_whose_name_is_no_name_has_its_ids(base, keys):
    made, failed = send_all(base, keys("ours"), ("..", PHOTO), ("..", b"no picture"))
    assert made["filename"] == f"{made['id']}.jpeg"
    assert failed["filename"] == ""


def test_albums_are_those_of_the_newer_api(compat, base, keys):
    title = f"Trip {secrets.token_hex(4)}"
    first = send(base, keys("ours"), album=f"  {title} ")
    (album,) = albums(compat, keys("ours"), title)
    added = compat.upload(PHOTO, headers=keys("ours"), album_id=album["id"])
    more = send_all(base, keys("ours"), *[(f"{n}.jpg", PHOTO) for n in range(5)], album=title)
    inside = compat.get(f"/v1/media?album={album['id']}", headers=keys("ours")).json()["data"]
    sent = [first["id"], added["id"], *(one["id"] for one in more)]
    assert [one["id"] for one in inside] == sent[::-1], "newest first, in the order of the form"
    assert len(albums(compat, keys("ours"), title)) == 1
    theirs = send(base, keys("theirs"), album=title)
    (other,) = albums(compat, keys("theirs"), title)
    assert other["id"] != album["id"]
    assert theirs["id"] not in sent


def test_of_many_at_once_one_makes_the_album(compat, base, keys):
    title = f"Race {secrets.token_hex(4)}"
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: send(base, keys("ours"), album=title), range(8)))
    (album,) = albums(compat, keys("ours"), title)
    assert album["media_count"] == 8


def test_what_is_no_picture_makes_no_album(compat, base, keys):
    title = f"None {secrets.token_hex(4)}"
    refused = requests.post(
        f"{base}/api/v1/upload",
        headers=keys("ours"),
        files={"file": ("a.jpg", b"no picture")},
        data={"album": title},
        timeout=30,
    )
    assert refused.json()["error"]["code"] == "INVALID_FILE_TYPE"
    assert albums(compat, keys("ours"), title) == []


def albums(compat, headers, title):
    found = compat.get("/v1/albums?limit=100", headers=headers).json()["data"]
    return [one for one in found if one["title"] == title]


def test_an_image_of_the_newer_api_is_seen_and_deleted_here(compat, base, keys):
    made = compat.upload(PHOTO, "a.jpg", keys("ours"), caption="Hello", author="Jane", ttl="1d")
    path = f"{base}/api/v1/image/{made['id']}"
    shown = requests.get(path, timeout=30).json()["data"]
    assert shown["links"]["direct"] == made["src"]
    assert shown["links"]["view_page"] == made["link"]
    assert shown["size"] == made["filesize"]
    assert list(shown)[-1] == "expires_at"
    assert requests.delete(path, headers=keys("ours"), timeout=30).status_code == 200
    assert compat.get(f"/v1/media/{made['id']}").status_code == 404
    assert requests.get(made["src"], timeout=30).status_code == 410


def test_an_image_from_here_is_seen_through_the_other_apis(compat, base, keys):
    made = send(base, keys("ours"), expiry="24")
    newer = compat.get(f"/v1/media/{made['id']}", headers=keys("ours")).json()
    assert newer["expires_at"] - newer["created_at"] == 24 * 3_600
    older = requests.get(f"{compat.url}/compat/img.pro/1.0/v1/media/{made['id']}", timeout=30)
    assert older.json()["src"] == made["links"]["direct"]


def test_uploads_through_here_are_in_no_gallery(compat, base, keys):
    made = send(base, keys("ours"))
    path = f"{compat.url}/compat/imglink.cc/api/gallery"
    shown = requests.get(path, timeout=30).json()["images"]
    assert made["id"] not in {one["id"] for one in shown}


def test_every_answer_may_be_read_by_any_origin(base):
    for path in ("/api/v1/nothing", "/api/v1/image/abc", "/api/v1/upload"):
        answer = requests.get(f"{base}{path}", headers={"Origin": "https://a.example"}, timeout=30)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Retry-After" in answer.headers["Access-Control-Expose-Headers"]
        assert answer.headers["X-Request-Id"]
