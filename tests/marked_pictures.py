"""Small pictures with private metadata planted everywhere that their containers have room.

Every private place holds `SECRET`, so whether anything leaked is one search in the bytes.
"""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageCms

SECRET = b"GPS:51.5007N,0.1246W"
COPYRIGHT = b"(c) Ada \xe2\x82\xac"
ARTIST = b"Ada Lovelace"
RIGHTS = "All rights <reserved> & kept, Ада"
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
XMP_PREFIX = b"http://ns.adobe.com/xap/1.0/\0"


def pixels(width=37, height=23, channels=3, seed=1):
    return np.random.default_rng(seed).integers(0, 256, (height, width, channels), np.uint8)


def picture(mode="RGB", seed=1, size=(37, 23)):
    """Smooth enough that JPEG of it has several blocks, noisy enough to notice any change."""
    return Image.fromarray(pixels(*size, seed=seed)).convert(mode)


def saved(image, format_name, **options):
    file = io.BytesIO()
    image.save(file, format_name, **options)
    return file.getvalue()


# EXIF and XMP


@dataclass(frozen=True)
class Says:
    """What the metadata of a planted picture says that may stay."""

    orientation: int | None = 6
    copyright: bytes = COPYRIGHT
    artist: bytes = ARTIST
    rights: str = RIGHTS
    order: str = "<"


def tiff(says=Says(), extra=b""):
    """A block as cameras write them: maker note, GPS directory, a thumbnail with an end marker."""
    order = says.order
    thumbnail = saved(picture(size=(8, 8)), "JPEG") + SECRET
    entries = [(0x010F, 2, SECRET + b"\0"), (0x9286, 7, SECRET), (0x927C, 7, SECRET * 3)]
    entries.append((0x0201, 7, thumbnail))
    if says.orientation is not None:
        entries.append((0x0112, 3, struct.pack(order + "H", says.orientation)))
    if says.artist:
        entries.append((0x013B, 2, says.artist + b"\0"))
    if says.copyright:
        entries.append((0x8298, 2, says.copyright + b"\0"))
    entries.sort()
    gps_at = 8 + 2 + 12 * (len(entries) + 1) + 4
    gps = struct.pack(order + "HHHII", 1, 0x001D, 2, len(SECRET), gps_at + 18) + bytes(4) + SECRET
    values_at = gps_at + len(gps)
    directory, values = b"", b""
    for tag, kind, value in entries:
        count = len(value) // 2 if kind == 3 else len(value)
        directory += struct.pack(order + "HHI", tag, kind, count)
        if len(value) <= 4:
            directory += value.ljust(4, b"\0")
        else:
            directory += struct.pack(order + "I", values_at + len(values))
            values += value
    directory += struct.pack(order + "HHII", 0x8825, 4, 1, gps_at)
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, 8)
    count = struct.pack(order + "H", len(entries) + 1)
    return head + count + directory + bytes(4) + gps + values + extra


def xmp_packet(says=Says(), padding=100):
    from xml.sax.saxutils import escape

    rights = ""
    if says.rights:
        rights = f'<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">{escape(says.rights)}</rdf:li></rdf:Alt></dc:rights>'
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:exif="http://ns.adobe.com/exif/1.0/"'
        f' exif:GPSLatitude="{SECRET.decode()}"><dc:creator><rdf:Seq><rdf:li>{SECRET.decode()}</rdf:li></rdf:Seq></dc:creator>'
        f"{rights}</rdf:Description></rdf:RDF></x:xmpmeta>{' ' * padding}<?xpacket end='w'?>"
    ).encode()


# JPEG


def segment(marker, body):
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def exif_segment(says=Says()):
    return segment(0xE1, b"Exif\0\0" + tiff(says))


def private_segments(says=Says()):
    extended = b"http://ns.adobe.com/xmp/extension/\0" + b"A" * 32 + struct.pack(">II", 20, 0)
    return [
        exif_segment(says),
        segment(0xE1, XMP_PREFIX + xmp_packet(says)),
        segment(0xE1, extended + SECRET),
        segment(0xE0, b"JFXX\0\x10" + SECRET),
        segment(0xE2, b"MPF\0" + SECRET),
        segment(0xED, b"Photoshop 3.0\0008BIM" + SECRET),
        segment(0xEF, SECRET),
        segment(0xFE, SECRET),
        segment(0xE5, b""),
    ]


def jpeg(says=Says(), mode="RGB", tail=None, **options):
    plain = saved(picture(mode), "JPEG", quality=90, **options)
    # Pillow begins with JFIF for grey and YCbCr, and with Adobe for CMYK.
    at = 2 + 2 + struct.unpack_from(">H", plain, 4)[0] if plain[2:4] == b"\xff\xe0" else 2
    tail = saved(picture(seed=9), "JPEG") + SECRET if tail is None else tail
    return plain[:at] + b"".join(private_segments(says)) + plain[at:] + tail


