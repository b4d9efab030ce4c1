"""GIFs that we write: small, exact where they can be, and nothing in them but the picture."""

import io

import numpy as np
import pictures
import pytest
from PIL import Image

SIZE = (80, 60)


def gif(frames, **options):
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:], **options)
    return buffer.getvalue()


def apng(frames, duration):
    """Frames as they are, transparent ones included, to make a GIF of."""
    buffer = io.BytesIO()
    frames[0].save(buffer, "PNG", save_all=True, append_images=frames[1:], duration=duration)
    return buffer.getvalue()


def shown(data):
    """Each frame as RGBA, with the colour under holes gone, and its milliseconds."""
    picture = Image.open(io.BytesIO(data))
    found = []
    for number in range(picture.n_frames):
        picture.seek(number)
        pixels = np.asarray(picture.convert("RGBA"), int)
        found.append((pixels * (pixels[..., 3:] > 127), picture.info["duration"]))
    return found


def scenes(count, *, holes, seed):
    """Rectangles of few colours that come, and go where `holes`."""
    rng = np.random.default_rng(seed)
    palette = rng.integers(0, 256, (20, 3))
    scene = np.zeros((SIZE[1], SIZE[0], 4), np.uint8)
    if not holes:
        scene[:] = (9, 9, 9, 255)
    frames = []
    for number in range(count):
        scene = scene.copy()
        scene[0, number] = (1, 2, 3, 255)  # so that no two are alike
        for _ in range(3):
            x, y, across, down = rng.integers(1, 40, 4)
            gone = holes and rng.random() < 0.5
            colour = (0, 0, 0, 0) if gone else (*palette[rng.integers(20)], 255)
            scene[y : y + down, x : x + across] = colour
        frames.append(Image.fromarray(scene))
    return frames


@pytest.mark.parametrize("holes", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_each_frame_of_few_colours_is_what_it_was(rendered, seed, holes):
    frames = scenes(8, holes=holes, seed=seed)
    made = rendered(apng(frames, 70), "png", animated=True, format="gif")
    found = shown(made.data)
    assert [duration for _, duration in found] == [70] * 8
    for frame, (pixels, _) in zip(frames, found, strict=True):
        assert np.array_equal(pixels, np.asarray(frame, int))


@pytest.mark.parametrize("query", [{"brightness": 0.99}, {"size": "s"}, {"rotate": 90}])
def test_a_small_animation_of_a_still_scene_stays_small(rendered, query):
    """Of each frame what moves is stored, as it was in the upload."""
    scene = pictures.pixels(640, 360).quantize(200).convert("RGB")
    frames = []
    for number in range(30):
        frame = scene.copy()
        frame.paste((250, 20, 20), (number * 10, 100, number * 10 + 40, 140))
        frames.append(frame)
    data = gif(frames, duration=50, loop=0)
    made = rendered(data, "gif", animated=True, **query)
    assert len(shown(made.data)) == 30
    assert len(made.data) < 1.2 * len(data)


def test_a_photograph_has_a_palette_of_its_own(rendered):
    """By a sample of its pixels; to 5 levels on average, as by all of them."""
    picture = Image.fromarray(np.asarray(pictures.pixels(900, 600)))
    made = rendered(pictures.encoded(picture, "PNG"), "png", format="gif").picture
    assert len(made.getcolors(256)) > 200
    off = np.asarray(made.convert("RGB"), int) - np.asarray(picture, int)
    assert abs(off).mean() <= 5 + 6  # its own noise, which no palette holds


@pytest.mark.parametrize("colours", [2, 200, 255])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_few_colours_are_kept_exactly(rendered, colours, mode):
    rng = np.random.default_rng(colours)
    palette = rng.integers(0, 256, (colours, 3), dtype=np.uint8)
    pixels = palette[rng.integers(0, colours, (300, 400))]
    if mode == "RGBA":
        alpha = np.where(rng.random((300, 400)) < 0.3, 0, 255).astype(np.uint8)
        pixels = np.dstack([pixels, alpha])
    made = rendered(pictures.encoded(Image.fromarray(pixels), "PNG"), "png", format="gif")
    after = np.asarray(made.picture.convert(mode), int)
    visible = after[..., 3] > 0 if mode == "RGBA" else np.ones((300, 400), bool)
    assert np.array_equal(after[visible], pixels[visible])
    if mode == "RGBA":
        assert np.array_equal(after[..., 3], alpha)


def test_a_still_says_nothing_of_time(rendered):
    first, *others = [pictures.pixels(40, 30, seed) for seed in (1, 2)]
    moving = pictures.encoded(
        first, "WEBP", save_all=True, append_images=others, duration=90, loop=7
    )
    for data, stored, animated in ((moving, "webp", False), (pictures.png(40, 30), "png", False)):
        made = rendered(data, stored, animated=animated, format="gif")
        assert not {"loop", "duration", "comment"} & made.picture.info.keys()
        assert b"NETSCAPE" not in made.data
