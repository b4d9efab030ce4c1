"""Hostile pictures, each a few bytes to a megabyte, by class."""

import io
import struct
import zlib

import numpy as np
from PIL import Image


def saved(image, name, **options):
    buffer = io.BytesIO()
    image.save(buffer, name, **options)
    return buffer.getvalue()


def noise(width=64, height=48, bands=3, seed=1):
    shape = (height, width, bands) if bands > 1 else (height, width)
    return Image.fromarray(np.random.default_rng(seed).integers(0, 255, shape, dtype=np.uint8))


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_of(width, height, *extra):
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [chunk(b"IHDR", header), *extra]
    parts += [chunk(b"IDAT", zlib.compress(b"\0" * 64)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def gif_of(width, height, frames=1):
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    screen = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + bytes(6)
    return screen + frame * frames + b"\x3b"


def gif_frame_beyond_its_screen():
    data = bytearray(gif_of(1, 1))
    at = data.index(b"\x2c")
    data[at + 5 : at + 9] = struct.pack("<HH", 60_000, 60_000)
    return bytes(data)


def bmp_of(width, height):
    return (
        b"BM"
        + struct.pack("<IHHI", 100, 0, 0, 54)
        + struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
        + bytes(46)
    )


def tiff_of(width, height):
    data = bytearray(saved(Image.new("RGB", (3, 5)), "TIFF"))
    for tag, value in ((256, width), (257, height)):
        at = (
            data.index(struct.pack("<HHI", tag, 4, 1))
            if struct.pack("<HHI", tag, 4, 1) in data
            else data.index(struct.pack("<HHI", tag, 3, 1))
        )
        data[at : at + 12] = struct.pack("<HHII", tag, 4, 1, value)
    return bytes(data)


def ico_holding(inner):
    return struct.pack("<HHHBBBBHHII", 0, 1, 1, 16, 16, 0, 0, 1, 32, len(inner), 22) + inner


def webp_34_bytes(width=16_383, height=5_000):
    """A lossless header and nothing after it."""
    bits = (width - 1) | (height - 1) << 14
    body = b"\x2f" + struct.pack("<I", bits) + bytes(9)
    return (
        b"RIFF"
        + struct.pack("<I", 12 + len(body))
        + b"WEBPVP8L"
        + struct.pack("<I", len(body))
        + body
    )


def webp_many_frames(frames=400, side=4_000):
    size = (side - 1).to_bytes(3, "little")
    still = saved(Image.new("RGB", (1, 1)), "WEBP", lossless=True)[12:]
    frame = bytes(6) + bytes(6) + b"\x0a\0\0" + b"\0" + still
    body = b"VP8X" + struct.pack("<IB3x", 10, 2) + size + size
    body += b"ANIM" + struct.pack("<IIH", 6, 0, 0)
    body += (b"ANMF" + struct.pack("<I", len(frame)) + frame) * frames
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def apng_announcing(frames, side=4_000):
    return png_of(side, side, chunk(b"acTL", struct.pack(">II", frames, 0)))


def jpeg_of_scans(count):
    """A progressive JPEG that repeats its last scan."""
    data = saved(noise(16, 16), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:-2] + data[last:-2] * (count - data.count(b"\xff\xda")) + b"\xff\xd9"


def zip_at_the_end_of(picture):
    import zipfile

    buffer = io.BytesIO(picture)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n")
    return buffer.getvalue()


MB = 1 << 20
TEXT_BOMB = png_of(16, 16, chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(64 * MB))))
PROFILE_BOMB = png_of(16, 16, chunk(b"iCCP", b"k\0\0" + zlib.compress(bytes(64 * MB))))

BEYOND_LIMITS = {
    "png huge": (png_of(60_000, 60_000), "100 megapixels"),
    "png wide": (png_of(70_000, 10), "65,535 a side"),
    "png without pixels": (png_of(0, 10), "no pixels"),
    "gif huge": (gif_of(60_000, 60_000), "100 megapixels"),
    "gif frame beyond": (gif_frame_beyond_its_screen(), "100 megapixels"),
    "gif 10,000 frames": (gif_of(3_000, 3_000, 10_000), "1,000"),
    "gif 900 frames": (gif_of(3_000, 3_000, 900), "8,100 megapixels"),
    "bmp huge": (bmp_of(60_000, 60_000), "100 megapixels"),
    "tiff huge": (tiff_of(60_000, 60_000), "100 megapixels"),
    "ico of a huge png": (ico_holding(png_of(30_000, 30_000)), "100 megapixels"),
    "ico of a huge bitmap": (ico_holding(bmp_of(30_000, 60_000)[14:]), "100 megapixels"),
    "webp of 34 bytes": (webp_34_bytes(), "50 megapixels"),
    "webp of 400 frames": (webp_many_frames(), "6,400 megapixels"),
    "apng of 400 frames": (apng_announcing(400), "401 frames"),
    "jpeg of 101 scans": (jpeg_of_scans(101), "100"),
    "jpeg of 20,000 scans": (jpeg_of_scans(20_000), "20,000 scans"),
    "gif and jar": (zip_at_the_end_of(saved(noise(), "GIF")), "archive"),
    "jpeg of a million segments": (b"\xff\xd8" + b"\xff\xfe\0\2" * 1_100_000, "too many parts"),
    "gif of a million sub-blocks": (
        gif_of(1, 1)[:-1] + b"\x21\xfe" + b"\x01\x01" * 1_100_000 + b"\0\x3b",
        "too many parts",
    ),
}

UNDECODABLE = {
    "jpeg": saved(noise(), "JPEG")[:-400],
    "jpeg progressive": saved(noise(), "JPEG", progressive=True)[:-300],
    "png": saved(noise(), "PNG")[:-900],
    "png without end": saved(noise(), "PNG")[:-12],
    "gif": saved(noise(), "GIF")[:-300],
    "gif second frame": saved(noise(), "GIF", save_all=True, append_images=[noise(seed=2)])[:-300],
    "webp": saved(noise(), "WEBP")[:-200],
    "avif": saved(noise(), "AVIF")[:-200],
    "bmp": saved(noise(), "BMP")[:-200],
    "ico": saved(noise(), "ICO")[:-200],
    "tiff": saved(noise(), "TIFF")[:-200],
    "tiff lzw": saved(noise(), "TIFF", compression="tiff_lzw")[:-2000],
    "png header lies": png_of(5_000, 5_000),
    "png broken check": saved(noise(), "PNG").replace(b"IHDR\0\0\0\x40", b"IHDR\0\0\0\x41"),
}

NOT_OURS = {
    "empty": b"",
    "one byte": b"\xff",
    "html": b"<!DOCTYPE html><html><body>404</body></html>",
    "zip": zip_at_the_end_of(b""),
    "psd": b"8BPS\0\1" + bytes(20),
    "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "fits": b"SIMPLE  =                    T" + bytes(2880),
    "ppm": b"P6 2 2 255\n" + bytes(12),
    "tga": bytes([0, 0, 2]) + bytes(9) + b"\2\0\2\0\x18\0" + bytes(12),
}