# PNG


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def raw_profile(name, data):
    text = f"\n{name}\n{len(data):8}\n{data.hex()}\n".encode()
    return chunk(b"zTXt", f"Raw profile type {name}".encode() + b"\0\0" + zlib.compress(text))


def itxt(packet, packed=False):
    body = zlib.compress(packet) if packed else packet
    return chunk(b"iTXt", b"XML:com.adobe.xmp\0" + bytes((packed, 0)) + b"en\0x\0" + body)


def private_chunks(says=Says()):
    return [
        chunk(b"eXIf", tiff(says)),
        itxt(xmp_packet(says)),
        chunk(b"tEXt", b"Comment\0" + SECRET),
        chunk(b"zTXt", b"Comment\0\0" + zlib.compress(SECRET)),
        chunk(b"tIME", SECRET[:7]),
        chunk(b"prVt", SECRET),
        chunk(b"caBX", SECRET),
    ]


def with_chunks(plain, chunks, tail=b""):
    """The chunks put half after the header and half before the end, as late ones count too."""
    half = len(chunks) // 2
    after_header, end = 33, len(plain) - 12
    return (
        plain[:after_header]
        + b"".join(chunks[:half])
        + plain[after_header:end]
        + b"".join(chunks[half:])
        + plain[end:]
        + tail
    )


def png(says=Says(), mode="RGBA", **options):
    return with_chunks(saved(picture(mode), "PNG", **options), private_chunks(says), SECRET)


# Animations


def frames(mode="RGBA", count=4):
    return [picture(mode, seed=seed) for seed in range(count)]


def animation(format_name, mode="RGBA", **options):
    first, *others = frames(mode)
    durations = [40, 80, 120, 160]
    return saved(
        first,
        format_name,
        save_all=True,
        append_images=others,
        duration=durations,
        loop=3,
        **options,
    )


# WebP


def riff_chunk(name, data):
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def riff(chunks):
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def riff_chunks(data):
    """(name, data) of each chunk of a WebP."""
    at, found = 12, []
    while at < len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        found.append((name, data[at + 8 : at + 8 + size]))
        at += 8 + size + size % 2
    return found


def _in_frame(name, data, extra):
    if name == b"ANMF":
        return riff_chunk(name, data + extra)
    if name == b"VP8X":
        return riff_chunk(name, bytes((data[0] | 0x0C,)) + data[1:])
    return riff_chunk(name, data)


def webp(says=Says(), plain=None):
    """Extended, with metadata in and around the frames."""
    plain = plain or saved(picture("RGBA"), "WEBP", icc_profile=PROFILE)
    secret = riff_chunk(b"prIV", SECRET + b"!")
    made = [_in_frame(name, data, secret) for name, data in riff_chunks(plain)]
    exif, xmp = riff_chunk(b"EXIF", tiff(says)), riff_chunk(b"XMP ", xmp_packet(says))
    return riff([made[0], secret, *made[1:], exif, xmp, secret]) + SECRET


# GIF

XMP_TRAILER = b"\1" + bytes(range(255, -1, -1)) + b"\0"


def sub_blocks(data):
    parts = [data[at : at + 255] for at in range(0, len(data), 255)]
    return b"".join(bytes((len(part),)) + part for part in parts) + b"\0"


def private_blocks(says=Says()):
    return [
        b"\x21\xfe" + sub_blocks(SECRET * 20),
        b"\x21\xff\x0bXMP DataXMP" + xmp_packet(says) + XMP_TRAILER,
        b"\x21\xff\x0bPRIVATE_1.0" + sub_blocks(SECRET),
        b"\x21\x01" + b"\x0c" + bytes(12) + sub_blocks(SECRET),
        b"\x21\x77" + sub_blocks(SECRET),
    ]


def gif(says=Says(), plain=None):
    plain = plain or animation("GIF", "P")
    at = 13 + (3 << ((plain[10] & 7) + 1) if plain[10] & 0x80 else 0)
    blocks = private_blocks(says)
    icc = b"\x21\xff\x0bICCRGBG1012" + sub_blocks(PROFILE)
    before, after = b"".join([*blocks[:2], icc]), b"".join(blocks[2:])
    return plain[:at] + before + plain[at:-1] + after + b";" + SECRET


# ICO


def ico(pictures, gap=b""):
    """An icon of encoded pictures, with a gap before each."""
    head = struct.pack("<HHH", 0, 1, len(pictures))
    body = b"".join(gap + data for data in pictures)
    entries, at = b"", 6 + 16 * len(pictures)
    for data in pictures:
        at += len(gap)
        entries += struct.pack("<BBBBHHII", 37, 23, 0, 0, 1, 32, len(data), at)
        at += len(data)
    return head + entries + body + gap
