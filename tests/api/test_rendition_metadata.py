"""What of a picture's metadata goes along into each format, and what of it still holds there."""

from __future__ import annotations

import pictures
import pytest
from icc_profiles import WIDE

pytestmark = pytest.mark.any_backing

MAKER, RIGHTS, MODEL = b"SecretMaker", b"(c) Jane Doe", b"SecretModel"
STAYS = {"copyright": (False, True), "none": (False, False), "keep": (True, True)}
"""Whether private metadata is in it, and whether copyright is."""


def tagged(kind: str) -> bytes:
    """A picture that lies on its side, of a wide gamut, with a story to tell."""
    picture = pictures.pixels(120, 80)
    exif = picture.getexif()
    exif[0x0112] = 6
    exif[0x010F] = MAKER.decode()
    exif[0x8298] = RIGHTS.decode()
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><a>' + MODEL + b"</a></x:xmpmeta>"
    return pictures.encoded(picture, kind, exif=exif.tobytes(), icc_profile=WIDE, xmp=xmp)


@pytest.fixture(scope="module", params=["JPEG", "WEBP"])
def made(request, server, teams):
    return server.upload(tagged(request.param), "a", headers=teams.ours)


@pytest.mark.parametrize("metadata", STAYS)
@pytest.mark.parametrize("word", ["jpg", "png", "webp", "avif", "gif"])
@pytest.mark.parametrize("query", ["", "&size=s&blur=1", "&gamma=1.1"])
def test_each_format_keeps_what_was_asked_for(server, teams, made, word, metadata, query):
    """GIF holds neither EXIF nor a profile; pixels changed in sRGB have none to name."""
    path = f"/{made['id']}.{word}?metadata={metadata}{query}"
    answer = server.get(path, headers=teams.ours)
    assert answer.status_code == 200
    private, rights = STAYS[metadata]
    if word != "gif":
        assert (MAKER in answer.content, RIGHTS in answer.content) == (private, rights)
    else:
        assert RIGHTS not in answer.content
    if not private:
        assert MAKER not in answer.content
        assert MODEL not in answer.content
    shown = pictures.opened(answer.content)
    changed_in_srgb = "gamma" in query
    assert shown.info.get("icc_profile") in ({None} if changed_in_srgb or word == "gif" else {WIDE})
    width, height = shown.size
    if shown.getexif().get(0x0112, 1) >= 5:
        width, height = height, width
    assert (width, height) == (made["width"], made["height"]) == (80, 120)
    strangers = server.get(path)
    assert strangers.status_code == (403 if private else 200)
