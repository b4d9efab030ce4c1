"""Each transform against its formula, on every mode that a stored picture can have.

Renditions are PNG, so what differs is the transform's own rounding: at most 1 level for a
formula of one pixel, and what is said where neighbours are mixed.
"""

import io

import numpy as np
import pytest
from PIL import Image, ImageFilter

from core.imaging.transforms.css_colour import read_colour

RNG = np.random.default_rng(4)
SIZE = (48, 40)


def colours(bands):
    height, width = SIZE[1], SIZE[0]
    return RNG.integers(0, 256, (height, width, bands), dtype=np.uint8)


def palette():
    picture = Image.fromarray(colours(3)).quantize(64)
    picture.info["transparency"] = bytes(range(0, 256, 4))
    return picture


def deep_grey():
    return Image.fromarray(RNG.integers(0, 65_536, SIZE[::-1], dtype=np.uint16))


PICTURES = {
    "grey": (Image.fromarray(colours(1)[..., 0]), "png"),
    "grey and alpha": (Image.fromarray(colours(2), "LA"), "png"),
    "1 bit": (Image.fromarray(colours(1)[..., 0]).convert("1"), "png"),
    "palette": (palette(), "png"),
    "rgb": (Image.fromarray(colours(3)), "png"),
    "rgba": (Image.fromarray(colours(4)), "png"),
    "16 bits": (deep_grey(), "png"),
    "cmyk": (Image.fromarray(colours(4), "CMYK"), "jpeg"),
    "ycbcr": (Image.fromarray(colours(3)), "jpeg"),
}


def stored(name):
    picture, row = PICTURES[name]
    buffer = io.BytesIO()
    picture.save(buffer, row)
    return buffer.getvalue(), row


def as_shown(name):
    """The stored picture as RGBA of floats, by the definition of its mode."""
    data, _ = stored(name)
    picture = Image.open(io.BytesIO(data))
    if name == "16 bits":
        grey = np.asarray(picture, float) / 257
        return np.dstack([grey, grey, grey, np.full_like(grey, 255)])
    if name == "cmyk":
        cyan, magenta, yellow, black = np.moveaxis(np.asarray(picture, float), -1, 0)
        ink = [255 - np.minimum(255, one + black) for one in (cyan, magenta, yellow)]
        light = [(255 - one) * (255 - black) / 255 for one in (cyan, magenta, yellow)]
        shown = np.asarray(picture.convert("RGB"), float)
        assert min(abs(shown - np.dstack(ink)).max(), abs(shown - np.dstack(light)).max()) <= 2
        return np.dstack([shown, np.full(SIZE[::-1], 255)])
    return np.asarray(picture.convert("RGBA"), float)


def result(rendered, name, **query):
    data, row = stored(name)
    return np.asarray(rendered(data, row, format="png", **query).picture.convert("RGBA"), float)


def clipped(values):
    return np.clip(values, 0, 255)


def luma(colour):
    return colour @ np.array([0.299, 0.587, 0.114])


FORMULAS = {
    "brightness": lambda colour, value: colour * value,
    "contrast": lambda colour, value: (colour - 127.5) * value + 127.5,
    "gamma": lambda colour, value: 255 * (colour / 255) ** value,
    "saturation": lambda colour, value: (
        luma(colour)[..., None] + (colour - luma(colour)[..., None]) * value
    ),
}


@pytest.mark.parametrize("value", [0, 0.25, 0.5, 1.5, 2.75, 10])
@pytest.mark.parametrize("transform", FORMULAS)
@pytest.mark.parametrize("name", PICTURES)
def test_tones_follow_their_formula_and_alpha_stays(rendered, name, transform, value):
    before = as_shown(name)
    if name == "16 bits":
        before = np.floor(before + 0.5)  # 8 bits come first
    after = result(rendered, name, **{transform: value})
    expected = before[..., :3]
    if (transform, value) != ("gamma", 0):  # which is documented to change nothing
        expected = clipped(FORMULAS[transform](expected, value))
    assert abs(after[..., :3] - expected).max() <= 1
    assert np.array_equal(after[..., 3], before[..., 3])


@pytest.mark.parametrize("name", PICTURES)
def test_colours_of_every_mode_come_out_as_they_are(rendered, name):
    after = result(rendered, name, metadata="none")
    assert abs(after - as_shown(name)).max() <= 0.51


