"""Foreign pictures: stored, then seen alike in whatever they are turned into.

A plain reader is the judge: Pillow's first frame, upright, in sRGB, on white.
"""

import io
import os
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from icc_profiles import in_srgb
from PIL import Image, ImageOps

from core.imaging.ingest import ingest
from core.model import ImageLimits

FOLDER = os.environ.get("PIXFERRY_TEST_PICTURES")
ANIMATED = {"gif", "webp", "png"}
QUERIES = ({}, {"size": "s"}, {"rotate": "90"}, {"flip": "v"})

if FOLDER:
    PATHS = sorted(path for path in Path(FOLDER).iterdir() if path.is_file())
else:
    pytestmark = pytest.mark.skip(reason="PIXFERRY_TEST_PICTURES names no folder")
    PATHS = [Path("none")]


def read(data):
    if data[4:8] == b"ftyp":
        return pillow_heif.read_heif(data).to_pillow()
    return Image.open(io.BytesIO(data))


def as_seen(picture):
    """The picture's upright pixels, RGBA in sRGB."""
    picture = ImageOps.exif_transpose(picture)
    profile = picture.info.get("icc_profile")
    if profile and profile[16:20] == b"GRAY":
        colour = in_srgb(picture.convert("RGBA").convert("L"), profile)
    elif profile:
        colour = in_srgb(picture if picture.mode == "CMYK" else picture.convert("RGB"), profile)
    else:
        colour = picture.convert("RGB")
    colour.putalpha(picture.convert("RGBA").getchannel("A"))
    return colour


def on_white(picture):
    white = Image.new("RGB", picture.size, "white")
    white.paste(picture, mask=picture)
    return np.asarray(white, int)


TURNS = {"rotate": Image.Transpose.ROTATE_270, "flip": Image.Transpose.FLIP_TOP_BOTTOM}


def lasting(picture):
    """Milliseconds of one run."""
    total = 0
    for number in range(getattr(picture, "n_frames", 1)):
        picture.seek(number)
        picture.load()  # which is when WebP tells
        total += picture.info.get("duration", 0)
    return total


@pytest.mark.parametrize("word", ["jpg", "png", "webp", "avif", "gif"])
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_they_are_seen_alike_in_every_format(rendered, tmp_path, path, word):
    """To 8 levels on average; in GIF, which has no half transparency, apart from that."""
    (tmp_path / "in").mkdir()
    stored = ingest(path, tmp_path / "in", ImageLimits())
    data = stored.blob.path.read_bytes()
    seen = as_seen(read(path.read_bytes()))
    assert seen.size == (stored.width, stored.height)
    for query in QUERIES:
        made = rendered(data, stored.format, animated=stored.animated, format=word, **query)
        expected = seen.copy()
        for name in query.keys() & TURNS.keys():
            expected = expected.transpose(TURNS[name])
        if "size" in query:
            expected.thumbnail((320, 320), Image.Resampling.LANCZOS)
        assert made.picture.size == expected.size
        off = abs(on_white(as_seen(made.picture)) - on_white(expected))
        alpha = np.asarray(expected.getchannel("A"), int)
        judged = (alpha < 8) | (alpha > 247) if word == "gif" else np.ones_like(alpha, bool)
        assert off[judged].mean() <= 8, query
        moves = stored.animated and word in ANIMATED
        assert made.made.animated == moves
        if moves:
            times = [
                lasting(Image.open(io.BytesIO(each))) for each in (path.read_bytes(), made.data)
            ]
            assert abs(times[0] - times[1]) <= 10
