import zlib

import marked_pictures as made
import pytest
from marked_pictures import SECRET, Says, chunk, itxt, raw_profile

from core.errors import UnsupportedImage
from core.imaging.metadata import exif, png

PLAIN = made.saved(made.picture("RGBA"), "PNG")
COLOUR = b"gAMA cHRM sRGB iCCP cICP mDCV cLLI sBIT bKGD pHYs tRNS hIST sPLT acTL fcTL fdAT".split()


def stripped(data, *, rights=True):
    result, position = b"", 0
    for edit in png.strip(data, rights=rights):
        result += data[position : edit.start] + edit.data
        position = edit.end
    return result + data[position:]


def with_chunks(*chunks, plain=PLAIN):
    return plain[:33] + b"".join(chunks) + plain[33:]


@pytest.mark.parametrize("name", COLOUR)
def test_chunks_that_change_how_it_looks_stay(name):
    data = with_chunks(chunk(name, b"1234"), chunk(b"tEXt", SECRET))
    assert stripped(data) == with_chunks(chunk(name, b"1234"))


@pytest.mark.parametrize("name", [b"tEXt", b"zTXt", b"iTXt", b"tIME", b"eXIf", b"vpAg", b"oFFs", b"caBX", b"iDOT"])  # fmt: skip
def test_other_chunks_go_wherever_they_stand(name):
    early, late = with_chunks(chunk(name, SECRET)), PLAIN[:-12] + chunk(name, SECRET) + PLAIN[-12:]
    assert stripped(early) == stripped(late) == PLAIN


@pytest.mark.parametrize("name", ["exif", "APP1"])
def test_old_raw_profiles_give_the_orientation_where_there_is_no_exif_chunk(name):
    block = exif.PREFIX + made.tiff(Says(orientation=8))
    raw = raw_profile(name, block)
    expected = exif.read(block)
    assert exif.build(expected) in stripped(with_chunks(raw))
    assert SECRET not in stripped(with_chunks(raw))
    own = with_chunks(raw, chunk(b"eXIf", made.tiff(Says(orientation=3, copyright=b"own"))))
    assert exif.build(exif.read(made.tiff(Says(orientation=3, copyright=b"own")))) in stripped(own)


@pytest.mark.parametrize("source", [itxt(made.xmp_packet()), itxt(made.xmp_packet(), packed=True), raw_profile("xmp", made.xmp_packet())])  # fmt: skip
def test_rights_are_found_in_plain_and_packed_text_and_raw_profiles(source):
    result = stripped(with_chunks(source))
    assert "kept, Ада".encode() in result
    assert SECRET not in result
    assert stripped(with_chunks(source), rights=False) == PLAIN


@pytest.mark.parametrize(
    "text",
    [
        chunk(b"zTXt", b"Raw profile type exif\0\0broken"),
        chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(b"exif 4 zz")),
        chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(b"exif")),
        chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(b"\xff" * 99)),
        chunk(b"zTXt", b"Raw profile type exif"),
        chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(bytes(64 << 20), 9)),
        chunk(b"zTXt", b"Raw profile type xmp\0\0" + zlib.compress(b"a 1 " + b" " * (9 << 20))),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0broken"),
        chunk(b"iTXt", b"XML:com.adobe.xmp"),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(bytes(64 << 20), 9)),
        chunk(b"iTXt", b""),
    ],
    ids=range(11),
)
def test_broken_and_bomb_like_texts_just_go(text):
    assert stripped(with_chunks(text)) == PLAIN


@pytest.mark.parametrize(
    "data",
    [
        PLAIN[:-1],
        PLAIN[:-12],
        PLAIN[:8] + PLAIN[33:],
        with_chunks(chunk(b"CgBI", b"1234")),
        with_chunks(b"\xff\xff\xff\xfftEXt"),
        with_chunks(chunk(b"t3Xt", b"")),
        PLAIN[:33] + PLAIN[-12:],
        PLAIN[:33] + chunk(b"tEXt", b"") * 300_000 + PLAIN[33:],
    ],
    ids=range(8),
)
def test_what_leads_to_no_end_is_refused(data):
    with pytest.raises(UnsupportedImage):
        png.strip(data, rights=True)