def test_tones_are_rounded_once_and_clipped_in_between(rendered):
    before = as_shown("rgb")[..., :3]
    after = result(rendered, "rgb", brightness=2, contrast=0.5, gamma=1.7, saturation=0.3)
    lit = clipped(before * 2)
    curved = 255 * (clipped((lit - 127.5) * 0.5 + 127.5) / 255) ** 1.7
    expected = clipped(FORMULAS["saturation"](curved, 0.3))
    assert abs(after[..., :3] - expected).max() <= 1


def test_the_order_is_always_the_same(rendered):
    """All at once is one after another, as the documentation has them, to the last rounding."""
    order = {
        "size": "s",
        "rotate": 90,
        "flip": "h",
        "background": "#c84",
        "brightness": 1.3,
        "contrast": 0.7,
        "gamma": 1.4,
        "saturation": 1.5,
        "blur": 2,
        "sharp": 1,
    }
    picture = Image.fromarray(smooth((480, 360), 4))
    data = saved(picture)
    once = np.asarray(rendered(data, "png", **order).picture, float)
    for name, value in order.items():
        data = saved(rendered(data, "png", **{name: value}).picture)
    apart = np.asarray(Image.open(io.BytesIO(data)), float)
    assert once.shape == apart.shape == (320, 240, 3)
    assert abs(once - apart).max() <= 6
    assert abs(once - apart).mean() <= 1


def test_what_is_blurred_is_sharpened_then(rendered):
    """Where sharpening clips, the other way round gives another picture."""
    data = stored("rgb")[0]
    once = rendered(data, "png", blur=1, sharp=10).data
    assert once == rendered(rendered(data, "png", blur=1).data, "png", sharp=10).data


def gaussian(values, sigma):
    """An exact Gaussian with the border repeated, along both axes."""
    reach = int(4 * sigma + 1)
    weights = np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2 * sigma**2))
    weights /= weights.sum()
    for axis in (0, 1):
        pads = [(reach, reach) if one == axis else (0, 0) for one in range(values.ndim)]
        padded = np.pad(values, pads, "edge")
        values = np.apply_along_axis(np.convolve, axis, padded, weights, "valid")
    return values


def smooth(size, bands):
    y, x = np.mgrid[0 : size[1], 0 : size[0]]
    waves = [np.sin(x / (9 + band)) * np.cos(y / (7 + band)) * 120 + 128 for band in range(bands)]
    return np.dstack(waves).astype(np.uint8)


def saved(picture):
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def png(array):
    return saved(Image.fromarray(array))


@pytest.mark.usefixtures("_engines")
@pytest.mark.parametrize("radius", [1, 2, 4, 5, 8, 13, 20])
def test_blur_is_a_gaussian_of_that_deviation(rendered, radius):
    """To 5 levels, 1 on average, away from the border: what lies beyond it nobody defines."""
    steps = smooth((251, 187), 3)
    steps[60:120, 80:170] = 255
    after = np.asarray(rendered(png(steps), "png", blur=radius).picture, float)
    inner = np.s_[3 * radius : -3 * radius, 3 * radius : -3 * radius]
    off = abs(after - gaussian(steps.astype(float), radius))[inner]
    assert off.max() <= 5
    assert off.mean() <= 1


@pytest.mark.usefixtures("_engines")
@pytest.mark.parametrize("radius", [60, 250])
def test_the_widest_blurs_leave_little_but_the_mean(rendered, radius):
    picture = smooth((96, 64), 3)
    after = np.asarray(rendered(png(picture), "png", blur=radius).picture, float)
    assert np.ptp(after, axis=(0, 1)).max() <= 12
    assert abs(after.mean(axis=(0, 1)) - picture.mean(axis=(0, 1))).max() <= 12


@pytest.mark.usefixtures("_engines")
@pytest.mark.parametrize("radius", [1, 3, 9])
def test_blur_mixes_no_colour_of_what_is_transparent(rendered, radius):
    picture = np.zeros((60, 80, 4), np.uint8)
    picture[:, :40] = (200, 100, 50, 255)
    picture[:, 40:] = (0, 255, 255, 0)
    after = np.asarray(rendered(png(picture), "png", blur=radius).picture, int)
    assert np.array_equal(after[..., 3], picture[..., 3])
    assert abs(after[:, :40, :3] - [200, 100, 50]).max() <= 2


