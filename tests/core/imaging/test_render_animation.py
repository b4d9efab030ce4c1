"""Animations: what is seen at each millisecond, before and after."""

import io

import numpy as np
import pytest
from PIL import Image

from core.errors import UnsupportedImage
from core.imaging.looping import loop, plays

WORDS = {"gif": "gif", "webp": "webp", "png": "png"}
SIZE = (48, 32)


def frame(number, mode="RGBA"):
    """A square that moves, on transparency or on blue."""
    picture = Image.new(mode, SIZE, (0, 0, 0, 0) if mode == "RGBA" else (20, 30, 200))
    colour = [(250, 20, 20), (20, 250, 20), (250, 250, 20), (20, 250, 250)][number % 4]
    picture.paste(colour, (number * 6, 4, number * 6 + 12, 24))
    return picture


def animation(stored, durations, count=4, mode="RGB", loop_count=None, **options):
    frames = [frame(number, mode) for number in range(count)]
    if stored == "webp":
        options |= {"lossless": True}
    if loop_count is not None:
        options["loop"] = loop_count
    if stored == "gif":
        options.setdefault("disposal", 2)
    buffer = io.BytesIO()
    frames[0].save(
        buffer,
        stored.upper(),
        save_all=True,
        append_images=frames[1:],
        duration=durations,
        **options,
    )
    return buffer.getvalue()


def timeline(data):
    """What is seen in each hundredth of a second, as RGBA; with the colour under holes gone."""
    picture = Image.open(io.BytesIO(data))
    seen = []
    first = 1 if picture.info.get("default_image") else 0
    for number in range(first, picture.n_frames):
        picture.seek(number)
        picture.load()
        pixels = np.asarray(picture.convert("RGBA"), int)
        seen += [pixels * (pixels[..., 3:] > 127)] * round(picture.info["duration"] / 10)
    return seen


def alike(one, other, tolerance):
    assert len(one) == len(other)
    for before, after in zip(one, other, strict=True):
        assert abs(before - after).mean() <= tolerance


DURATIONS = [50, 120, 30, 200]


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("stored", WORDS)
def test_an_animation_stays_one_in_gif_webp_and_png(rendered, stored, word, mode):
    data = animation(stored, DURATIONS, mode=mode)
    made = rendered(data, stored, animated=True, format=word, rotate=180)
    expected = [pixels[::-1, ::-1] for pixels in timeline(data)]
    assert made.made.animated
    alike(expected, timeline(made.data), 3 if word == "webp" else 2)


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("stored", WORDS)
def test_frames_go_through_the_same_steps_as_stills(rendered, stored, word):
    data = animation(stored, DURATIONS)
    query = {"w": 30, "h": 30, "gravity": "w", "flip": "h", "brightness": 0.5}
    made = rendered(data, stored, animated=True, format=word, **query)
    seen = timeline(made.data)
    assert made.picture.size == (30, 30)
    for number, at in ((0, 0), (1, 6), (3, 25)):
        buffer = io.BytesIO()
        frame(number, "RGB").save(buffer, "PNG")
        still = rendered(buffer.getvalue(), "png", **query).picture
        assert abs(seen[at] - np.asarray(still.convert("RGBA"), int)).mean() <= 4


@pytest.mark.parametrize("disposal", [0, 1, 2, 3])
def test_what_frames_leave_behind_is_seen_as_before(rendered, disposal):
    data = animation("gif", DURATIONS, mode="RGBA", disposal=disposal)
    for word in WORDS:
        made = rendered(data, "gif", animated=True, format=word, brightness=0.99)
        alike(timeline(data), timeline(made.data), 4)


