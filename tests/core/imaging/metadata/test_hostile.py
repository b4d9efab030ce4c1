"""Damaged and huge files: refused or stripped, never anything else, and never slowly."""

import io
import os
import random
import tracemalloc
import warnings

import effort
import marked_pictures as made
import pytest
from PIL import Image

from core.errors import UnsupportedImage
from core.imaging.metadata import gif, ico, jpeg, png, split, webp

VALID = {
    "jpeg": (jpeg, made.jpeg(progressive=True)),
    "jpeg restarts": (jpeg, made.jpeg(restart_marker_blocks=2, icc_profile=made.PROFILE)),
    "png": (png, made.png()),
    "png animated": (png, made.with_chunks(made.animation("PNG"), made.private_chunks())),
    "webp": (webp, made.webp()),
    "webp animated": (webp, made.webp(plain=made.animation("WEBP"))),
    "gif": (gif, made.gif()),
    "ico": (ico, made.ico([made.png(), made.png()], gap=b"gap")),
}
LENGTHS = [b"\0\0", b"\0\1", b"\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff"]


def mutated(data, chance):
    """Bytes flipped, overwritten by telling lengths, cut out, doubled or cut off."""
    data = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 5])):
        # Half of the damage goes to the beginning, where structure is dense.
        at = chance.randrange(len(data) if chance.random() < 0.5 else min(len(data), 2500))
        span = chance.randrange(1, 40)
        match chance.randrange(6):
            case 0:
                data[at] ^= 1 << chance.randrange(8)
            case 1:
                length = chance.choice(LENGTHS)
                data[at : at + len(length)] = length
            case 2:
                del data[at : at + span]
            case 3:
                data[at:at] = data[at : at + span]
            case 4:
                data[at : at + span] = chance.randbytes(span)
            case 5:
                del data[max(at, 30) :]
        data = data or bytearray(b"\0")
    return bytes(data)


def stripped(strip, data, *, rights):
    result, position = b"", 0
    for edit in strip(data, rights=rights):
        assert position <= edit.start <= edit.end <= len(data)
        result += data[position : edit.start] + edit.data
        position = edit.end
    return result + data[position:]


def decoded(data):
    """Pillow's pixels of the first frame, or None where it gives up."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(data)) as image:
                image.load()
                return image.size, image.mode, image.tobytes()
        except Exception:
            return None


@pytest.mark.parametrize(("container", "valid"), VALID.values(), ids=VALID)
def test_damage_is_refused_or_stripped_to_the_same_picture(container, valid):
    chance = random.Random(20)
    accepted = 0
    for _ in range(250):
        data = mutated(valid, chance)
        try:
            served = stripped(container.strip, data, rights=True)
        except UnsupportedImage:
            continue
        accepted += 1
        assert stripped(container.strip, served, rights=True) == served
        bare = stripped(container.strip, served, rights=False)
        before = decoded(data)
        if before is not None:
            assert decoded(served) == before
            assert decoded(bare) == before
    assert accepted


# Each makes a file at least 16 MB large of a kind that is slow to walk for the careless.
HUGE = {
    "jpeg tail": ("jpeg", lambda: made.saved(made.picture(), "JPEG"), True),
    "jpeg comments": (
        "jpeg",
        lambda: made.jpeg()[:2] + made.segment(0xFE, bytes(65_533)) * 256 + made.jpeg()[2:],
        False,
    ),
    "jpeg stuffed": (
        "jpeg",
        lambda: made.saved(made.picture(), "JPEG")[:-2] + b"\xff\0" * (20 << 20) + b"\xff\xd9",
        False,
    ),
    "jpeg junk": ("jpeg", lambda: b"\xff\xd8" + b"\xff\xd0" * (20 << 20), False),
    "jpeg tiny segments": ("jpeg", lambda: b"\xff\xd8" + b"\xff\xfe\0\2" * (8 << 20), False),
    "png tail": ("png", made.png, True),
    "png text": (
        "png",
        lambda: made.with_chunks(made.png(), [made.chunk(b"tEXt", b"a\0" + bytes(16 << 20)), b""]),
        False,
    ),
    "png tiny chunks": (
        "png",
        lambda: made.with_chunks(made.png(), [made.chunk(b"IDAT", b"") * (2 << 20), b""]),
        False,
    ),
    "webp tail": ("webp", made.webp, True),
    "gif tail": ("gif", made.gif, True),
    "gif tiny blocks": (
        "gif",
        lambda: made.gif()[:-25] + b"\x21\xfe" + b"\1x" * (16 << 20),
        False,
    ),
}


@pytest.mark.parametrize(("format_name", "make", "tail"), HUGE.values(), ids=HUGE)
def test_huge_files_are_quick(format_name, make, tail, tmp_path):
    source = tmp_path / "source"
    source.write_bytes(make())
    if tail:
        os.truncate(source, 128 << 20)
    with effort.at_most(10):
        try:
            split(source, format_name, tmp_path / "served", tmp_path / "sidecar")
        except UnsupportedImage:
            return
    assert (tmp_path / "served").stat().st_size < 64 << 20


@pytest.mark.parametrize("name", ["jpeg tail", "jpeg comments", "png tail", "png text", "webp tail", "gif tail"])  # fmt: skip
def test_memory_stays_flat_whatever_is_removed(name, tmp_path):
    format_name, make, tail = HUGE[name]
    source = tmp_path / "source"
    source.write_bytes(make())
    if tail:
        os.truncate(source, 64 << 20)
    tracemalloc.start()
    try:
        assert split(source, format_name, tmp_path / "served", tmp_path / "sidecar")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (tmp_path / "sidecar").stat().st_size > 15 << 20
    assert peak < 6 << 20