@pytest.mark.usefixtures("_engines")
@pytest.mark.parametrize("size", [(1, 1), (1, 90), (90, 1), (3, 2)])
@pytest.mark.parametrize("query", [{"blur": 250}, {"blur": 9}, {"sharp": 10}])
def test_the_smallest_pictures_can_be_blurred_and_sharpened(rendered, size, query):
    picture = np.full((size[1], size[0], 3), 90, np.uint8)
    after = np.asarray(rendered(png(picture), "png", **query).picture, int)
    assert after.shape == picture.shape
    assert abs(after - 90).max() <= 1


@pytest.mark.parametrize("value", [0.5, 1, 3.75, 10])
@pytest.mark.parametrize("name", ["grey", "rgb", "palette", "rgba", "cmyk"])
def test_sharpening_is_an_unsharp_mask_of_radius_1_without_threshold(rendered, name, value):
    before = as_shown(name)
    after = result(rendered, name, sharp=value)
    assert np.array_equal(after[..., 3], before[..., 3])
    if name in {"palette", "rgba"}:
        weight = before[..., 3:] / 255
        mixed = gaussian(before[..., :3] * weight, 1) / np.maximum(gaussian(weight, 1), 1e-3)
        seen = before[..., 3] > 128
    else:
        mixed, seen = gaussian(before[..., :3], 1), np.ones(SIZE[::-1], bool)
    expected = clipped(before[..., :3] + (before[..., :3] - mixed) * value)
    # The blur is off by up to 6 levels on noise, and what it is off by is multiplied.
    assert abs(after[..., :3] - expected)[seen].mean() <= 1 + 1.5 * value
    assert abs(after[..., :3] - before[..., :3])[seen].mean() > 5


def test_faint_edges_are_sharpened_too(rendered):
    picture = np.full((20, 40, 3), 100, np.uint8)
    picture[:, 20:] = 104
    after = np.asarray(rendered(png(picture), "png", sharp=10).picture, int)
    assert after[10, 19, 0] < 100
    assert after[10, 20, 0] > 104
    assert (after[:, 0] == 100).all()


@pytest.mark.parametrize(
    "text", ["red", "#123", "#12345678", "rgb(10, 20, 30)", "rgba(1,2,3,0.5)", "transparent"]
)
@pytest.mark.parametrize("name", ["rgba", "palette", "grey and alpha", "rgb", "16 bits"])
def test_a_background_lies_behind_what_is_transparent(rendered, name, text):
    before = as_shown(name)
    after = result(rendered, name, background=text)
    *colour, opacity = read_colour(text)
    over, under = before[..., 3:] / 255, opacity / 255
    alpha = over + under * (1 - over)
    mixed = before[..., :3] * over + np.array(colour) * under * (1 - over)
    expected = mixed / np.maximum(alpha, 1e-9)
    seen = alpha[..., 0] > 0.1
    assert abs(after[..., 3:] - alpha * 255).max() <= 1
    assert abs(after[..., :3] - expected)[seen].max() <= 2


@pytest.mark.parametrize("name", ["rgba", "palette", "grey and alpha"])
@pytest.mark.parametrize(("query", "behind"), [({}, 255), ({"background": "black"}, 0)])
def test_where_alpha_can_not_be_kept_white_is_behind(rendered, name, query, behind):
    data, row = stored(name)
    after = np.asarray(rendered(data, row, format="jpg", **query).picture, float)
    before = as_shown(name)
    over = before[..., 3:] / 255
    expected = before[..., :3] * over + behind * (1 - over)
    blurred = [
        np.asarray(Image.fromarray(one.astype(np.uint8)).filter(ImageFilter.BoxBlur(6)), float)
        for one in (after, expected)
    ]
    assert abs(blurred[0] - blurred[1])[8:-8, 8:-8].mean() <= 6  # noise, 4:2:0


def test_grey_with_a_transparent_level_keeps_it(rendered):
    for levels, depth in ((np.uint8, 255), (np.uint16, 65_535)):
        ramp = np.tile(np.linspace(0, depth, 16).astype(levels), (8, 1))
        buffer = io.BytesIO()
        Image.fromarray(ramp).save(buffer, "PNG", transparency=int(ramp[0, 5]))
        after = np.asarray(
            rendered(buffer.getvalue(), "png", brightness=0.5).picture.convert("RGBA")
        )
        assert (after[0, :, 3] == 0).nonzero()[0].tolist() == [5]
