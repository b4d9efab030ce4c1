import io
import sys

import numpy as np
import pictures
import pytest
from PIL import Image, ImageDraw

from core.errors import InvalidInput
from core.image_work import Segmentation

BOX = (0.3, 0.25, 0.7, 0.8)


def scene(size, mode="RGB"):
    """A red disc before noisy green; and where the disc is."""
    width, height = size
    noise = np.random.default_rng(1).normal((60, 120, 60), 12, (height, width, 3))
    picture = Image.fromarray(noise.clip(0, 255).astype(np.uint8)).convert(mode)
    truth = Image.new("L", size)
    box = [share * side for share, side in zip(BOX, size * 2, strict=True)]
    ImageDraw.Draw(picture).ellipse(box, fill=(210, 60, 40))
    ImageDraw.Draw(truth).ellipse(box, fill=255)
    return picture, np.asarray(truth, float) / 255


def png(picture):
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def mask(made):
    return np.asarray(made.picture.getchannel("A"), float) / 255


def overlap(one, other):
    return np.minimum(one, other).sum() / np.maximum(one, other).sum()


@pytest.mark.parametrize("size", [(120, 90), (640, 480), (500, 1_200)])
def test_the_background_becomes_transparent(rendered, size):
    picture, truth = scene(size)
    made = rendered(png(picture), "png", segment="foreground")
    assert made.picture.size == size
    assert overlap(mask(made), truth) > 0.97


def test_a_mask_made_small_follows_the_edges_of_the_large_picture(rendered):
    picture, truth = scene((1_600, 1_200))
    made = rendered(png(picture), "png", segment="foreground")
    assert overlap(mask(made), truth) > 0.985


def test_colours_stay_and_the_same_picture_gives_the_same_cut(rendered):
    picture, _ = scene((200, 150))
    made = [rendered(png(picture), "png", segment="foreground").picture for _ in range(2)]
    assert np.array_equal(np.asarray(made[0]), np.asarray(made[1]))
    assert np.array_equal(np.asarray(made[0])[..., :3], np.asarray(picture))


def test_what_was_transparent_stays_so(rendered):
    picture, _ = scene((200, 150), "RGBA")
    picture.paste((0, 0, 0, 0), (0, 0, 200, 60))
    made = rendered(png(picture), "png", segment="foreground")
    assert (mask(made)[:60] == 0).all()
    assert mask(made)[90, 100] > 0.9


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (300, 1), (64, 48)])
def test_a_picture_without_a_foreground_stays_whole(rendered, size):
    made = rendered(png(Image.new("RGB", size, "teal")), "png", segment="foreground")
    assert (mask(made) == 1).all()


def test_a_background_shows_where_it_was_cut_away(rendered):
    picture, _ = scene((200, 150))
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=95)
    made = rendered(data.getvalue(), "jpeg", segment="foreground", background="blue")
    assert made.made.format == "jpeg"
    assert made.picture.getpixel((3, 3)) == pytest.approx((0, 0, 255), abs=12)
    transparent = rendered(data.getvalue(), "jpeg", segment="foreground")
    assert transparent.made.format == "webp"
    assert transparent.picture.getpixel((3, 3))[3] == 0


@pytest.mark.parametrize(
    ("query", "name"),
    [({"segment": "foreground"}, "segment"), ({"w": 20, "h": 20, "gravity": "face"}, "gravity")],
)
def test_without_opencv_it_says_what_is_missing(rendered, monkeypatch, query, name):
    monkeypatch.setitem(sys.modules, "cv2", None)
    with pytest.raises(InvalidInput, match=r"pixferry\[vision\]") as refusal:
        rendered(pictures.png(), "png", **query)
    assert list(refusal.value.errors) == [name]


def test_an_operator_can_turn_it_off(rendered):
    with pytest.raises(InvalidInput) as refusal:
        rendered(pictures.png(), "png", segment="foreground", segmentation=Segmentation("off"))
    assert list(refusal.value.errors) == ["segment"]


@pytest.mark.parametrize("path", [None, "/nonexistent/u2net.onnx"])
def test_rembg_without_its_model_says_how_to_fetch_it(rendered, path):
    with pytest.raises(InvalidInput, match="--fetch-models"):
        rendered(
            pictures.png(), "png", segment="foreground", segmentation=Segmentation("rembg", path)
        )
