"""What every ReportBook must do."""

from __future__ import annotations

import pytest
from rows import NOW, later

from core.adapters.db.reports import SqlReportBook


@pytest.fixture
def book(databases):
    return SqlReportBook(databases[0])


async def test_reports_are_listed_oldest_first_until_they_are_closed(book):
    first = await book.add("a", "spam", "Buy!", "x", NOW)
    second = await book.add("b", "other", None, "x", later(minutes=1))
    found = await book.list(closed=False, limit=10)
    assert [
        (each.id, each.media_id, each.reason, each.comment, each.created_at, each.closed_at)
        for each in found
    ] == [
        (first, "a", "spam", "Buy!", NOW, None),
        (second, "b", "other", None, later(minutes=1), None),
    ]
    assert await book.close(first, later(hours=1))
    assert [each.id for each in await book.list(closed=False, limit=10)] == [second]
    everything = await book.list(closed=True, limit=10)
    assert [(each.id, each.closed_at) for each in everything] == [
        (first, later(hours=1)),
        (second, None),
    ]
    assert [each.id for each in await book.list(closed=True, limit=1)] == [second]


async def test_a_reporter_has_one_open_report_of_an_image(book):
    first = await book.add("a", "spam", None, "x", NOW)
    assert await book.add("a", "other", None, "x", NOW) is None
    assert await book.add("a", "spam", None, "y", NOW)
    assert await book.add("b", "spam", None, "x", NOW)
    await book.close(first, NOW)
    assert await book.add("a", "spam", None, "x", NOW)


async def test_what_is_not_open_is_not_closed(book):
    made = await book.add("a", "spam", None, "x", NOW)
    assert await book.close(made, NOW)
    assert not await book.close(made, NOW)
    for unknown in (0, -1, made + 1, 2**63 - 1, 2**63, 2**200):
        assert not await book.close(unknown, NOW)
