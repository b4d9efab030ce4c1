"""The table of plans, built in or of one's own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.dialects import tier_for
from core.model import GB, MB
from core.plans import BUILT_IN, PlansInvalid, load_dialects, load_plans, plan_named

ROW = '[plans.{}]\nlabel = "L"\nprice = "P"\nmax_file = 1\nmax_svg = 1\n'
NEEDED = "".join(ROW.format(name) for name in ("anonymous", "free", "unlimited"))


def test_the_built_in_plans_are_those_of_the_reference():
    plans = load_plans()
    offered = [plan.id for plan in plans.values() if plan.offered]
    assert offered == ["anonymous", "free", "pro", "scale", "max"]
    assert list(plans) == [*offered, "unlimited", "imglink_cc", "imglink_cc_verified"]
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


@pytest.mark.parametrize(
    ("dialect", "plan", "tier", "max_file", "files", "requests"),
    [
        ("imgpro", "free", "standard", 100 * MB, 1, "100/minute;1000/hour"),
        ("imgpro", "anonymous", "standard", 100 * MB, 1, "100/minute;1000/hour"),
        ("imglink_io", "anonymous", "anonymous", 64 * MB, 10, "100/hour"),
        ("imglink_io", "free", "free", 64 * MB, 50, "1000/hour"),
        ("imglink_io", "scale", "pro", 256 * MB, 500, "10000/hour"),
        ("imglink_io", "max", "enterprise", GB, 1_000, None),
        ("imglink_io", "a plan of one's own", "free", 64 * MB, 50, "1000/hour"),
        ("imglink_cc", "anonymous", "anonymous", 25 * MB, 5, None),
        ("imglink_cc", "free", "account", 50 * MB, 15, None),
        ("imglink_cc", "unlimited", "admin", GB, 100, None),
    ],
)
def test_the_built_in_dialects_are_those_of_their_documents(
    dialect, plan, tier, max_file, files, requests
):
    found = tier_for(load_dialects()[dialect], plan)
    assert (found.name, found.max_file, found.files) == (tier, max_file, files)
    assert found.requests == requests


@pytest.mark.parametrize(
    ("plan", "uploads"),
    [
        ("anonymous", "1/30minute"),
        ("imglink_cc", "100/hour"),
        ("pro", "100/hour"),
        ("unlimited", None),
    ],
)
def test_the_rates_of_imglink_cc_are_those_of_its_document(plan, uploads):
    found = tier_for(load_dialects()["imglink_cc"], plan)
    assert (found.uploads, found.address_requests) == (uploads, "500/minute")


def test_accounts_of_imglink_cc_have_more_storage_once_they_are_confirmed():
    plans = load_plans()
    first = plans["imglink_cc"]
    then = plans[first.once_verified]
    assert (first.uploads_month, first.storage, first.offered) == (None, 500 * MB, False)
    assert (then.uploads_month, then.storage, then.offered) == (None, 10 * GB, False)
    assert then.once_verified is None


def test_a_plan_that_a_confirmed_address_brings_must_exist(tmp_path):
    file = tmp_path / "plans.toml"
    file.write_text(NEEDED + ROW.format("own") + 'once_verified = "more"\n')
    with pytest.raises(PlansInvalid, match="these plans must exist: more"):
        load_plans(file)
    file.write_text(file.read_text() + ROW.format("more"))
    assert load_plans(file)["own"].once_verified == "more"


def test_a_file_of_ones_own_replaces_the_dialects_that_it_names(tmp_path):
    file = tmp_path / "plans.toml"
    file.write_text(NEEDED + '[dialects.imgpro.mine]\nplans = ["*"]\nrequests = "5/minute"\n')
    found, built_in = load_dialects(file), load_dialects()
    (mine,) = found["imgpro"]
    assert (mine.name, mine.requests, mine.max_file) == ("mine", "5/minute", None)
    assert found["imglink_io"] == built_in["imglink_io"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[dialects.imgpro.t]\nplans = ["free"]\n', "one of the tiers must have '*'"),
        ('[dialects.imgpro.t]\nplans = ["*"]\nrequests = "often"\n', "like 100/minute;1000/hour"),
        ('[dialects.imgpro.t]\nplans = ["*"]\nfiles = 0\n', "dialects.imgpro.t.files is 0"),
        ('[dialects.imgpro.t]\nplans = ["*"]\nspeed = 1\n', "dialects.imgpro.t.speed"),
        ('[dialects.other.t]\nplans = ["*"]\n', "dialects.other: there is no such dialect"),
    ],
)
def test_a_broken_table_of_dialects_is_told(tmp_path, text, told):
    file = tmp_path / "plans.toml"
    file.write_text(NEEDED + text)
    with pytest.raises(PlansInvalid) as caught:
        load_dialects(file)
    assert str(caught.value).startswith(f"PIXFERRY_PLANS_FILE is '{file}': ")
    assert told in str(caught.value)
