"""Numbers, times and people's texts in words."""

from __future__ import annotations

import doctest
from datetime import timedelta

import pytest

from core import words


def test_the_examples_in_the_docstrings_hold():
    result = doctest.testmod(words)
    assert result.attempted > 5
    assert result.failed == 0


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (1023, "1023 bytes"),
        (1024, "1 KB"),
        (20 << 20, "20 MB"),
        ((20 << 20) - 1, "19.9 MB"),
        (5 << 40, "5 TB"),
        (1_500 << 30, "1.4 TB"),
    ],
)
def test_a_size_is_never_shown_as_more_than_it_is(count, text):
    assert words.size(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (59, "less than a minute"),
        (60, "1 minute"),
        (3_599, "59 minutes"),
        (3_600, "1 hour"),
        (7_199, "119 minutes"),
        (86_400, "1 day"),
        (172_799, "47 hours"),
        (30 * 86_400, "30 days"),
    ],
)
def test_spans_are_rounded_down(seconds, text):
    assert words.span(timedelta(seconds=seconds)) == text


def test_a_long_line_ends_in_an_ellipsis():
    assert words.line("x" * 300, 10) == "xxxxxxxxx…"
    assert words.line("x" * 10, 10) == "x" * 10


def test_emoji_and_marks_within_words_stay():
    for text in ("👩‍👩‍👧‍👦", "می‌خواهم", "é"):
        assert words.line(text) == text


def test_lines_keep_their_breaks_and_lose_control_characters():
    assert words.lines("a\r\nb\rc\n\td\x00\x1b[0m\x7f") == "a\nb\nc\n\td[0m"
