import json
import struct

import pytest

from core.imaging.metadata import sidecar
from core.imaging.metadata.edits import Edit, Restoration
from core.imaging.metadata.sidecar import Piece


@pytest.fixture
def written(tmp_path):
    """A sidecar of the blob `abXYgh`, made of `ab123cdgh` where `XY` took the place of `123cd`."""
    original = tmp_path / "original"
    original.write_bytes(b"ab123cdgh")
    target = tmp_path / "sidecar"
    sidecar.write(target, original, 6, [Restoration(2, 4, 2, 7)], [Edit(2, 4), Edit(6, 6, b"!")])
    return target.read_bytes()


def sent(pieces, blob, written):
    files = {"blob": blob, "sidecar": written}
    return b"".join(files[piece.source][piece.start : piece.end] for piece in pieces)


def test_both_variants_are_made_of_the_blob_and_the_sidecar(written):
    keep = sidecar.read_recipe(written, "keep", 6)
    assert sent(keep, b"abXYgh", written) == b"ab123cdgh"
    assert sidecar.total_size(keep) == 9
    none = sidecar.read_recipe(written, "none", 6)
    assert sent(none, b"abXYgh", written) == b"abgh!"


def test_pieces_come_in_order_and_none_is_empty(written):
    head = sidecar.head_size(written)
    assert sidecar.read_recipe(written, "keep", 6) == (
        Piece("blob", 0, 2),
        Piece("sidecar", head, head + 5),
        Piece("blob", 4, 6),
    )


def test_the_head_alone_is_enough(written):
    head = written[: sidecar.head_size(written)]
    assert len(head) < len(written)
    assert sidecar.read_recipe(head, "keep", 6) == sidecar.read_recipe(written, "keep", 6)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (0, 9, b"ab123cdgh"),
        (1, 4, b"b12"),
        (3, 5, b"23"),
        (7, 99, b"gh"),
        (4, 4, b""),
        (9, 10, b""),
    ],
)
def test_a_range_is_cut_out(written, start, end, expected):
    pieces = sidecar.cut(sidecar.read_recipe(written, "keep", 6), start, end)
    assert sent(pieces, b"abXYgh", written) == expected


def with_header(header):
    data = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack(">4sI", b"PXS1", len(data)) + data


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"PXS1",
        b"ZZZZ\0\0\0\2{}",
        b"PXS1\0\0\0\2{",
        with_header(b"\xff\xfe"),
        with_header([]),
        with_header({}),
        with_header({"blob": 6, "keep": [[1, 2]]}),
        with_header({"blob": 6, "keep": [[4, 2, 0, 0]]}),
        with_header({"blob": 6, "keep": [[0, 7, 0, 0]]}),
        with_header({"blob": 6, "keep": [[3, 4, 0, 0], [2, 5, 0, 0]]}),
        with_header({"blob": 6, "keep": [[0, 0, -5, 5]]}),
        with_header({"blob": 6, "keep": None}),
        with_header({"blob": 5, "keep": []}),
    ],
)
def test_a_damaged_or_foreign_sidecar_is_a_value_error(damaged):
    with pytest.raises(ValueError):
        sidecar.read_recipe(damaged, "keep", 6)
