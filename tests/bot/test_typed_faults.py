"""Commands that are mistyped: what is told, and that nothing breaks."""

from __future__ import annotations

import naughty
import pytest
from typed_texts import DE, ID, LANGUAGES, ME, PATHS, read, refusal, typed

from bot.options import read_options
from core.errors import InvalidInput


@pytest.mark.parametrize(
    ("text", "field", "sentence"),
    [
        ("/uplod", "command", "There is no command /uplod. Did you mean /upload?"),
        ("/hochlden", "command", "There is no command /hochlden. /help shows what there is."),
        ("/xyzzy", "command", "There is no command /xyzzy. /help shows what there is."),
        ("/12", "command", "There is no command /12. /help shows what there is."),
        ("/album creat Rome", "command", "There is no command /album creat. Did you mean /album create?"),
        ("/albun create Rome", "command", "There is no command /albun. Did you mean /album?"),
        ("/key Rome", "command", "There is no command /key Rome. There are /key create, /key list, /key revoke."),
        ("/transform brigthness=1.2", "brigthness", "There is no option 'brigthness'. Did you mean brightness?"),
        ("/transform brigthness:1.2", "brigthness", "There is no option 'brigthness'. Did you mean brightness?"),
        ("/transform xyzzy=1", "xyzzy", "There is no option 'xyzzy'."),
        ("/upload tll=1d Rome", "tll", "There is no option 'tll'. Did you mean ttl?"),
        ("/upload captoin=Rome", "captoin", "There is no option 'captoin'. Did you mean caption?"),
        ("/upload blur=5 Rome", "blur", "There is no option 'blur'."),
        ("/upload ttl=1d ttl=2d", "ttl", "It is given more than once."),
        ("/upload caption=a ttl=1d caption=b", "caption", "It is given more than once."),
        ("/transform wepb", "command", "I can't read “wepb” there. Did you mean webp?"),
        ("/transform brightnes", "command", "I can't read “brightnes” there. Did you mean brightness?"),
        ("/transform make it blurry", "command", "I can't read “make it blurry” there. Type it like this: `/transform AbCdEfGhJk blur=8 format=webp`"),
        ("/edit a new caption", "command", 'I can\'t read “a new caption” there. Type it like this: `/edit AbCdEfGhJk ttl=7d caption="A sunny day"`'),
        ("/usage please", "command", "I can't read “please” there. Type it like this: `/usage`"),
        ("/settings automatic there", "channel", "Type `here` in the group or topic that you mean; or `none`."),
        (f"/info {ID} and more", "command", f"I can't read “and more” there. Type it like this: `/info {ID}`"),
    ],
)  # fmt: skip
def test_what_can_not_be_read_is_told_with_what_may_be_meant(text, field, sentence):
    assert refusal(text) == {field: [sentence]}


def test_refusals_are_in_the_persons_language():
    told = refusal("/hochlden", language=DE)["command"]
    assert told == ["Den Befehl /hochlden gibt es nicht. Meintest du /upload?"]
    told = refusal("/upload privt=ja", language=DE)["privt"]
    assert DE.told(*told) == "Es gibt keine Option 'privt'. Meintest du private?"
    told = refusal("/upload ttl=1d ttl=2d", language=DE)["ttl"]
    assert DE.told(*told) == "Das ist mehr als einmal angegeben."


def test_all_that_is_wrong_is_told_at_once():
    assert refusal("/transform blurr=5 brigthness=1 blur=1 blur=2").keys() == {
        *("blurr", "brigthness", "blur")
    }


def test_of_very_many_faults_the_first_are_told():
    text = " ".join(f"brightnes{one}=1" for one in "abcdefghijk")
    assert len(refusal(f"/transform {text}")) == 5


def test_here_is_nowhere_where_there_are_no_channels():
    assert "here" in refusal("/settings automatic here", here=None)["channel"][0]


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda each: each.code)
@pytest.mark.parametrize("text", naughty.OWN + naughty.REFUSED)
def test_whatever_is_typed_is_read_or_refused(text, language):
    lines = [text, f"/{text}", f"/{text[:1]}", f"/upload@{text}", f"@{ME} {text}", f"{text} @{ME}"]
    for path, command in PATHS.items():
        lines.append(f"/{path} {text}")
        lines += [f"/{path} {one.name}={text}" for one in command.options]
    for line in lines:
        for direct in (True, False):
            try:
                found = typed(line, direct=direct, language=language)
                if found:
                    assert all(isinstance(one, str) for one in found.given.values())
                    read_options(found.command.options, found.given)
            except InvalidInput:
                continue


@pytest.mark.parametrize("text", [text for text in naughty.OWN if "\n" not in text])
def test_a_caption_in_words_or_by_name_is_kept(text):
    plain = text.strip()
    if plain.startswith(("-", '"')) or "=" in plain:
        return  # may be options, or quotes
    assert read(f"/upload {text}")[1] == ({"caption": plain} if plain else {})
    assert read(f"/upload caption={text}")[1]["caption"] == plain
