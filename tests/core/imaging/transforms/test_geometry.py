import io

import numpy as np
import pytest
from PIL import Image, ImageOps

NAMES = {"s": 320, "m": 640, "l": 1280, "xl": 1920, "xxl": 2560}


def quarters(width, height):
    """Red, green over blue, white: where everything is can be seen."""
    picture = Image.new("RGB", (width, height), "white")
    half = width // 2, height // 2
    picture.paste((255, 0, 0), (0, 0, *half))
    picture.paste((0, 255, 0), (half[0], 0, width, half[1]))
    picture.paste((0, 0, 255), (0, half[1], half[0], height))
    return picture


def ramps(width, height):
    """Red is the share of the width, green that of the height: a pixel tells its place."""
    y, x = np.mgrid[0:height, 0:width]
    red, green = x * 255 / max(width - 1, 1), y * 255 / max(height - 1, 1)
    return Image.fromarray(np.dstack([red, green, red * 0 + 90]).astype(np.uint8))


def saved(picture, name="PNG", **options):
    buffer = io.BytesIO()
    picture.save(buffer, name, **options)
    return buffer.getvalue()


def place(picture, x, y):
    """The shares of the original's width and height that are seen at a place of the result."""
    red, green, *_ = picture.convert("RGB").getpixel((x, y))
    return red / 255, green / 255


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        ((3000, 2000), (1280, 853)),
        ((2000, 3000), (853, 1280)),
        ((4001, 3001), (1280, 960)),
        ((1281, 1280), (1280, 1279)),
        ((1280, 1280), (1280, 1280)),
        ((100, 60), (100, 60)),
        ((8000, 2), (1280, 1)),
    ],
)
@pytest.mark.parametrize("row", ["png", "jpeg"])
def test_a_size_bounds_the_longest_side_and_never_enlarges(rendered, size, shown, row):
    made = rendered(saved(Image.new("RGB", size, "teal"), row.upper()), row, size="l")
    assert made.picture.size == shown
    assert (made.made.width, made.made.height) == shown


