import io

import marked_pictures
import numpy as np
import pictures
import pytest
from icc_profiles import SRGB, WIDE, in_srgb
from PIL import Image, ImageCms

from core.image_work import Encoding
from core.imaging.output import output_format
from core.imaging.transforms.recipe import Recipe

STORED = ("jpeg", "png", "gif", "webp", "svg", "ico")
FORMATS = {"jpg": "JPEG", "webp": "WEBP", "avif": "AVIF", "png": "PNG", "gif": "GIF"}


def saved(picture, name="PNG", **options):
    buffer = io.BytesIO()
    picture.save(buffer, name, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("stored", STORED)
@pytest.mark.parametrize(
    ("query", "output"),
    [
        ({"size": "s"}, None),
        ({"format": "jpg"}, "jpeg"),
        ({"format": "jpeg"}, "jpeg"),
        ({"format": "avif"}, "avif"),
        ({"format": "jpg", "segment": "foreground"}, "jpeg"),
        ({"segment": "foreground"}, "webp"),
        ({"segment": "foreground", "background": "red"}, None),
        ({"segment": "foreground", "background": "#ff000080"}, "webp"),
        ({"w": "9", "h": "9", "fit": "contain"}, "webp"),
        ({"w": "9", "h": "9", "fit": "contain", "background": "red"}, None),
        ({"w": "9", "fit": "contain"}, None),
    ],
)
def test_the_output_is_what_is_asked_for_or_what_is_stored_and_can_hold_it(stored, query, output):
    """WebP only where JPEG would lose transparency; SVG becomes PNG."""
    if output is None or (output == "webp" and stored != "jpeg"):
        output = {"svg": "png"}.get(stored, stored)
    assert output_format(stored, Recipe.read(query.items())) == output


@pytest.mark.parametrize("word", FORMATS)
@pytest.mark.parametrize("stored", ["jpeg", "png", "gif", "webp", "ico", "svg"])
def test_every_stored_format_becomes_every_output(rendered, stored, word):
    if stored == "svg":
        data = pictures.SVG
    else:
        mode = "RGBA" if stored in {"png", "webp", "ico"} else "RGB"
        data = saved(pictures.pixels(64, 48, mode=mode), stored.upper())
    made = rendered(data, stored, format=word, brightness=0.9)
    assert Image.open(io.BytesIO(made.data)).format == FORMATS[word]
    assert made.made.format == {"jpg": "jpeg"}.get(word, word)
    assert (made.made.width, made.made.height) == made.picture.size
    assert made.made.file.size == len(made.data)
    assert not made.made.animated


@pytest.mark.parametrize("stored", ["jpeg", "png", "gif", "webp", "ico"])
def test_without_a_format_it_stays_what_it_is(rendered, stored):
    made = rendered(saved(pictures.pixels(64, 48), stored.upper()), stored, blur=1)
    assert made.made.format == stored
    assert Image.open(io.BytesIO(made.data)).format == stored.upper()


def test_jpeg_is_baseline_with_colours_at_half_resolution(rendered):
    made = rendered(pictures.png(64, 48), "png", format="jpg")
    assert b"\xff\xc0" in made.data
    assert b"\xff\xc2" not in made.data
    layers = Image.open(io.BytesIO(made.data)).layer
    assert [layer[1:3] for layer in layers] == [(2, 2), (1, 1), (1, 1)]


def test_encoders_try_as_hard_as_the_settings_say(rendered):
    data = pictures.png(128, 96)
    for word, field in (
        ("jpg", "jpeg_quality"),
        ("webp", "webp_quality"),
        ("avif", "avif_quality"),
    ):
        sizes = [
            rendered(data, "jpeg" if word == "x" else "png", format=word, blur=2, size="xl",
                     encoding=Encoding(**{field: quality})).made.file.size
            for quality in (30, 95)
        ]  # fmt: skip
        assert word == "webp" or sizes[0] < sizes[1] / 2


def test_a_lossless_picture_of_few_colours_stays_lossless_in_webp(rendered):
    drawn = pictures.pixels(320, 240).quantize(200).convert("RGB")
    made = rendered(saved(drawn), "png", format="webp")
    assert np.array_equal(np.asarray(made.picture.convert("RGB")), np.asarray(drawn))
    assert b"VP8L" in made.data
    again = rendered(made.data, "webp", rotate=180)  # lossless WebP is a lossless source
    assert np.array_equal(np.asarray(again.picture)[::-1, ::-1], np.asarray(drawn))


def test_photographs_and_lossy_sources_become_lossy_webp(rendered):
    noise = np.random.default_rng(1).integers(0, 256, (600, 800, 3), dtype=np.uint8)
    many = rendered(saved(Image.fromarray(noise)), "png", format="webp")
    flat = rendered(saved(Image.new("RGB", (99, 99), "red"), "JPEG"), "jpeg", format="webp")
    assert b"VP8 " in many.data
    assert b"VP8 " in flat.data


@pytest.mark.parametrize("word", ["jpg", "png", "webp", "avif"])
def test_a_profile_goes_along_while_its_numbers_stay(rendered, word):
    picture = pictures.pixels(64, 48)
    made = rendered(saved(picture, "PNG", icc_profile=WIDE), "png", format=word, size="s", blur=1)
    assert made.picture.info["icc_profile"] == WIDE


@pytest.mark.parametrize(
    "query", [{"brightness": 0.8}, {"contrast": 1.2}, {"gamma": 0.9}, {"saturation": 0.5}]
)
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_tones_of_wide_gamuts_are_changed_in_srgb(rendered, query, mode):
    picture = pictures.pixels(64, 48, mode=mode)
    made = rendered(saved(picture, icc_profile=WIDE), "png", **query).picture
    plain = in_srgb(picture.convert("RGB"), WIDE)
    if mode == "RGBA":
        plain.putalpha(picture.getchannel("A"))
    expected = rendered(saved(plain), "png", **query).picture
    assert "icc_profile" not in made.info
    assert abs(np.asarray(made, int) - np.asarray(expected, int)).max() <= 1
    assert abs(np.asarray(plain, int) - np.asarray(picture, int)).max() > 10


def test_what_carries_no_profile_is_converted(rendered):
    picture = Image.new("RGB", (16, 16), (200, 60, 30))
    made = rendered(saved(picture, icc_profile=WIDE), "png", format="gif").picture
    expected = in_srgb(picture, WIDE).getpixel((0, 0))
    assert expected != (200, 60, 30)
    assert made.convert("RGB").getpixel((3, 3)) == pytest.approx(expected, abs=2)


def test_an_srgb_profile_costs_no_accuracy(rendered):
    picture = pictures.pixels(64, 48)
    made = rendered(saved(picture, icc_profile=SRGB), "png", brightness=0.5).picture
    expected = rendered(saved(picture), "png", brightness=0.5).picture
    assert np.array_equal(np.asarray(made), np.asarray(expected))


@pytest.mark.parametrize("profile", [b"", b"broken" * 50, WIDE[:200], b"\0" * 128])
def test_a_broken_profile_counts_for_nothing(rendered, profile):
    data = saved(pictures.pixels(64, 48), "JPEG", icc_profile=profile)
    assert rendered(data, "jpeg", brightness=0.5, format="gif").picture.size == (64, 48)


def test_grey_profiles_hold_with_and_without_alpha(rendered):
    grey = ImageCms.createProfile("sRGB")  # of another space: it must not be applied to grey
    for mode in ("L", "LA"):
        picture = pictures.pixels(64, 48, mode=mode)
        data = saved(picture, icc_profile=ImageCms.ImageCmsProfile(grey).tobytes())
        made = rendered(data, "png", blur=0, format="png").picture
        expected = np.asarray(picture.convert("RGBA"), int)
        assert abs(np.asarray(made.convert("RGBA"), int) - expected).max() <= 1


@pytest.mark.parametrize("word", ["jpg", "png", "webp", "avif"])
def test_metadata_of_the_source_goes_along(rendered, word):
    data = marked_pictures.jpeg()
    made = rendered(data, "jpeg", format=word, size="s")
    assert marked_pictures.ARTIST in made.data


def test_metadata_too_large_for_a_jpeg_is_left_out(rendered):
    exif = Image.Exif()
    exif[0x010E] = "x" * 70_000
    data = saved(pictures.pixels(32, 32), "PNG", exif=exif)
    assert rendered(data, "png", format="jpg").picture.size == (32, 32)


def test_a_gif_has_holes_where_alpha_is_below_half(rendered):
    picture = Image.new("RGBA", (40, 10), (10, 200, 30, 0))
    for number, alpha in enumerate((0, 100, 150, 255)):
        picture.paste((10, 200, 30, alpha), (number * 10, 0, number * 10 + 10, 10))
    made = rendered(saved(picture), "png", format="gif").picture.convert("RGBA")
    assert [made.getpixel((x, 5))[3] for x in (5, 15, 25, 35)] == [0, 0, 255, 255]
    assert made.getpixel((25, 5))[:3] == pytest.approx((10, 200, 30), abs=3)


def test_an_adobe_cmyk_jpeg_is_not_inverted(rendered):
    picture = Image.new("CMYK", (32, 32), (0, 0, 0, 0))
    picture.paste((255, 0, 0, 0), (0, 0, 16, 32))
    data = saved(picture, "JPEG", quality=95)
    assert b"Adobe" in data
    made = rendered(data, "jpeg", format="png").picture
    cyan, white = made.getpixel((4, 16)), made.getpixel((28, 16))
    assert white == pytest.approx((255, 255, 255), abs=3)
    assert cyan[0] < 60 < cyan[1]


def test_an_icon_is_its_largest_picture(rendered):
    small = saved(Image.new("RGBA", (64, 64), "red"), "ICO", sizes=[(16, 16), (64, 64), (32, 32)])
    assert rendered(small, "ico", format="png").picture.size == (64, 64)
    assert rendered(small, "ico", blur=1).picture.size == (64, 64)
