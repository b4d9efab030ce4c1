"""The guide for those who come from imglink.io says what is true."""

from __future__ import annotations

import re

import pictures
import pytest
from example_programs import shell
from servers import ROOT

from api.compat.imglinkio.dialect import IMGLINKIO
from api.compat.openapi import document
from core.plans import load_dialects

pytestmark = pytest.mark.any_backing

GUIDE = (ROOT / "docs" / "compat" / "imglink-io.md").read_text("utf-8")


def test_its_command(compat, base, tmp_path):
    (tmp_path / "photo.jpg").write_bytes(pictures.jpeg())
    (tmp_path / "drawing.png").write_bytes(pictures.png())
    headers = compat.new_key("guide@example.org")
    command = GUIDE.partition("```sh\n")[2].partition("```")[0]
    command = command.replace("https://YOUR-SERVER/compat/imglink.io", base)
    token = headers["Authorization"].removeprefix("Bearer ")
    (made,) = shell(command.replace("YOUR_API_KEY", token), tmp_path)
    assert [one["format"] for one in made["data"]] == ["JPEG", "PNG"]
    (album,) = compat.get("/v1/albums", headers=headers).json()["data"]
    assert (album["title"], album["media_count"]) == ("my-project", 2)


def test_every_code_with_its_status():
    rows = re.findall(r"^\| ([\d, ]+) \| (`[A-Z`, _]+) \|", GUIDE, re.MULTILINE)
    told = {
        (status, code)
        for statuses, codes in rows
        for code in re.findall(r"[A-Z_]+", codes)
        for status in statuses.split(", ")
    }
    answers = [
        (status, example["value"]["error"]["code"])
        for methods in document(IMGLINKIO, "")["paths"].values()
        for operation in methods.values()
        for status, answer in operation["responses"].items()
        for example in answer["content"]["application/json"].get("examples", {}).values()
    ]
    assert len(set(answers)) > 10
    assert set(answers) <= told


def test_limits_of_every_tier():
    rows = re.findall(r"^\| (.+) \| .+ \| (\d+) (MB|GB) \| ([\d,]+) \|$", GUIDE, re.MULTILINE)
    units = {"MB": 1 << 20, "GB": 1 << 30}
    told = [(int(size) * units[unit], int(files.replace(",", ""))) for _, size, unit, files in rows]
    assert told == [(tier.max_file, tier.files) for tier in load_dialects()["imglink_io"]]
