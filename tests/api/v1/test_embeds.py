"""/v1/embeds, through real HTTP."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pictures
import pytest
import requests
import stored
from markup import Page

NONE = "1111111111"
WHOLE = {
    "name": "Ducks 🦆",
    "title": "{caption} – {{not one}}",
    "description": "{width} × {height}\n{size} of {format}",
    "color": "#ff5733",
    "author_name": "{uploader}",
    "author_url": "https://example.com/~jane?a=1&b=%20#top",
    "site_name": "Ducks",
    "layout": "component",
    "image": "small",
    "spoiler": True,
    "buttons": [{"label": "Open {filename}", "url": "https://example.com/1"}],
    "default": False,
}
PLAIN = {"layout": "card", "image": "large", "spoiler": False, "buttons": [], "default": False}


@pytest.fixture
def somebody(server, request):
    """Headers of a user of their own."""
    name = f"embeds-{abs(hash(request.node.nodeid))}"
    return server.new_key(f"{name}@example.org", "--plan", "unlimited", "--abilities", "*")


def call(server, method, path, headers, **options):
    return requests.request(
        method, f"{server.url}/v1/embeds{path}", headers=headers, timeout=30, **options
    )


def create(server, headers, **fields):
    answer = call(server, "POST", "", headers, json={"name": "name"} | fields)
    assert answer.status_code == 201, answer.text
    return answer.json()


def preview(server, headers, profile, media):
    answer = call(server, "GET", f"/{profile['id']}/preview?media={media['id']}", headers)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    shown = {one["chat"]: one for one in told["chats"]}
    findings = {(one["chat"], one["field"], one["effect"]) for one in told["findings"]}
    assert all(one["message"].endswith(".") for one in told["findings"])
    return shown, findings


def test_profiles_are_made_read_changed_and_deleted(server, somebody):
    made = create(server, somebody, **WHOLE)
    assert type(made["id"]) is int
    assert {name: made[name] for name in WHOLE} == WHOLE
    assert set(made) == {*WHOLE, "id", "created_at"}
    path = f"/{made['id']}"
    assert call(server, "GET", path, somebody).json() == made
    assert call(server, "GET", "", somebody).json() == {"data": [made]}

    changed = call(
        server, "PATCH", path, somebody, json={"color": "#0066FF", "title": "", "author_url": None}
    )
    assert changed.status_code == 200
    expected = made | {"color": "#0066ff"}
    del expected["title"], expected["author_url"]
    assert changed.json() == expected == call(server, "GET", path, somebody).json()
    assert call(server, "PATCH", path, somebody, json={}).json() == expected

    gone = call(server, "DELETE", path, somebody)
    assert (gone.status_code, gone.content) == (204, b"")
    for method in ("GET", "PATCH", "DELETE"):
        assert call(server, method, path, somebody, json={}).status_code == 404
    assert call(server, "GET", "", somebody).json() == {"data": []}


def test_a_name_is_all_that_a_profile_needs(server, somebody):
    made = create(server, somebody, title="", description=None)
    assert made == {"id": made["id"], "created_at": made["created_at"], "name": "name"} | PLAIN


def test_profiles_are_listed_oldest_first(server, somebody):
    made = [create(server, somebody, name=str(number)) for number in range(3)]
    assert call(server, "GET", "", somebody).json()["data"] == made


WRONG = [
    ("name", ["", " \t", "x" * 101, "a\0b", "\ud800", 5, None, []]),
    ("title", ["x" * 257, "a\0b", 5, "{nope}", "{Caption}", "{}", "{caption }", "{{{x}}}"]),
    ("description", ["x" * 2001, "{title}", ["a"]]),
    ("author_name", ["x" * 257, "{__class__}", "{caption.__class__}", "{0}", True]),
    ("site_name", ["x" * 257, "{caption!r}", "{caption:>999999999}"]),
    ("color", ["red", "#fff", "#ff57331", "#gg5733", "ff5733", "#ff5733\n", "#ff573３", "", 5]),
    (
        "author_url",
        [
            *("", "javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "ftp://a.example/"),
            *("//a.example/", "/path", "a.example", "https://", "http:///x", "https://a b.example/"),
            *("https://user@a.example/", "https://u:p@a.example/", "https://a.example:99999/"),
            *('https://a.example/"x', "https://a.example/<x", "https://a.example/\n", " https://a.example"),
            *("https://a.example/" + "x" * 2048, "https://[::1", 5),
        ],
    ),
    ("layout", ["", "Card", "video", None, 1]),
    ("image", ["huge", None, True]),
    ("spoiler", ["true", 1, None]),
    ("default", ["true", 0, None]),
    (
        "buttons",
        [
            None,
            {},
            "x",
            [{}],
            [{"label": "a"}],
            [{"label": "", "url": "https://a.example"}],
            [{"label": " ", "url": "https://a.example"}],
            [{"label": "x" * 81, "url": "https://a.example"}],
            [{"label": "{nope}", "url": "https://a.example"}],
            [{"label": "a", "url": "javascript:alert(1)"}],
            [{"label": "a", "url": "https://a.example/" + "x" * 512}],
            [{"label": "a", "url": "https://a.example", "id": 1}],
            [{"label": "a", "url": "https://a.example"}] * 6,
        ],
    ),
    ("id", [1]),
    ("user_id", [1]),
    ("nope", ["x"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"),
    [(field, value) for field, values in WRONG for value in values],
    ids=lambda value: repr(value)[:40].encode("ascii", "replace").decode(),
)
def test_what_is_refused(server, teams, field, value):
    body = {"name": "name"} | {field: value}
    answer = call(server, "POST", "", teams.ours, json=body)
    assert answer.status_code == 422, answer.text
    if value != "\ud800":  # no JSON can carry it: the body is at fault
        assert answer.json()["error"] == "validation_error"
        assert list(answer.json()["errors"]) == [field]


def test_a_patch_is_held_to_the_same_rules_and_changes_nothing_then(server, somebody):
    made = create(server, somebody, **WHOLE)
    for field, values in WRONG:
        for value in values:
            if value == "\ud800":
                continue
            body = {"description": "changed"} | {field: value}
            answer = call(server, "PATCH", f"/{made['id']}", somebody, json=body)
            assert answer.status_code == 422, body
            assert list(answer.json()["errors"]) == [field]
    assert call(server, "GET", f"/{made['id']}", somebody).json() == made


def test_all_that_is_wrong_is_told_at_once(server, teams):
    answer = call(server, "POST", "", teams.ours, json={"title": "{x}", "color": "red", "zz": 1})
    assert set(answer.json()["errors"]) == {"name", "title", "color", "zz"}
    assert "{caption}" in answer.json()["errors"]["title"][0], "it says which there are"


def test_the_longest_of_everything_is_taken(server, somebody):
    long = {
        "name": "🦆" * 100,
        "title": "🦆" * 256,
        "description": "x" * 2000,
        "author_name": "x" * 256,
        "author_url": "https://a.example/" + "x" * (2048 - 18),
        "site_name": "x" * 256,
        "buttons": [{"label": "🦆" * 80, "url": "http://a.example/" + "x" * (512 - 17)}] * 5,
    }
    made = create(server, somebody, **long)
    assert {name: made[name] for name in long} == long


@pytest.mark.parametrize(
    "profile_id", ["0", "-1", "x", "1.0", "9" * 18, "9" * 40, "%00", "１", "1e1"]
)
def test_ids_that_name_nothing(server, teams, profile_id):
    for method, path in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("GET", "/preview?media=x")):
        answer = call(server, method, f"/{profile_id}{path}", teams.ours, json={})
        assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


def test_a_foreign_profile_is_not_there(server, teams):
    made = create(server, teams.ours, name="ours alone")
    media = server.upload(pictures.jpeg(8, 8), headers=teams.theirs)
    path = f"/{made['id']}"
    for method, more in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("GET", "/preview?media=x")):
        answer = call(server, method, path + more, teams.theirs, json={"name": "theirs"})
        assert answer.status_code == 404
    assert made not in call(server, "GET", "", teams.theirs).json()["data"]
    refused = requests.patch(
        f"{server.url}/v1/media/{media['id']}",
        json={"embed_profile_id": made["id"]},
        headers=teams.theirs,
        timeout=30,
    )
    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["embed_profile_id"])
    assert call(server, "GET", path, teams.ours).json() == made


def test_a_user_has_25_at_most_however_many_ask_at_once(server, somebody):
    def ask(number):
        return call(server, "POST", "", somebody, json={"name": str(number)})

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(30)))
    statuses = [answer.status_code for answer in answers]
    assert (statuses.count(201), statuses.count(409)) == (25, 5)
    refused = next(answer for answer in answers if answer.status_code == 409).json()
    assert refused["error"] == "too_many_profiles"
    listed = call(server, "GET", "", somebody).json()["data"]
    assert len(listed) == 25
    assert call(server, "DELETE", f"/{listed[0]['id']}", somebody).status_code == 204
    assert ask("again").status_code == 201


def test_one_profile_at_a_time_is_the_default(server, somebody):
    first = create(server, somebody, default=True)
    second = create(server, somebody, default=True)

    def defaults():
        listed = call(server, "GET", "", somebody).json()["data"]
        return [one["id"] for one in listed if one["default"]]

    assert defaults() == [second["id"]]
    changed = call(server, "PATCH", f"/{first['id']}", somebody, json={"default": True}).json()
    assert changed["default"] is True
    assert defaults() == [first["id"]]
    call(server, "DELETE", f"/{first['id']}", somebody)
    assert defaults() == []


def test_deleting_a_profile_takes_it_from_images_and_albums(server, somebody):
    made, kept = create(server, somebody), create(server, somebody)
    own = {"headers": somebody, "embed_profile_id": str(made["id"])}
    mine = [server.upload(pictures.jpeg(8, 8), **own) for _ in range(2)]
    other = server.upload(pictures.jpeg(8, 8), headers=somebody, embed_profile_id=str(kept["id"]))
    assert mine[0]["embed_profile_id"] == made["id"]
    album = requests.post(
        f"{server.url}/v1/albums",
        json={"title": "a", "embed_profile_id": made["id"]},
        headers=somebody,
        timeout=30,
    ).json()
    assert album["embed_profile_id"] == made["id"]
    for media in mine:  # it is read, and so kept in memory
        assert "embed_profile_id" in server.get(f"/v1/media/{media['id']}", headers=somebody).json()
    assert call(server, "DELETE", f"/{made['id']}", somebody).status_code == 204
    for media in mine:
        told = server.get(f"/v1/media/{media['id']}", headers=somebody).json()
        assert told == {name: media[name] for name in media if name != "embed_profile_id"}
    assert server.get(f"/v1/media/{other['id']}", headers=somebody).json() == other
    told = server.get(f"/v1/albums/{album['id']}", headers=somebody).json()
    assert "embed_profile_id" not in told


def test_a_preview_fills_in_placeholders_once(server, somebody):
    media = server.upload(
        pictures.jpeg(20, 10),
        "ente {views}.jpg",
        headers=somebody,
        caption="{width} [x](http://evil)",
    )
    made = create(
        server,
        somebody,
        title="{caption} {{{height}}}",
        description="{filename}|{width}x{height}|{format}|{expires}|{views}|{album}|{uploader}",
        site_name="{album}",
    )
    shown, _ = preview(server, somebody, made, media)
    for chat in ("discord", "telegram"):
        assert shown[chat]["title"] == "{width} [x](http://evil) {10}"
        filled = shown[chat]["description"].split("|")
        assert filled[:6] == ["ente {views}.jpg", "20x10", "JPEG", "never", "0", ""]
        assert filled[6].startswith("embeds-")
        assert shown[chat]["site_name"] == "Pixferry", "an empty text is none"


def test_the_built_in_title_is_the_caption_or_else_the_file_name(server, somebody):
    made = create(server, somebody, title="{album}")
    for fields, title in (({"caption": "Hello"}, "Hello"), ({}, "photo.jpg")):
        media = server.upload(pictures.jpeg(8, 8), headers=somebody, **fields)
        shown, findings = preview(server, somebody, made, media)
        assert {one["title"] for one in shown.values()} == {title}
        assert findings == set()


def test_the_linter_tells_what_discord_cuts(server, somebody):
    media = server.upload(pictures.jpeg(8, 8), headers=somebody, caption="ö" * 200)
    made = create(server, somebody, title="ü" * 35, description="x" * 350, site_name="x" * 256)
    shown, findings = preview(server, somebody, made, media)
    assert (shown["discord"]["title"], findings) == ("ü" * 35, set())
    made = create(
        server, somebody, title="ü" * 36, description="x\n" * 20 + "y", site_name="{caption}" * 2
    )
    shown, findings = preview(server, somebody, made, media)
    assert findings == {
        (chat, field, "cut")
        for chat in ("discord", "telegram")
        for field in ("title", "description", "site_name")
    }, "both read the same tags"
    for one in shown.values():
        assert len(one["title"].encode()) <= 70
        assert one["title"].endswith("…")
        assert one["description"].count("\n") == 19
        assert len(one["site_name"]) == 256


@pytest.mark.parametrize(
    ("caption", "profile"),
    [
        ("Pier", {"description": "  two\t words \r\n\u202e \n\x0bmore"}),
        ("\n" * 1_900 + "x\u202ey \n z", {"layout": "component"}),
        ("a " * 1_000, {"layout": "component"}),
        ("é" * 450, {"layout": "component", "image": "none"}),
        ("\u202e", {"layout": "component", "author_name": "{caption}"}),
        ("ö" * 300, {"layout": "image", "description": "d", "site_name": "{caption}"}),
    ],
    ids=["spaces", "breaks", "long", "large", "nothing", "alone"],
)
def test_a_preview_tells_what_the_page_says(server, somebody, caption, profile):
    made = create(server, somebody, **profile)
    media = server.upload(
        pictures.jpeg(8, 8), headers=somebody, caption=caption, embed_profile_id=str(made["id"])
    )
    shown, findings = preview(server, somebody, made, media)
    page = Page(server.get(f"/{media['id']}", headers={"Accept": "text/html"}).text)
    told = shown["telegram"]
    assert page.meta("og:title") == told["title"]
    assert page.meta("og:description") == told.get("description")
    assert page.meta("og:site_name") == told["site_name"]
    scripts = page.all("script", id="discord:component-embed")
    assert len(scripts) == (shown["discord"]["layout"] == "component")
    refused = ("discord", "layout", "refused") in findings
    assert len(scripts) == (profile.get("layout") == "component" and not refused)


def test_the_linter_tells_what_a_chat_does_not_know(server, somebody):
    media = server.upload(pictures.jpeg(8, 8), headers=somebody)
    texts = {"title": "t", "description": "d", "author_name": "a", "color": "#123456"}
    made = create(server, somebody, **texts, author_url="https://a.example")
    shown, findings = preview(server, somebody, made, media)
    assert findings == {("telegram", "color", "ignored"), ("telegram", "author_name", "ignored")}
    assert shown["discord"]["author_url"] == "https://a.example"
    assert "author_name" not in shown["telegram"]

    made = create(server, somebody, **texts, layout="image", image="none")
    shown, findings = preview(server, somebody, made, media)
    assert {("discord", name, "ignored") for name in texts} <= findings
    assert {("discord", "image", "ignored"), ("telegram", "image", "ignored")} <= findings
    assert "title" not in shown["discord"]

    made = create(
        server,
        somebody,
        spoiler=True,
        buttons=[{"label": "a", "url": "https://a.example"}],
        author_url="https://a.example",
    )
    shown, findings = preview(server, somebody, made, media)
    assert {
        ("discord", "buttons", "ignored"),
        ("discord", "spoiler", "ignored"),
        ("discord", "author_url", "ignored"),
    } <= findings
    assert (shown["discord"]["buttons"], shown["discord"]["spoiler"]) == ([], False)


def test_the_linter_judges_component_embeds(server, somebody):
    media = server.upload(pictures.jpeg(8, 8), headers=somebody, caption="x" * 100)
    button = {"label": "Open {caption}", "url": "https://a.example/"}
    empty = {"label": "{album}", "url": "https://a.example/"}
    made = create(server, somebody, layout="component", buttons=[button, empty], spoiler=True)
    shown, findings = preview(server, somebody, made, media)
    assert shown["discord"]["layout"] == "component"
    assert shown["discord"]["spoiler"] is True
    assert [len(one["label"]) for one in shown["discord"]["buttons"]] == [80]
    assert {("discord", "buttons", "cut"), ("discord", "buttons", "ignored")} <= findings
    assert ("telegram", "layout", "ignored") in findings
    assert shown["telegram"]["layout"] == "card"

    made = create(server, somebody, layout="component", description="{caption}" * 30)
    shown, findings = preview(server, somebody, made, media)
    assert {("discord", "layout", "refused"), ("discord", "description", "cut")} <= findings
    assert shown["discord"]["layout"] == "card"


def test_what_can_be_previewed(server, somebody, teams):
    made = create(server, somebody)
    hidden = server.upload(pictures.jpeg(8, 8), headers=teams.ours, public="false")
    public = server.upload(pictures.jpeg(8, 8), headers=teams.ours)
    path = f"/{made['id']}/preview"
    assert call(server, "GET", f"{path}?media={public['id']}", somebody).status_code == 200
    for nothing in (hidden["id"], NONE, "x", "%00"):
        answer = call(server, "GET", f"{path}?media={nothing}", somebody)
        assert (answer.status_code, answer.json()["error"]) == (404, "not_found")
    for query in ("", "?media=" + "x" * 65, f"?media={NONE}&media={NONE}"):
        answer = call(server, "GET", path + query, somebody)
        assert (answer.status_code, list(answer.json()["errors"])) == (422, ["media"])


def test_placeholders_never_reach_into_the_program(server, somebody):
    """What is kept is the text as it was written; nothing but the table's words stands for more."""
    made = create(server, somebody, title="%(caption)s $caption ${caption} {{caption}} {caption}")
    media = server.upload(pictures.jpeg(8, 8), headers=somebody, caption="C")
    shown, _ = preview(server, somebody, made, media)
    assert shown["telegram"]["title"] == "%(caption)s $caption $C {caption} C"
    rows = stored.rows(server.data_dir, "SELECT title FROM embed_profiles WHERE id = ?", made["id"])
    assert rows == [(made["title"],)]
