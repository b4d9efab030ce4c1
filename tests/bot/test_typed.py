"""Commands as people type them, read as they are meant."""

from __future__ import annotations

import pytest
from typed_texts import DE, EN, HERE, ID, PATHS, read, refusal, typed

from bot.typed import read_caption, read_given

ROWS = [
    # options by name, and the words that are left
    ("/upload", "upload", {}),
    ("/upload A sunny day", "upload", {"caption": "A sunny day"}),
    (
        "/upload ttl=1d private=yes A sunny day in Rome",
        "upload",
        {"ttl": "1d", "private": "yes", "caption": "A sunny day in Rome"},
    ),
    ("/upload A sunny ttl=1d day", "upload", {"ttl": "1d", "caption": "A sunny day"}),
    ("/upload A sunny day ttl=1d", "upload", {"ttl": "1d", "caption": "A sunny day"}),
    ("/upload ttl:1d day", "upload", {"ttl": "1d", "caption": "day"}),
    ("/upload ttl: 1d day", "upload", {"ttl": "1d", "caption": "day"}),
    ("/upload ttl = 1d day", "upload", {"ttl": "1d", "caption": "day"}),
    ("/upload TTL=1d, Private=no, day", "upload", {"ttl": "1d", "private": "no", "caption": "day"}),
    ("/upload --ttl=1d --private day", "upload", {"ttl": "1d", "private": "true", "caption": "day"}),
    ("/upload —ttl=1d day", "upload", {"ttl": "1d", "caption": "day"}),
    # quotes, and values of several words without them
    ('/upload caption="two words" ttl=1d', "upload", {"caption": "two words", "ttl": "1d"}),
    ("/upload caption=“two words” ttl=1d", "upload", {"caption": "two words", "ttl": "1d"}),
    ("/upload caption=„zwei Wörter“ ttl=1d", "upload", {"caption": "zwei Wörter", "ttl": "1d"}),
    ("/upload caption=«deux mots» ttl=1d", "upload", {"caption": "deux mots", "ttl": "1d"}),
    ("/upload caption='a ttl=1d b'", "upload", {"caption": "a ttl=1d b"}),
    ("/upload caption='tis the season", "upload", {"caption": "'tis the season"}),
    (r'/upload caption="say \"hi\" now"', "upload", {"caption": 'say "hi" now'}),
    ('/upload "To be or not to be"', "upload", {"caption": '"To be or not to be"'}),
    ("/upload caption=A sunny day ttl=1d", "upload", {"caption": "A sunny day", "ttl": "1d"}),
    ("/upload caption=A sunny ttl=1d day", "upload", {"caption": "A sunny day", "ttl": "1d"}),
    ('/upload album="Summer Holiday" day', "upload", {"album": "Summer Holiday", "caption": "day"}),
    ("/upload album=Rome A day", "upload", {"album": "Rome", "caption": "A day"}),
    ("/upload A day album=Summer in Rome", "upload", {"album": "Summer in Rome", "caption": "A day"}),
    # lines
    ("/upload\none\n\ntwo  three\n", "upload", {"caption": "one\n\ntwo  three"}),
    ("/upload ttl=1d\none\ntwo", "upload", {"ttl": "1d", "caption": "one\ntwo"}),
    ("/upload one\nttl=1d\ntwo", "upload", {"ttl": "1d", "caption": "one\ntwo"}),
    ("/upload one ttl=1d\ntwo", "upload", {"ttl": "1d", "caption": "one\ntwo"}),
    ("/upload caption=one\ntwo", "upload", {"caption": "one\ntwo"}),
    ('/upload caption="one\n\ntwo"', "upload", {"caption": "one\n\ntwo"}),
    ("/upload caption=\none two", "upload", {"caption": "one two"}),
    # flags by their bare names, which among words are words
    ("/upload private", "upload", {"private": "true"}),
    ("/upload private cat", "upload", {"private": "true", "caption": "cat"}),
    ("/upload private, cat", "upload", {"private": "true", "caption": "cat"}),
    ("/upload cat private", "upload", {"private": "true", "caption": "cat"}),
    ("/upload private no cat", "upload", {"private": "no", "caption": "cat"}),
    ("/upload my ttl=1d private cat", "upload", {"private": "true", "ttl": "1d", "caption": "my cat"}),
    ("/upload my private cat", "upload", {"caption": "my private cat"}),
    ("/upload privates", "upload", {"caption": "privates"}),
    ("/album create private", "album create", {"title": "private"}),
    ("/album create private Rome", "album create", {"title": "Rome", "private": "true"}),
    ("/album create title=private private", "album create", {"title": "private", "private": "true"}),
    # what only looks like an option
    ("/upload x=1 equation", "upload", {"caption": "x=1 equation"}),
    ("/upload E=mc²", "upload", {"caption": "E=mc²"}),
    ("/upload my graph size=10", "upload", {"caption": "my graph size=10"}),
    ("/upload Rome: a day at 12:30", "upload", {"caption": "Rome: a day at 12:30"}),
    ("/upload Capton: Rome", "upload", {"caption": "Capton: Rome"}),
    ("/upload https://a.b/c?ttl=1d&private=yes", "upload", {"caption": "https://a.b/c?ttl=1d&private=yes"}),
    ("/upload a.b/c?ttl=1d", "upload", {"caption": "a.b/c?ttl=1d"}),
    ("/upload (ttl=1d) x", "upload", {"caption": "(ttl=1d) x"}),
    # none, never, nothing
    ("/edit caption=none ttl=never", "edit", {"caption": "none", "ttl": "never"}),
    ("/edit caption= ttl=1d", "edit", {"caption": "", "ttl": "1d"}),
    ('/edit caption="" album=none', "edit", {"caption": "", "album": "none"}),
    # addresses
    ("/import https://a.b/c?d=e&f:g#h=i", "import", {"url": "https://a.b/c?d=e&f:g#h=i"}),
    ("/import https://a.b/c.png A day ttl=1d", "import", {"url": "https://a.b/c.png", "caption": "A day", "ttl": "1d"}),
    ("/import A day https://a.b/c.png", "import", {"url": "https://a.b/c.png", "caption": "A day"}),
    ("/import https:\u2060//a.\u2060b/c", "import", {"url": "https://a.b/c"}),
    ("/import a.b/c.png", "import", {"url": "a.b/c.png"}),
    ("/import url=https://a.b/c=d A day", "import", {"url": "https://a.b/c=d", "caption": "A day"}),
    ("/import https://a.b/c\nline\nline", "import", {"url": "https://a.b/c", "caption": "line\nline"}),
    # images
    (f"/info {ID}", "info", {"image": ID}),
    ("/info https://a.b/x", "info", {"image": "https://a.b/x"}),
    ("/info nonsense", "info", {"image": "nonsense"}),
    (f"/delete image={ID}", "delete", {"image": ID}),
    (f"/edit {ID} private no", "edit", {"image": ID, "private": "no"}),
    (f"/edit {ID} caption=New words private", "edit", {"image": ID, "caption": "New words", "private": "true"}),
    (f"/edit caption New words {ID}", "edit", {"caption": f"New words {ID}"}),
    ("/edit album=Summer Holiday", "edit", {"album": "Summer Holiday"}),
    # transforms
    (
        f"/transform https://a.b/{ID}?blur=3 brightness=1.2 blur=5 format=webp",
        "transform",
        {"image": f"https://a.b/{ID}?blur=3", "brightness": "1.2", "blur": "5", "format": "webp"},
    ),
    (f"/transform blur=5 {ID} save", "transform", {"image": ID, "blur": "5", "save": "true"}),
    (f"/transform a.b/{ID}.png save=no", "transform", {"image": f"a.b/{ID}.png", "save": "no"}),
    ("/transform ?blur=5&format=webp", "transform", {"blur": "5", "format": "webp"}),
    ("/transform blur=5, format=webp", "transform", {"blur": "5", "format": "webp"}),
    ("/transform blur=5;format=webp", "transform", {"blur": "5", "format": "webp"}),
    ("/transform blur:5 brightness=1,2", "transform", {"blur": "5", "brightness": "1.2"}),
    ("/transform blur 5 format webp", "transform", {"blur": "5", "format": "webp"}),
    ("/transform webp xl 90", "transform", {"format": "webp", "size": "xl", "rotate": "90"}),
    (f"/transform {ID} WebP", "transform", {"image": ID, "format": "WebP"}),
    ("/transform segment background=#fff", "transform", {"segment": "foreground", "background": "#fff"}),
    ("/transform background=rgba(1, 2, 3, 0.5) jpg", "transform", {"background": "rgba(1, 2, 3, 0.5)", "format": "jpg"}),
    ("/transform blur format=webp", "transform", {"blur": "", "format": "webp"}),
    ("/transform blur", "transform", {"blur": ""}),
    ("/edit ttl", "edit", {"ttl": ""}),
    ("/help!", "help", {}),
    ("/usage.", "usage", {}),
    # texts of one line
    ("/images sunny day", "images", {"search": "sunny day"}),
    ("/images sunny day album=Rome", "images", {"search": "sunny day", "album": "Rome"}),
    ("/images album=Rome", "images", {"album": "Rome"}),
    ("/link 7hK2mPq9", "link", {"code": "7hK2mPq9"}),
    # groups
    ("/album", "album", {}),
    ("/album create Holiday", "album create", {"title": "Holiday"}),
    ('/album create "ttl=1d in Rome"', "album create", {"title": "ttl=1d in Rome"}),
    ("/album create Rome description=All of it password=abc", "album create", {"title": "Rome", "description": "All of it", "password": "abc"}),
    ("/album create password=abc Rome", "album create", {"title": "Rome", "password": "abc"}),
    ("/album_create Holiday", "album create", {"title": "Holiday"}),
    ("/Album Create Holiday", "album create", {"title": "Holiday"}),
    ("/album\ncreate\nHoliday", "album create", {"title": "Holiday"}),
    ("/album delete Rome: day one", "album delete", {"album": "Rome: day one"}),
    ("/album add Summer in Rome", "album add", {"album": "Summer in Rome"}),
    (f"/album add Summer in Rome {ID}", "album add", {"album": "Summer in Rome", "image": ID}),
    (f"/album add https://a.b/{ID} Rome", "album add", {"album": "Rome", "image": f"https://a.b/{ID}"}),
    ("/album add Photograph", "album add", {"album": "Photograph"}),
    ('/album add "Summer in Rome"', "album add", {"album": "Summer in Rome"}),
    (f"/album remove {ID}", "album remove", {"image": ID}),
    (f"/album remove {ID} Rome", "album remove", {"image": ID, "album": "Rome"}),
    ("/embed create Sunset title={caption} color=#ff5733", "embed create", {"name": "Sunset", "title": "{caption}", "color": "#ff5733"}),
    ("/embed create title=Hello world", "embed create", {"title": "Hello world"}),
    ("/embed edit Sunset title=Hello world spoiler", "embed edit", {"profile": "Sunset", "title": "Hello world", "spoiler": "true"}),
    ("/embed edit author-name=Ada Sunset", "embed edit", {"author_name": "Ada Sunset"}),
    ("/embed edit Sunset author-url=https://a.b/c=d", "embed edit", {"profile": "Sunset", "author_url": "https://a.b/c=d"}),
    ("/embed edit Sunset buttons=Shop https://a.b | Me https://c.d", "embed edit", {"profile": "Sunset", "buttons": "Shop https://a.b | Me https://c.d"}),
    ("/embed use Sunset where=chat", "embed use", {"profile": "Sunset", "where": "chat"}),
    ("/embed use", "embed use", {}),
    (f"/embed preview My profile {ID}", "embed preview", {"profile": "My profile", "image": ID}),
    ("/key create my laptop access=read", "key create", {"name": "my laptop", "access": "read"}),
    ("/key revoke my laptop", "key revoke", {"key": "my laptop"}),
    ("/help album", "help", {"command": "album"}),
    ("/help /album create", "help", {"command": "album"}),
    ("/help hochladen", "help", {"command": "upload"}),
    # settings
    ("/settings", "settings", {}),
    ("/settings team on", "settings team", {"shared": "on"}),
    ("/settings defaults ttl 7d private", "settings defaults", {"ttl": "7d", "private": "true"}),
    ("/settings channels here", "settings channels", {"allow": HERE}),
    ("/settings channels forbid=here", "settings channels", {"forbid": HERE}),
    ("/settings channels allow=17", "settings channels", {"allow": "17"}),
    ("/settings channels everywhere", "settings channels", {"everywhere": "true"}),
    ("/settings automatic here", "settings automatic", {"channel": HERE}),
    ("/settings automatic none", "settings automatic", {}),
    ("/settings automatic off", "settings automatic", {}),
    # German names, to whoever types them
    ("/hochladen dauer=1d privat Ein Tag", "upload", {"ttl": "1d", "private": "true", "caption": "Ein Tag"}),
    ("/ändern text=Neu", "edit", {"caption": "Neu"}),
    ("/aendern text=Neu", "edit", {"caption": "Neu"}),
    ("/a\u0308ndern text=Neu", "edit", {"caption": "Neu"}),
    ("/album neu Urlaub", "album create", {"title": "Urlaub"}),
    ("/schluessel_sperren Urlaub", "key revoke", {"key": "Urlaub"}),
    ("/einstellungen automatisch hier", "settings automatic", {"channel": HERE}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name", "given"), ROWS, ids=[row[0] for row in ROWS])
def test_what_is_typed_is_read_as_it_is_meant(text, name, given):
    assert read(text) == (name, given)


def test_a_colon_is_one_of_the_persons_own_language():
    assert read("/upload Text: hallo")[1] == {"caption": "Text: hallo"}
    assert read("/upload Text: hallo", language=DE)[1] == {"caption": "hallo"}


# To whom it is said


@pytest.mark.parametrize("direct", [True, False])
def test_what_is_for_another_bot_is_not_for_this_one(direct):
    assert typed("/upload@other_bot ttl=1d", direct=direct) is None
    assert typed("/nonsense@other_bot", direct=direct) is None
    assert typed("/upload@pixferry_bot2", direct=direct) is None
    assert typed("@other_bot look", direct=direct) is None


@pytest.mark.parametrize("direct", [True, False])
def test_what_names_this_one_is(direct):
    name, given = read("/upload@pixferry_bot ttl=1d", direct=direct)
    assert (name, given) == ("upload", {"ttl": "1d"})
    assert read("/album_create@PIXFERRY_BOT Rome", direct=direct)[0] == "album create"
    assert refusal("/uplod@pixferry_bot", direct=direct)


@pytest.mark.parametrize(
    "text",
    ["", " ", "hello", "a /upload", "//", "/", "/usr/bin", "/ upload", "ttl=1d", "a@pixferry_bot.com"],
)  # fmt: skip
def test_what_is_no_command_is_none(text):
    assert typed(text) is None
    assert typed(text, direct=False) is None


def test_unknown_commands_of_a_group_may_be_another_bots():
    assert typed("/uplod", direct=False) is None
    assert typed("/start", direct=False) is None


@pytest.mark.parametrize(
    ("text", "name", "given", "mention"),
    [
        ("@pixferry_bot", "upload", {}, True),
        ("  @Pixferry_Bot ", "upload", {}, True),
        ("@pixferry_bot, a sunny day", "upload", {"caption": "a sunny day"}, True),
        ("look at this @pixferry_bot", "upload", {"caption": "look at this"}, True),
        ("look @pixferry_bot ttl=1d", "upload", {"caption": "look", "ttl": "1d"}, True),
        ("@pixferry_bot ttl=1d private one\ntwo", "upload", {"ttl": "1d", "private": "true", "caption": "one\ntwo"}, True),
        ("@pixferry_bot transform blur=5", "transform", {"blur": "5"}, False),
        ("@pixferry_bot: /transform blur=5", "transform", {"blur": "5"}, False),
        ("@pixferry_bot upload a day", "upload", {"caption": "a day"}, False),
        ("@pixferry_bot album create Rome", "album create", {"title": "Rome"}, False),
        ("do transform @pixferry_bot", "upload", {"caption": "do transform"}, True),
    ],
)  # fmt: skip
def test_the_bot_can_be_named_instead(text, name, given, mention):
    found = typed(text, direct=False)
    assert (found.name, found.given, found.mention) == (name, given, mention)


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("", {}),
        ("A private beach", {"caption": "A private beach"}),
        ("private", {"caption": "private"}),
        ("ttl: 1d", {"caption": "ttl: 1d"}),
        ("album = 1", {"caption": "album = 1"}),
        ("ttls=1d captoin=2", {"caption": "ttls=1d captoin=2"}),
        ("ttl=1d private A beach", {"ttl": "1d", "private": "true", "caption": "A beach"}),
        ("A beach\nttl=1d", {"ttl": "1d", "caption": "A beach"}),
        ("A beach album=Summer in Rome", {"album": "Summer in Rome", "caption": "A beach"}),
    ],
)
def test_a_pictures_own_caption_may_have_options(text, given):
    found = read_caption(text, language=EN)
    assert (found.name, found.given, found.command) == ("upload", given, PATHS["upload"])


def test_words_for_a_command_that_is_known_can_be_read_alone():
    given = read_given("transform", f"https://a.b/{ID} blur=5", language=EN)
    assert given == {"image": f"https://a.b/{ID}", "blur": "5"}
