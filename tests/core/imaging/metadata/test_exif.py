import io
import struct

import marked_pictures as made
import pytest
from hypothesis import given
from hypothesis import strategies as st
from marked_pictures import Says
from PIL import Image

from core.imaging.metadata import exif
from core.imaging.metadata.exif import Tags

ALL = Tags(orientation=6, copyright=made.COPYRIGHT, artist=made.ARTIST)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("prefix", [b"", exif.PREFIX])
def test_tags_are_read_in_both_byte_orders(order, prefix):
    assert exif.read(prefix + made.tiff(Says(order=order))) == ALL


def test_what_is_built_is_read_back_and_holds_nothing_else():
    block = exif.build(ALL)
    assert exif.read(block) == ALL
    image = Image.Exif()
    image.load(exif.PREFIX + block)
    assert set(image) == {0x0112, 0x013B, 0x8298}
    assert len(block) < 8 + 2 + 3 * 12 + 4 + 40


def test_pillow_reads_what_is_built():
    data = made.saved(made.picture(), "JPEG", exif=exif.PREFIX + exif.build(ALL))
    with Image.open(io.BytesIO(data)) as image:
        assert dict(image.getexif()) == {
            0x0112: 6,
            0x013B: "Ada Lovelace",
            0x8298: made.COPYRIGHT.decode("latin-1"),
        }


def test_nothing_to_say_is_no_block():
    assert exif.build(Tags()) == b""
    assert exif.build(Tags(copyright=b"x").without_rights()) == b""


@given(
    st.builds(
        Tags,
        st.integers(1, 8),
        st.binary(max_size=60).map(lambda text: text.rstrip(b"\0 ")),
        st.binary(max_size=60).map(lambda text: text.rstrip(b"\0 ")),
    )
)
def test_any_tags_survive_being_built_and_read(tags):
    if not tags.copyright.strip(b"\0 ") or not tags.artist.strip(b"\0 "):
        tags = Tags(orientation=tags.orientation)
    assert exif.read(exif.build(tags)) == tags


def test_texts_of_four_bytes_and_less_stand_in_their_entry():
    assert exif.read(exif.build(Tags(copyright=b"abc"))).copyright == b"abc"
    assert exif.read(exif.build(Tags(copyright=b"abcd"))).copyright == b"abcd"


def test_photographer_and_editor_stay_apart():
    assert exif.read(made.tiff(Says(copyright=b"Ada\0Bob"))).copyright == b"Ada\0Bob"


def test_long_texts_are_cut():
    says = Says(copyright=b"x" * 50_000)
    assert exif.read(made.tiff(says)).copyright == b"x" * exif.MAX_TEXT


@pytest.mark.parametrize("text", [b"\0", b" ", b"    \0", b" " * 50])
def test_blank_texts_are_none(text):
    assert exif.read(made.tiff(Says(copyright=text))).copyright == b""


def entry(tag, kind, count, value):
    return struct.pack("<HHII", tag, kind, count, value)


def block(*entries, count=None):
    count = len(entries) if count is None else count
    return b"II*\0\x08\0\0\0" + struct.pack("<H", count) + b"".join(entries)


def test_a_directory_cut_off_still_gives_its_entries():
    assert exif.read(block(entry(0x0112, 3, 1, 8), count=500)).orientation == 8


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"II",
        b"II*\0\x08\0\0\0",
        b"XX*\0\x08\0\0\0\0\0",
        b"II*\0\xff\xff\xff\xff\1\0" + entry(0x0112, 3, 1, 6),
        block(entry(0x0112, 2, 1, 6)),
        block(entry(0x0112, 3, 2, 6)),
        block(entry(0x8298, 2, 0xFFFFFFFF, 0xFFFFFFFF)),
        block(entry(0x8298, 2, 10, 0xFFFFFFFF)),
        block(entry(0x8298, 5, 10, 0)),
        block(entry(0x0112, 4, 1, 0x10001)),
    ],
)
def test_broken_blocks_say_nothing(broken):
    assert exif.read(broken) == Tags()


@given(st.binary(max_size=200), st.sampled_from([b"", b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08"]))
def test_junk_never_raises(junk, head):
    tags = exif.read(head + junk)
    assert 1 <= tags.orientation <= 8
