"""What a recipe comes to for one image."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.imaging.transforms.recipe import Recipe
from core.model import Blob, Media
from core.services.orders import order, output_of

JPEG = Media(
    id="7Hq2mXwYbK",
    team_id=7,
    user_id=None,
    blob=Blob("a" * 32, "b" * 64, 1_000),
    sidecar=None,
    format="jpeg",
    width=1000,
    height=800,
    animated=False,
    name=None,
    caption=None,
    metadata={},
    public=True,
    external_id=None,
    album_id=None,
    embed_profile_id=None,
    created_at=datetime(2026, 5, 17, tzinfo=UTC),
    expires_at=None,
)
PNG = replace(JPEG, format="png")
SVG = replace(JPEG, format="svg")
TAGGED = replace(JPEG, sidecar=Blob("c" * 32, "d" * 64, 100))


def ordered(media, query, metadata="copyright", encoding=""):
    pairs = [tuple(pair.split("=")) for pair in query.split("&") if pair]
    return order(media, metadata, Recipe.read(pairs), encoding)


@pytest.mark.parametrize(
    ("media", "query"),
    [
        (JPEG, ""),
        (JPEG, "format=jpg"),
        (JPEG, "format=jpeg&brightness=1&blur=0"),
        (JPEG, "size=l"),
        (JPEG, "size=xxl&rotate=7"),
        (JPEG, "background=red"),
        (JPEG, "fit=contain&gravity=n"),
        (JPEG, "w=1000"),
        (JPEG, "w=1000&h=800&fit=fill"),
        (JPEG, "w=2000&h=2000&fit=inside"),
        (JPEG, "unknown=1&download=1"),
        (PNG, "format=png"),
        (SVG, "size=xl"),
    ],
)
def test_where_nothing_is_left_to_do_the_stored_bytes_are_it(media, query):
    assert ordered(media, query) is None


@pytest.mark.parametrize(
    ("media", "query", "output", "left"),
    [
        (JPEG, "size=m", "jpeg", "size=m"),
        (JPEG, "format=webp", "webp", ""),
        (JPEG, "format=webp&size=xl", "webp", ""),
        (JPEG, "size=m&background=red", "jpeg", "size=m"),
        (JPEG, "segment=foreground", "webp", "segment=foreground"),
        (JPEG, "segment=foreground&format=jpg", "jpeg", "segment=foreground"),
        (PNG, "background=red", "png", "background=%23ff0000"),
        (PNG, "format=jpg", "jpeg", ""),
        (JPEG, "w=100&gravity=n&fit=contain", "jpeg", "w=100"),
        (JPEG, "w=100&h=100&gravity=n", "jpeg", "gravity=n&h=100&w=100"),
        (JPEG, "w=100&h=100&gravity=n&fit=fill", "jpeg", "fit=fill&h=100&w=100"),
        (SVG, "size=s", "png", "size=s"),
        (SVG, "format=webp", "webp", ""),
        (SVG, "blur=2", "png", "blur=2"),
    ],
)
def test_what_is_left_to_do(media, query, output, left):
    found = ordered(media, query)
    assert (found.output, found.recipe.key) == (output, left)
    assert found.name.rpartition(".")[2] == output
    assert output_of(media, Recipe.read(tuple(p.split("=")) for p in query.split("&"))) == output


def test_the_same_picture_in_other_words_has_the_same_tag():
    words = ["blur=5&size=m", "size=m&blur=5", "size=m&blur=05&brightness=1.001&background=red"]
    assert len({ordered(JPEG, one).tag for one in words}) == 1
    assert ordered(JPEG, "format=jpg&blur=5").tag == ordered(JPEG, "blur=5").tag


def test_whatever_makes_other_bytes_has_another_tag():
    other_blob = replace(JPEG, blob=replace(JPEG.blob, sha256="e" * 64))
    other_sidecar = replace(TAGGED, sidecar=replace(TAGGED.sidecar, sha256="f" * 64))
    found = [
        ordered(JPEG, "blur=5"),
        ordered(JPEG, "blur=6"),
        ordered(JPEG, "blur=5&format=webp"),
        ordered(JPEG, "blur=5", encoding="quality 90"),
        ordered(other_blob, "blur=5"),
        ordered(TAGGED, "blur=5", "none"),
        ordered(TAGGED, "blur=5", "keep"),
        ordered(other_sidecar, "blur=5", "keep"),
    ]
    assert len({one.tag for one in found}) == len(found)


def test_two_images_over_one_blob_share_renditions_but_not_private_metadata():
    other = replace(TAGGED, id="2222222222", sidecar=Blob("1" * 32, "2" * 64, 90))
    assert ordered(TAGGED, "blur=5").tag == ordered(other, "blur=5").tag
    assert ordered(TAGGED, "blur=5", "keep").tag != ordered(other, "blur=5", "keep").tag
