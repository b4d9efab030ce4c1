import random

import pytest

from core.errors import UnsupportedImage
from core.imaging.metadata import edits
from core.imaging.metadata.edits import Draft, Edit, Restoration, apply, invert, mapped


def applied(tmp_path, data, changes):
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(data)
    apply(changes, source, target)
    return target.read_bytes()


def test_edits_drop_insert_and_replace(tmp_path):
    changes = [Edit(0, 1), Edit(3, 3, b"xyz"), Edit(5, 7, b"-")]
    assert applied(tmp_path, b"0123456789", changes) == b"12xyz34-789"


def test_files_larger_than_a_chunk_are_copied_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(edits, "CHUNK", 7)
    data = random.Random(1).randbytes(100)
    assert applied(tmp_path, data, [Edit(50, 51, b"--")]) == data[:50] + b"--" + data[51:]


def test_an_edit_past_the_end_is_an_error_not_a_short_file(tmp_path):
    with pytest.raises(EOFError):
        applied(tmp_path, b"0123", [Edit(9, 9, b"x")])


def test_the_inverse_names_where_the_original_has_the_bytes(tmp_path):
    changes = [Edit(0, 4), Edit(6, 6, b"new"), Edit(8, 9, b"ab")]
    assert invert(changes) == [
        Restoration(0, 0, 0, 4),
        Restoration(2, 5, 6, 6),
        Restoration(7, 9, 8, 9),
    ]


def test_a_draft_joins_neighbours_and_forgets_what_changes_nothing():
    draft = Draft()
    draft.drop(2, 4)
    draft.drop(4, 5)
    draft.replace(7, 8, b"7")
    draft.insert(4, b"")
    assert draft.growth == -3
    assert draft.finish(b"0123456789") == [Edit(2, 5)]


def test_an_insertion_may_come_late_and_between_a_replaced_and_a_dropped_part():
    draft = Draft()
    draft.replace(0, 2, b"A")
    draft.drop(2, 5)
    draft.insert(2, b"B")
    assert draft.finish(b"0123456789") == [Edit(0, 5, b"AB")]


def test_changing_a_file_in_too_many_places_is_refused():
    draft = Draft()
    with pytest.raises(UnsupportedImage):
        for at in range(0, 2 * edits.MAX_EDITS + 2, 2):
            draft.drop(at, at + 1)


def test_an_empty_file_is_refused(tmp_path):
    (tmp_path / "empty").touch()
    with pytest.raises(UnsupportedImage), mapped(tmp_path / "empty"):
        pass
