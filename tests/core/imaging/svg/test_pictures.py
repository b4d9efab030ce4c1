"""Pictures as editors write them look the same afterwards, and their sizes are as browsers say."""

import io
import re
from pathlib import Path

import numpy as np
import pytest
import resvg_py
from PIL import Image

from core.imaging import svg
from core.model import ImageLimits

PICTURES = sorted(Path(__file__).with_name("pictures").glob("*.svg"))
NS = 'xmlns="http://www.w3.org/2000/svg"'


def rendered(text):
    data = resvg_py.svg_to_bytes(svg_string=text, dpi=96, width=400, background="#ffffff")
    with Image.open(io.BytesIO(data)) as picture:
        return np.asarray(picture.convert("RGB")).astype(int)


def sanitised(tmp_path, text, limits=None):
    path = tmp_path / "source"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return svg.sanitise(path, limits)


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.stem)
def test_looks_the_same(path):
    before = rendered(path.read_text(encoding="utf-8"))
    after = rendered(svg.sanitise(path).data.decode())
    assert np.ptp(before) > 100, "the picture shows nothing that could change"
    assert before.shape == after.shape
    assert np.abs(before - after).max() <= 2


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.stem)
def test_sanitising_again_changes_nothing(path, tmp_path):
    once = svg.sanitise(path)
    assert svg.sanitise(path) == once
    assert sanitised(tmp_path, once.data) == once


def test_keeps_what_a_ready_sanitiser_lost(tmp_path):
    text = next(path for path in PICTURES if path.stem == "text").read_text(encoding="utf-8")
    kept = sanitised(tmp_path, text).data.decode()
    assert '<textPath xlink:href="#curve" startOffset="10%">text along a curved path' in kept
    assert 'xml:space="preserve">two  spaces   kept 日本 é<' in kept
    assert '</tspan> &amp; <tspan font-style="italic"' in kept


def test_editors_own_data_is_gone(tmp_path):
    for path in PICTURES:
        kept = svg.sanitise(path).data.decode()
        assert not re.search("inkscape:|sodipodi|rdf|adobe|<!--|<!DOCTYPE|<\\?|metadata", kept)


def test_animation_stays(tmp_path):
    path = next(path for path in PICTURES if path.stem == "animated_switch")
    kept = svg.sanitise(path).data.decode()
    assert '<animate attributeName="x" from="80" to="90" dur="2s"' in kept
    assert "<animateTransform" in kept


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_that_say_so_are_read(encoding, tmp_path):
    text = f"<svg {NS}><title>日本 é</title></svg>"
    assert "日本 é" in sanitised(tmp_path, text.encode(encoding)).data.decode()


def test_utf_16_by_declaration_alone_is_read(tmp_path):
    text = f'<?xml version="1.0" encoding="UTF-16LE"?><svg {NS}><title>é</title></svg>'
    assert "é" in sanitised(tmp_path, text.encode("utf-16-le")).data.decode()


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('width="120" height="80"', (120, 80)),
        ('width="120px" height=" 80 "', (120, 80)),
        ('width="1in" height="2.54cm"', (96, 96)),
        ('width="25.4mm" height="72pt"', (96, 96)),
        ('width="6pc" height="101.6Q"', (96, 96)),
        ('width="2em" height="1e2"', (32, 100)),
        ('viewBox="0 0 64 48"', (64, 48)),
        ('viewBox="-5,-5, 64.4 47.6" width="100%" height="100%"', (64, 48)),
        ('viewBox="0 0 200 100" width="50"', (50, 25)),
        ('viewBox="0 0 200 100" height="50"', (100, 50)),
        ("", (300, 150)),
        ('width="50"', (50, 150)),
        ('width="0" height="-3"', (300, 150)),
        ('width="calc(1px + 2px)" height="red" viewBox="0 0 7 9"', (7, 9)),
        ('width="0.2" height="0.3"', (1, 1)),
        ('viewBox="0 0 0 10"', (300, 150)),
        ('viewBox="0 0 nan inf"', (300, 150)),
        ('width="16384" height="4096"', (8192, 2048)),
        ('width="1e9" height="1e9"', (6928, 6928)),
        ('width="1e400" height="10"', (300, 10)),
        ('viewBox="0 0 1e11 1"', (8192, 1)),
        # A height of 1e18 is held to what is sane before it is scaled.
        ('viewBox="0 0 1e-6 1" width="1e12"', (6928, 6928)),
    ],
)
def test_size(attributes, size, tmp_path):
    result = sanitised(tmp_path, f"<svg {NS} {attributes}><rect width='9' height='9'/></svg>")
    assert (result.width, result.height) == size


def test_a_huge_canvas_is_scaled_in_the_file_too(tmp_path):
    drawn = f'<svg {NS} width="20000" height="10000"><rect width="10000" height="10000"/></svg>'
    result = sanitised(tmp_path, drawn)
    assert (result.width, result.height) == (8192, 4096)
    assert b'width="8192" height="4096" viewBox="0 0 20000 10000"' in result.data
    pixels = rendered(result.data.decode())
    assert pixels[:, :199].max() == 0
    assert pixels[:, 201:].min() == 255


def test_limits_are_the_callers(tmp_path):
    result = sanitised(
        tmp_path, f'<svg {NS} width="400" height="100"/>', ImageLimits(store_side=200)
    )
    assert (result.width, result.height) == (200, 50)


def test_zero_sides_are_taken_out(tmp_path):
    result = sanitised(tmp_path, f'<svg {NS} width="0" height="9"/>')
    assert (result.width, result.height) == (300, 9)
    assert b'"0"' not in result.data
