"""ICO: its PNG pictures are stripped as PNG files are, and bytes that no entry points to go.

Source: the ICONDIR and ICONDIRENTRY structures of the Windows SDK. Bitmap pictures hold no
metadata. Where pictures overlap, or an entry names a picture twice, the file is left as it is:
no tool writes that, and moving what is shared is not worth the risk.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from core.imaging.metadata import png
from core.imaging.metadata.edits import Draft, Edit, Source, broken

_HEAD = 6
_ENTRY = 16
_SIZE_AT = 8
_MAX_PICTURES = 1_000


@dataclass(frozen=True, slots=True)
class _Picture:
    """Bytes [start, end) of the file, announced by the directory's entry at `entry`."""

    start: int
    end: int
    entry: int


def strip(file: Source, *, rights: bool) -> list[Edit]:
    """Edits that strip the PNG pictures, and mend the directory's sizes and offsets.

    Raises:
        UnsupportedImage: the directory points outside the file, or a PNG picture can't be walked.
    """
    pictures = _pictures(file)
    draft = Draft()
    position = _HEAD + _ENTRY * len(pictures)
    shift = 0
    for picture in sorted(pictures, key=lambda picture: picture.start):
        if picture.start < position:
            return []
        draft.drop(position, picture.start)
        shift -= picture.start - position
        data = file[picture.start : picture.end]
        inner = png.strip(data, rights=rights) if data.startswith(png.SIGNATURE) else []
        growth = 0
        for edit in inner:
            draft.replace(picture.start + edit.start, picture.start + edit.end, edit.data)
            growth += len(edit.data) - (edit.end - edit.start)
        draft.replace(
            picture.entry + _SIZE_AT,
            picture.entry + _ENTRY,
            struct.pack("<II", len(data) + growth, picture.start + shift),
        )
        shift += growth
        position = picture.end
    draft.drop(position, len(file))
    return draft.finish(file)


def _pictures(file: Source) -> list[_Picture]:
    head = file[:_HEAD]
    if len(head) != _HEAD or head[:4] != b"\0\0\1\0":
        raise broken("The file is not an ICO.")
    (count,) = struct.unpack_from("<H", head, 4)
    if not 0 < count <= _MAX_PICTURES or _HEAD + count * _ENTRY > len(file):
        raise broken("The ICO is truncated or damaged: its directory does not fit.")
    pictures = []
    for entry in range(_HEAD, _HEAD + count * _ENTRY, _ENTRY):
        size, offset = struct.unpack("<II", file[entry + _SIZE_AT : entry + _ENTRY])
        if offset + size > len(file):
            raise broken("The ICO is truncated or damaged: a picture lies outside of it.")
        pictures.append(_Picture(offset, offset + size, entry))
    return pictures
