"""Placeholders are read once, and only the known ones are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.placeholders import EXPANDED_MAX, PLACEHOLDERS, check_template, expand

PIECES = some.sampled_from([*"{} ab", "{caption}", "{{", "}}", "{x}", "{views}"])
TEXTS = some.lists(PIECES, max_size=12).map("".join)


@pytest.mark.parametrize("name", PLACEHOLDERS)
def test_each_is_filled_in(name):
    assert expand(check_template(f"<{{{name}}}>"), {name: "value"}) == "<value>"


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        ("", None),
        (" \n ", None),
        ("{album}", None),
        ("plain", "plain"),
        ("{{caption}}", "{caption}"),
        ("{{{caption}}}", "{C}"),
        ("{{{{caption}}}}", "{{caption}}"),
        ("a { b", "a { b"),
        ("a } b", "a } b"),
        (":-{", ":-{"),
        ("{caption}{caption}", "CC"),
        ("  {caption}\n", "C"),
    ],
)
def test_braces(template, shown):
    assert expand(check_template(template), {"caption": "C"}) == shown


@pytest.mark.parametrize("template", ["{}", "{nope}", "{ caption}", "{a b}", "{{{nope}}}", "{\n}"])
def test_unknown_ones_are_refused_by_name(template):
    with pytest.raises(ValueError, match=r"(?s)There is no placeholder .*\{caption\}"):
        check_template(template)


@given(some.lists(some.sampled_from(["{caption}", "-"]), min_size=1, max_size=8), TEXTS)
def test_what_is_filled_in_is_never_read_again(parts, caption):
    shown = "".join(caption if part == "{caption}" else part for part in parts)
    values = {"caption": caption, "views": "WRONG", "x": "WRONG"}
    assert (expand("".join(parts), values) or "") == shown.strip()


def test_a_text_has_an_end_however_often_the_longest_caption_stands_in_it():
    assert len(expand("{caption}" * 200, {"caption": "x" * 2_000})) == EXPANDED_MAX