@pytest.mark.parametrize("name", NAMES)
def test_each_size_has_its_name(rendered, name):
    picture = rendered(saved(Image.new("RGB", (2600, 1300))), "png", size=name).picture
    assert picture.size == (NAMES[name], NAMES[name] // 2)


@pytest.mark.usefixtures("_engines")
@pytest.mark.parametrize(
    ("query", "size"),
    [
        ({"w": 100}, (100, 50)),
        ({"h": 100}, (200, 100)),
        ({"w": 800}, (800, 400)),
        ({"w": 4096}, (4096, 2048)),
        ({"h": 4096}, (4096, 2048)),
        ({"w": 1}, (1, 1)),
        ({"w": 90, "h": 90}, (90, 90)),
        ({"w": 90, "h": 90, "fit": "contain"}, (90, 90)),
        ({"w": 90, "h": 90, "fit": "inside"}, (90, 45)),
        ({"w": 900, "h": 900, "fit": "inside"}, (400, 200)),
        ({"w": 90, "h": 90, "fit": "fill"}, (90, 90)),
        ({"w": 600, "h": 500, "fit": "fill"}, (600, 500)),
    ],
)
@pytest.mark.parametrize("row", ["png", "jpeg", "webp"])
def test_dimensions_mean_what_their_fit_says(rendered, query, size, row):
    data = saved(ramps(400, 200), row.upper())
    assert rendered(data, row, **query).picture.size == size


def test_inside_never_enlarges_and_contain_has_clear_margins(rendered):
    picture = rendered(saved(ramps(400, 200)), "png", w=90, h=90, fit="contain").picture
    alpha = np.asarray(picture.getchannel("A"))
    assert (alpha[:22] == 0).all()
    assert (alpha[23:67] == 255).all()
    assert (alpha[68:] == 0).all()
    coloured = rendered(
        saved(ramps(400, 200)), "png", w=90, h=90, fit="contain", background="red"
    ).picture
    assert coloured.getpixel((40, 3)) == (255, 0, 0)


@pytest.mark.parametrize("row", ["png", "jpeg"])
@pytest.mark.parametrize(
    ("gravity", "left", "top"),
    [
        ("center", 1 / 4, 0),
        ("w", 0, 0),
        ("e", 1 / 2, 0),
        ("nw", 0, 0),
        ("se", 1 / 2, 0),
        ("n", 1 / 4, 0),
    ],
)
def test_gravity_says_what_stays_of_a_wide_picture(rendered, row, gravity, left, top):
    data = saved(ramps(800, 400), row.upper(), **({"quality": 95} if row == "jpeg" else {}))
    picture = rendered(data, row, w=100, h=100, gravity=gravity).picture
    assert place(picture, 0, 0) == pytest.approx((left, top), abs=0.03)
    assert place(picture, 99, 99) == pytest.approx((left + 1 / 2, 1), abs=0.03)


@pytest.mark.usefixtures("_engines")
@pytest.mark.parametrize(
    ("gravity", "top"), [("center", 1 / 4), ("n", 0), ("s", 1 / 2), ("ne", 0), ("sw", 1 / 2)]
)
def test_gravity_says_what_stays_of_a_tall_picture(rendered, gravity, top):
    picture = rendered(saved(ramps(200, 400)), "png", w=60, h=60, gravity=gravity).picture
    assert place(picture, 0, 0) == pytest.approx((0, top), abs=0.03)
    assert place(picture, 59, 59) == pytest.approx((1, top + 1 / 2), abs=0.03)


@pytest.mark.parametrize("query", [{"size": "s"}, {"w": 500, "h": 250}, {"w": 57, "h": 300}])
def test_a_jpeg_decoded_small_shows_what_the_whole_one_shows(rendered, query):
    """To 3 levels on average: eighths are averages, too, but of another filter."""
    picture = ramps(2999, 2001)
    small = rendered(saved(picture, "JPEG", quality=95), "jpeg", format="png", **query).picture
    whole = rendered(saved(picture), "png", **query).picture
    assert small.size == whole.size
    assert abs(np.asarray(small, int) - np.asarray(whole, int)).mean() <= 3


@pytest.mark.usefixtures("_engines")
@pytest.mark.parametrize(
    ("query", "box", "size"),
    [
        ({"size": "m"}, (0, 0, 900, 600), (640, 427)),
        ({"size": "s"}, (0, 0, 900, 600), (320, 213)),
        ({"w": 100}, (0, 0, 900, 600), (100, 67)),
        ({"w": 400, "h": 400}, (150, 0, 750, 600), (400, 400)),
        ({"w": 200, "h": 300, "gravity": "ne"}, (500, 0, 900, 600), (200, 300)),
        ({"w": 700, "h": 300, "gravity": "s"}, (0, 214.285714, 900, 600), (700, 300)),
        ({"w": 901, "h": 777, "fit": "fill"}, (0, 0, 900, 600), (901, 777)),
    ],
)
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
def test_scaling_is_near_to_the_best_there_is(rendered, query, box, size, mode):
    """To 3 levels on average where neighbours differ by 10; nothing is moved by half a pixel."""
    y, x = np.mgrid[0:600, 0:900]
    noise = np.random.default_rng(1).normal(128, 9, (600, 900, 3))
    waves = np.dstack([np.sin(x / step) * 60 + np.sin(y / 7) * 40 for step in (5, 11, 23)])
    picture = Image.fromarray((noise + waves).clip(0, 255).astype(np.uint8)).convert(mode)
    after = rendered(saved(picture), "png", **query).picture.convert("RGB")
    expected = picture.convert("RGB").resize(size, Image.Resampling.LANCZOS, box=box)
    assert after.size == size
    off = np.asarray(after, int) - np.asarray(expected, int)
    assert abs(off).mean() <= 3
    assert abs(off.mean()) <= 0.6


@pytest.mark.usefixtures("_engines")
@pytest.mark.parametrize("query", [{"size": "s"}, {"w": 321}])
def test_scaling_down_averages_what_is_there(rendered, query):
    checks = np.indices((960, 1280)).sum(axis=0) % 2 * 255
    picture = Image.fromarray(checks.astype(np.uint8)).convert("RGB")
    after = np.asarray(rendered(saved(picture), "png", **query).picture, int)
    assert abs(after[4:-4, 4:-4] - 127.5).max() <= 8


@pytest.mark.usefixtures("_engines")
def test_scaling_mixes_no_colour_of_what_is_transparent(rendered):
    pixels = np.zeros((600, 800, 4), np.uint8)
    pixels[:, :403] = (200, 100, 50, 255)
    pixels[:, 403:] = (0, 255, 255, 0)
    after = np.asarray(rendered(saved(Image.fromarray(pixels)), "png", size="s").picture, int)
    seen = after[after[..., 3] > 60]
    assert abs(seen[:, :3] - [200, 100, 50]).max() <= 8  # filters overshoot


TURNS = {
    "rotate=90": lambda pixels: np.rot90(pixels, -1),
    "rotate=180": lambda pixels: np.rot90(pixels, 2),
    "rotate=270": lambda pixels: np.rot90(pixels, 1),
    "flip=h": lambda pixels: pixels[:, ::-1],
    "flip=v": lambda pixels: pixels[::-1],
    "flip=hv": lambda pixels: pixels[::-1, ::-1],
    "rotate=90&flip=h": lambda pixels: np.rot90(pixels, -1)[:, ::-1],
    "rotate=90&flip=v": lambda pixels: np.rot90(pixels, -1)[::-1],
    "rotate=180&flip=h": lambda pixels: np.rot90(pixels, 2)[:, ::-1],
    "rotate=270&flip=hv": lambda pixels: np.rot90(pixels, 1)[::-1, ::-1],
    "rotate=45": lambda pixels: pixels,
}


@pytest.mark.parametrize("text", TURNS)
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_turning_moves_pixels_and_changes_none(rendered, text, mode):
    picture = ramps(31, 17).convert(mode)
    query = dict(pair.split("=") for pair in text.split("&"))
    after = np.asarray(rendered(saved(picture), "png", **query).picture)
    assert np.array_equal(after, TURNS[text](np.asarray(picture)))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("row", ["jpeg", "webp", "png"])
@pytest.mark.parametrize(
    "query", [{"size": "s"}, {"rotate": 90}, {"w": 100, "h": 40, "gravity": "nw"}, {"flip": "h"}]
)
def test_a_picture_is_turned_upright_before_all_else(rendered, orientation, row, query):
    exif = Image.Exif()
    exif[0x0112] = orientation
    lying = saved(quarters(640, 400), row.upper(), exif=exif)
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(lying)))
    after = rendered(lying, row, format="png", **query).picture
    expected = rendered(saved(upright.convert("RGB")), "png", **query).picture
    assert after.size == expected.size
    assert after.getexif().get(0x0112, 1) == 1
    assert abs(np.asarray(after, int) - np.asarray(expected, int)).mean() <= 3


def test_resizing_comes_before_turning(rendered):
    made = rendered(saved(ramps(400, 200)), "png", w=100, h=20, rotate=90).picture
    assert made.size == (20, 100)


def test_a_blur_is_of_the_output(rendered):
    """At 320 pixels a deviation of 5 is 5 pixels of those."""
    picture = Image.new("RGB", (3200, 1600), "black")
    picture.paste("white", (1600, 0, 3200, 1600))
    row = np.asarray(rendered(saved(picture), "png", size="s", blur=5).picture, float)[80, :, 0]
    slope = np.diff(row)
    centre = (slope * np.arange(slope.size)).sum() / slope.sum()
    spread = np.sqrt((slope * (np.arange(slope.size) - centre) ** 2).sum() / slope.sum())
    assert spread == pytest.approx(5, abs=0.4)
