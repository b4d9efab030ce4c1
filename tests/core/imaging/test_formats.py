import gzip
import sys

import pytest

from core.imaging.formats import BY_NAME, FORMATS, by_extension, sniff

SVG = "<svg xmlns='http://www.w3.org/2000/svg'/>"


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "jpeg"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "png"),
        (b"GIF87a", "gif"),
        (b"GIF89a", "gif"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "webp"),
        (b"\0\0\0\x20ftypavif\0\0\0\0avifmif1miafMA1B", "avif"),
        (b"\0\0\0\x20ftypavis\0\0\0\0avismsf1miafMA1B", "avif"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", "avif"),
        (b"\0\0\0\x1cftypheic\0\0\0\0mif1heicmiaf", "heic"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "heic"),
        (b"BM" + bytes(12) + b"\x28\0\0\0", "bmp"),
        (b"\0\0\1\0\1\0\x10\x10\0\0\1\0\x20\0" + bytes(8), "ico"),
        (b"II*\0\x08\0\0\0", "tiff"),
        (b"MM\0*\0\0\0\x08", "tiff"),
        (SVG.encode(), "svg"),
        (b"\xef\xbb\xbf" + SVG.encode(), "svg"),
        (SVG.encode("utf-16"), "svg"),
        (SVG.encode("utf-16-be"), "svg"),
        (b"\n <?xml version='1.0'?>\n<!-- <html> -->\n" + SVG.encode(), "svg"),
        (b"<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN'>" + SVG.encode(), "svg"),
        (b"<s:svg xmlns:s='http://www.w3.org/2000/svg'/>", "svg"),
        (b"<?xml version='1.0'?><!--" + b"x" * 4071, "svg"),
    ],
)
def test_content_tells_the_format(head, name):
    assert sniff(head) == BY_NAME[name]


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\xff",
        b"<!DOCTYPE html><html><body><svg></svg></body></html>",
        b"<html/>",
        b"<svgx/>",
        b"<!-- " + b"x" * 4091,
        b"PK\x03\x04",
        b"8BPS\0\1",
        b"%!PS-Adobe-3.0 EPSF-3.0",
        b"SIMPLE  =                    T",
        b"BMW is a maker of cars",
        b"\0\0\2\0\1\0\x10\x10" + bytes(14),  # a cursor
        b"\0\0\0\x20ftypisom\0\0\2\0isomiso2mp41",
        b"%PDF-1.7",
        gzip.compress(SVG.encode(), mtime=0),
    ],
)
def test_what_is_not_ours_has_no_format(head):
    assert sniff(head) is None


@pytest.mark.parametrize("ending", ["jpg", "jpeg", "JPG", ".Jpeg"])
def test_extensions_mean_the_same_in_any_spelling(ending):
    assert by_extension(ending).mime == "image/jpeg"


def test_unknown_extensions_have_no_format():
    assert by_extension("exe") is None


def test_names_and_extensions_are_unique_and_all_formats_can_be_stored():
    endings = [ending for row in FORMATS for ending in (row.extension, *row.aliases)]
    assert len(endings) == len(set(endings))
    assert len(BY_NAME) == len(FORMATS)
    assert all(BY_NAME[row.stored_as].is_stored for row in FORMATS)


async def test_the_table_is_free_of_pillow():
    import asyncio

    code = "import core.imaging.formats, sys; sys.exit('PIL' in sys.modules)"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code)
    assert await process.wait() == 0