TIMES = {"gif": {None: 1, 0: 0, 1: 2, 4: 5}, "webp": {0: 0, 1: 1, 5: 5}, "png": {0: 0, 1: 1, 5: 5}}


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize(
    ("stored", "said"), [(stored, said) for stored, one in TIMES.items() for said in one]
)
def test_it_plays_as_often_as_before(rendered, stored, said, word):
    """GIF counts repetitions, and says nothing for one run; the others count runs."""
    data = animation(stored, DURATIONS, loop_count=said)
    made = rendered(data, stored, animated=True, format=word, flip="h")
    told = Image.open(io.BytesIO(made.data)).info.get("loop")
    assert plays(word, told) == TIMES[stored][said]
    assert TIMES[word].get(told, told) == TIMES[stored][said]


@pytest.mark.parametrize("name", WORDS)
@pytest.mark.parametrize("times", [0, 1, 2, 3, 65_535])
def test_a_number_of_runs_is_told_and_read_the_same(name, times):
    assert plays(name, loop(name, times)) == times


def test_hundredths_of_a_second_add_up_in_a_gif(rendered):
    data = animation("webp", 33, count=8)
    made = rendered(data, "webp", animated=True, format="gif", flip="h")
    assert len(timeline(made.data)) == round(8 * 33 / 10)


@pytest.mark.parametrize("word", ["jpg", "avif"])
@pytest.mark.parametrize("stored", WORDS)
def test_other_formats_take_the_first_frame(rendered, stored, word):
    made = rendered(animation(stored, DURATIONS), stored, animated=True, format=word)
    assert not made.made.animated
    first = np.asarray(frame(0, "RGB"), int)
    assert abs(np.asarray(made.picture.convert("RGB"), int) - first).mean() <= 6


def test_the_default_image_of_an_apng_is_no_frame(rendered):
    poster = Image.new("RGB", SIZE, "white")
    frames = [frame(number, "RGB") for number in range(3)]
    buffer = io.BytesIO()
    poster.save(
        buffer,
        "PNG",
        save_all=True,
        default_image=True,
        append_images=frames,
        duration=[50, 60, 70],
    )
    data = buffer.getvalue()
    made = rendered(data, "png", animated=True, format="webp", metadata="none")
    alike(timeline(data), timeline(made.data), 3)
    still = rendered(data, "png", animated=True, format="jpg").picture
    assert still.getpixel((40, 28)) == pytest.approx((20, 30, 200), abs=12)


def test_frames_that_all_come_out_alike_are_a_still(rendered):
    made = rendered(animation("gif", DURATIONS), "gif", animated=True, format="webp", brightness=0)
    assert not made.made.animated
    assert set(np.asarray(made.picture.convert("RGB")).ravel()) == {0}


def test_an_animation_over_100_megapixels_in_all_is_too_large(rendered):
    frames = [Image.new("P", (1_200, 1_000), number) for number in range(84)]
    for number, picture in enumerate(frames):
        picture.putpixel((number, 0), 200)
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:], duration=20)
    with pytest.raises(UnsupportedImage, match="too large to transform"):
        rendered(buffer.getvalue(), "gif", animated=True, size="s")
    assert rendered(
        buffer.getvalue(), "gif", animated=True, size="s", format="jpg"
    ).picture.size == (320, 267)


def test_a_frame_that_does_not_decode_fails_the_whole(rendered):
    data = animation("gif", DURATIONS)
    with pytest.raises(Exception):  # noqa: B017 -- whatever the decoder raises
        rendered(data[: len(data) * 2 // 3], "gif", animated=True, size="s", format="webp")


def test_flat_drawings_stay_lossless_in_webp_and_film_does_not(rendered):
    drawn = rendered(animation("gif", DURATIONS), "gif", animated=True, format="webp")
    assert b"VP8L" in drawn.data
    noise = np.random.default_rng(1)
    frames = [
        Image.fromarray(noise.integers(0, 256, (60, 80, 3), dtype=np.uint8)).quantize(128)
        for _ in range(3)
    ]
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:], duration=50)
    film = rendered(buffer.getvalue(), "gif", animated=True, format="webp")
    assert b"VP8L" not in film.data
