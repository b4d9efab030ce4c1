"""The table of plans, built in or of one's own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.model import GB, MB
from core.plans import BUILT_IN, PlansInvalid, load_plans, plan_named

ROW = '[plans.{}]\nlabel = "L"\nprice = "P"\nmax_file = 1\nmax_svg = 1\n'
NEEDED = "".join(ROW.format(name) for name in ("anonymous", "free", "unlimited"))


def test_the_built_in_plans_are_those_of_the_reference():
    plans = load_plans()
    assert list(plans) == ["anonymous", "free", "pro", "scale", "max", "unlimited"]
    free = plans["free"]
    assert (free.uploads_month, free.storage, free.max_file) == (100, 5 * GB, 70 * MB)
    assert (free.max_svg, free.retention, free.requests_minute) == (10 * MB, None, 6_000)
    anonymous = plans["anonymous"]
    assert (anonymous.max_file, anonymous.retention) == (20 * MB, timedelta(days=30))
    assert plans["unlimited"].uploads_month is plans["unlimited"].storage is None
    assert not plans["unlimited"].offered


@pytest.mark.parametrize(
    ("text", "size"),
    [('"70 MB"', 70 * MB), ('"5 gb"', 5 * GB), ('"1 TB"', 1 << 40), ('"12 B"', 12), ("99", 99)],
)
def test_sizes(tmp_path, text, size):
    file = tmp_path / "plans.toml"
    file.write_text(NEEDED + ROW.format("own") + f"storage = {text}\n")
    assert load_plans(file)["own"].storage == size


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("no toml", "it is no TOML"),
        (NEEDED + "[plans.own]\n", "plans.own.label"),
        (NEEDED + ROW.format("own") + "storage = 0\n", "plans.own.storage is 0"),
        (NEEDED + ROW.format("own") + 'storage = "5 pounds"\n', "plans.own.storage is '5 pounds'"),
        (NEEDED + ROW.format("own") + "uploads_month = -1\n", "plans.own.uploads_month is -1"),
        (NEEDED + ROW.format("own") + "uploads_month = 1.5\n", "plans.own.uploads_month is 1.5"),
        (NEEDED + ROW.format("own") + "colour = 1\n", "plans.own.colour"),
        (ROW.format("own"), "these plans must exist: anonymous, free, unlimited"),
        ("[other]\n", "other"),
        ("\udcff", "it is no TOML"),
    ],
)
def test_a_broken_file_is_told(tmp_path, text, told):
    file = tmp_path / "plans.toml"
    file.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(PlansInvalid) as caught:
        load_plans(file)
    assert str(caught.value).startswith(f"PIXFERRY_PLANS_FILE is '{file}': ")
    assert told in str(caught.value)


def test_a_missing_file_or_a_folder_is_told(tmp_path):
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(PlansInvalid, match="can't be read"):
            load_plans(path)


def test_the_built_in_file_can_be_copied_and_used(tmp_path):
    file = tmp_path / "plans.toml"
    file.write_bytes(BUILT_IN.read_bytes())
    assert load_plans(file) == load_plans()


def test_a_plan_that_is_no_more_counts_as_free():
    plans = load_plans()
    assert plan_named(plans, "pro") is plans["pro"]
    assert plan_named(plans, "gone") is plans["free"]
