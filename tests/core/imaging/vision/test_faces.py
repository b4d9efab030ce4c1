import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

FACE = 200
"""Pixels a side."""


def face():
    """Light cheeks and nose, dark sockets with darker eyes, a mouth: what the cascade looks for."""
    picture = Image.new("L", (FACE, FACE), 40)
    draw = ImageDraw.Draw(picture)
    draw.ellipse((20, -20, 180, 210), fill=180)
    draw.rectangle((32, 48, 168, 84), fill=130)
    draw.rectangle((88, 44, 112, 120), fill=250)
    draw.ellipse((48, 56, 80, 80), fill=60)
    draw.ellipse((120, 56, 152, 80), fill=60)
    draw.rectangle((60, 144, 140, 160), fill=120)
    return picture.filter(ImageFilter.GaussianBlur(4))


def stored(size, at, name="PNG"):
    """Red tells the place along the width, the rest is the face."""
    picture = Image.new("L", size, 40)
    if at:
        picture.paste(face(), at)
    red = Image.fromarray(np.tile(np.linspace(0, 255, size[0]), (size[1], 1)).astype(np.uint8))
    picture = (
        Image.merge("RGB", (picture, picture, picture))
        if name == "JPEG"
        else Image.merge(
            "RGBA", (picture, picture, picture, red.point(lambda value: max(value, 1)))
        )
    )
    buffer = io.BytesIO()
    picture.save(buffer, name)
    return buffer.getvalue()


def left_of(made, width):
    """Where in the original the left edge was, by the alpha that runs along its width."""
    return made.picture.getpixel((0, 0))[3] / 255 * width


@pytest.mark.parametrize("at", [(30, 60), (400, 60), (770, 60)])
def test_what_is_cut_stays_around_the_face(rendered, at):
    made = rendered(stored((1_000, 320), at), "png", w=320, h=320, gravity="face")
    wanted = min(max(at[0] + FACE / 2 - 160, 0), 680)
    assert left_of(made, 1_000) == pytest.approx(wanted, abs=30)


def test_a_face_is_found_in_a_jpeg_decoded_small(rendered):
    data = stored((1_000, 320), (770, 60), "JPEG")
    small = np.asarray(rendered(data, "jpeg", w=100, h=100, gravity="face").picture, int)
    assert small.max() > 150
    assert np.asarray(rendered(data, "jpeg", w=100, h=100).picture, int).max() < 80


def test_without_a_face_the_middle_stays(rendered):
    data = stored((1_000, 320), None)
    one = rendered(data, "png", w=320, h=320, gravity="face").picture
    other = rendered(data, "png", w=320, h=320).picture
    assert np.array_equal(np.asarray(one), np.asarray(other))


def test_frames_of_an_animation_are_cut_alike(rendered):
    frames = [Image.new("L", (600, 220), 40) for _ in range(3)]
    for number, frame in enumerate(frames):
        frame.paste(face(), (380, 10))
        ImageDraw.Draw(frame).rectangle((0, 0, 40, 20 + 60 * number), fill=255)
    frames.append(Image.new("L", (600, 220), 40))  # in which there is no face
    ImageDraw.Draw(frames[-1]).rectangle((560, 0, 600, 220), fill=255)
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:], duration=100)
    made = rendered(buffer.getvalue(), "gif", animated=True, w=220, h=220, gravity="face")
    picture = made.picture
    picture.seek(picture.n_frames - 1)
    last = np.asarray(picture.convert("L"), int)
    assert (last[:, -25:] > 200).all(), "cut around the first frame's face"
    assert (last[:, :150] < 80).all()
