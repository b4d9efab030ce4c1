"""Which picture of a link chats are shown."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rows import NOW

from core.chat_limits import PREVIEW_BYTES, PREVIEW_SIDE
from core.imaging.transforms.recipe import Recipe
from core.model import Blob, BlobId, Media, MediaId
from core.services.orders import order, output_of
from core.services.previews import PHOTO_SIDES, bounded, photo, preview, responsive, shown_size


def media(
    stored="jpeg", width=4000, height=3000, size=2_000_000, *, animated=False, frames=1
) -> Media:
    return Media(
        id=MediaId("a" * 9),
        team_id=None,
        user_id=None,
        blob=Blob(BlobId("blob"), "0" * 64, size),
        sidecar=None,
        format=stored,
        width=width,
        height=height,
        animated=animated,
        frames=frames,
        name=None,
        caption=None,
        metadata={},
        public=True,
        external_id=None,
        album_id=None,
        embed_profile_id=None,
        created_at=NOW,
        expires_at=None,
    )


def asked(**values: str) -> Recipe:
    return Recipe.read(values.items())


@pytest.mark.parametrize(
    ("recipe", "size"),
    [
        ({}, (4000, 3000)),
        ({"size": "m"}, (640, 480)),
        ({"size": "m", "rotate": "90"}, (480, 640)),
        ({"rotate": "180"}, (4000, 3000)),
        ({"w": "400", "h": "100"}, (400, 100)),
        ({"w": "400", "h": "100", "fit": "inside", "rotate": "270"}, (100, 133)),
        ({"w": "400", "h": "100", "fit": "contain"}, (400, 100)),
    ],
)
def test_sizes_are_known_by_arithmetic(recipe, size):
    assert shown_size(media(), asked(**recipe)) == size


def test_a_drawing_is_no_larger_than_it_is_drawn():
    drawing = media("svg", 8000, 4000)
    assert shown_size(drawing, Recipe()) == (8000, 4000)
    assert shown_size(drawing, asked(format="png")) == (2560, 1280)


@pytest.mark.parametrize("side", PHOTO_SIDES)
@pytest.mark.parametrize(
    "recipe",
    [{}, {"rotate": "90"}, {"size": "xl"}, {"w": "3000"}, {"w": "4096", "h": "7"}, {"h": "4000"}],
)
@pytest.mark.parametrize("size", [(4000, 3000), (3000, 4000), (8192, 1), (7, 5)])
def test_no_side_is_over_its_bound(side, recipe, size):
    image = media(width=size[0], height=size[1])
    found = shown_size(image, bounded(image, asked(**recipe), side))
    assert max(found) <= side
    if not recipe:
        assert max(found) == min(side, max(size))


@pytest.mark.parametrize(
    ("image", "recipe", "output", "longest"),
    [
        (media("jpeg", 800, 600, 90_000), {}, "jpeg", 800),
        (media("jpeg"), {}, "jpeg", 1280),
        (media("jpeg", 900, 900, 6 << 20), {}, "jpeg", 640),
        (media("jpeg"), {"segment": "foreground"}, "png", 1280),
        (media("jpeg"), {"segment": "foreground", "background": "#fff"}, "jpeg", 1280),
        (media("webp"), {}, "jpeg", 1280),
        (media("webp", animated=True), {}, "jpeg", 1280),
        (media("png"), {}, "png", 1280),
        (media("png"), {"format": "avif"}, "jpeg", 1280),
        (media("png", 1280, 1280, 6 << 20), {}, "jpeg", 1280),
        (media("png", 3000, 3000), {}, "jpeg", 1280),
        (media("png", animated=True), {}, "jpeg", 1280),
        (media("svg", 120, 80, 900), {}, "png", 120),
        (media("ico", 64, 64, 900), {}, "png", 64),
        (media("gif", 500, 400, 90_000), {}, "gif", 500),
        (media("gif", 500, 400, 90_000, animated=True), {}, "gif", 500),
        (media("gif", 500, 400, 90_000, animated=True), {"format": "webp"}, "jpeg", 500),
        (media("gif", 2000, 1000, 4 << 20, animated=True), {}, "gif", 1280),
        (media("gif", 1000, 1000, 7 << 20, animated=True), {}, "gif", 640),
        (media("gif", 1000, 1000, 30 << 20, animated=True), {}, "gif", 320),
        (media("gif", 1000, 1000, 69 << 20, animated=True), {}, "jpeg", 1000),
        (media("gif", 1000, 1000, 90_000, animated=True, frames=101), {}, "gif", 1000),
        (media("gif", 1000, 1000, 90_000, animated=True, frames=101), {"blur": "2"}, "jpeg", 1000),
        (media("gif", 1000, 1000, 7 << 20, animated=True, frames=100), {}, "gif", 640),
        (media("gif", 1000, 1000, 7 << 20, animated=True, frames=101), {}, "jpeg", 1000),
        (media("gif", 2000, 1000, 90_000, animated=True, frames=51), {}, "jpeg", 1280),
    ],
)
def test_chats_are_shown_a_format_and_size_that_all_of_them_take(image, recipe, output, longest):
    found = preview(image, asked(**recipe))
    assert output_of(image, found) == output
    assert max(shown_size(image, found)) == longest <= PREVIEW_SIDE


def test_a_picture_that_fits_is_shown_as_it_is_stored():
    image = media("gif", 500, 400, PREVIEW_BYTES, animated=True)
    assert order(image, "copyright", preview(image, Recipe())) is None


def test_the_preview_has_the_links_transforms_but_none_of_its_metadata():
    found = preview(media(), asked(blur="5", metadata="keep", size="s"))
    assert dict(found.values) == {"blur": "5", "format": "jpg", "size": "s"}


@pytest.mark.parametrize(
    ("width", "height", "longest"),
    [
        (None, None, 2560),
        (2560, None, 2560),
        (2559, None, 1920),
        (1280, 960, 1280),
        (1280, 959, 640),
        (None, 100, 80),
        (80, 80, 80),
        (79, 79, 40),
        (1, 1, 1),
    ],
)
def test_sites_are_given_the_largest_size_that_fits(width, height, longest):
    image = media()
    found = shown_size(image, photo(image, Recipe(), width, height))
    assert max(found) == longest


def test_sites_are_given_the_first_frame_where_the_whole_can_not_be_made_smaller():
    image = media("gif", 1000, 1000, animated=True, frames=101)
    assert photo(image, Recipe(), None, None).get("format") == "gif"
    assert photo(image, Recipe(), 700, None).get("format") == "jpg"


def test_a_picture_that_fits_is_not_made_smaller():
    image = media(width=1000, height=700)
    assert shown_size(image, photo(image, Recipe(), 1000, 700)) == (1000, 700)


def test_sources_are_the_sizes_below_its_own():
    image = media(width=1300, height=900)
    assert [dict(each.values) for each in responsive(image, asked(gamma="2"))] == [
        {"gamma": "2", "size": name} for name in "sml"
    ]
    assert responsive(replace(image, animated=True), Recipe()) == []
    assert responsive(media("svg"), Recipe()) == []
    assert responsive(image, asked(blur="2")) == []
