import base64
import io

import numpy as np
import pytest
from PIL import Image

from core.errors import UnsupportedImage
from core.imaging.svg import raster

NAMESPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def svg(body, attributes='width="200" height="100"'):
    return f"<svg {NAMESPACES} {attributes}>{body}</svg>".encode()


RED = svg('<rect width="200" height="100" fill="#ff0000"/>')


def share(picture, test):
    pixels = np.asarray(picture.convert("RGBA"), int)
    return test(np.moveaxis(pixels, -1, 0)).mean()


def is_red(bands):
    red, green, blue, alpha = bands
    return (red > 200) & (green < 60) & (blue < 60) & (alpha > 200)


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('width="200" height="100"', (200, 100)),
        ('width="50.8mm" height="25.4mm"', (192, 96)),
        ('viewBox="0 0 40 30"', (40, 30)),
        ('viewBox="0 0 40 30" width="400"', (400, 300)),
        ('width="8000" height="4000"', (2560, 1280)),
        ('width="100%" height="100%"', (300, 150)),
    ],
)
def test_it_is_drawn_at_its_own_size_up_to_2560(rendered, attributes, size):
    data = svg('<rect width="9999" height="9999" fill="#ff0000"/>', attributes)
    made = rendered(data, "svg", format="png")
    assert made.picture.size == size
    assert share(made.picture, is_red) == 1


@pytest.mark.parametrize(
    ("query", "size"),
    [
        ({"size": "s"}, (200, 100)),
        ({"w": 1000}, (1000, 500)),
        ({"w": 4096}, (4096, 2048)),
        ({"w": 50, "h": 50}, (50, 50)),
        ({"w": 50, "h": 50, "fit": "fill"}, (50, 50)),
        ({"w": 333}, (333, 166)),
        ({"size": "s", "rotate": 90}, (100, 200)),
    ],
)
def test_dimensions_are_exact(rendered, query, size):
    made = rendered(RED, "svg", **query).picture
    assert made.size == size
    assert share(made, is_red) == 1


def test_an_enlarged_drawing_is_drawn_and_not_blown_up(rendered):
    data = svg('<rect x="50" width="50" height="100" fill="#ff0000"/>')
    row = np.asarray(rendered(data, "svg", w=2000).picture)[500, :, 3]
    assert set(row[:500]) == {0}
    assert set(row[500:1000]) == {255}


def test_what_is_not_drawn_is_transparent_and_white_in_jpeg(rendered):
    data = svg('<circle cx="100" cy="50" r="30" fill="#ff0000"/>')
    assert rendered(data, "svg", size="s").picture.getpixel((2, 2))[3] == 0
    jpeg = rendered(data, "svg", format="jpg").picture
    assert jpeg.getpixel((2, 2)) == pytest.approx((255, 255, 255), abs=3)
    assert rendered(data, "svg", background="#00f").picture.getpixel((2, 2)) == (0, 0, 255)


@pytest.mark.parametrize("family", ["sans-serif", "serif", "monospace", "No Such Font", "cursive"])
@pytest.mark.parametrize("text", ["Grüße", "Привет", "Ωμέγα", "→ ★ €"])
def test_text_is_drawn_in_a_font_of_ours(rendered, family, text):
    data = svg(f'<text x="5" y="60" font-size="40" font-family="{family}">{text}</text>')
    ink = np.asarray(rendered(data, "svg", size="s").picture)[..., 3] > 100
    assert 0.03 < ink.mean() < 0.5
    assert ink.any(axis=0).sum() > 60


def test_the_font_comes_with_its_licence():
    assert "Bitstream Vera" in raster.FONT.with_suffix(".LICENSE.txt").read_text()


@pytest.mark.parametrize(
    "reference",
    ["{path}", "file://{path}", "{name}", "./{name}", "../{name}", "http://127.0.0.1:9/{name}"],
)
@pytest.mark.parametrize(
    "element",
    [
        '<image xlink:href="{0}" width="200" height="100"/>',
        '<image href="{0}" width="200" height="100"/>',
        '<filter id="f"><feImage href="{0}"/></filter><rect width="200" height="100" filter="url(#f)"/>',
        '<pattern id="p" width="1" height="1"><image href="{0}" width="200" height="100"/></pattern><rect width="200" height="100" fill="url(#p)"/>',
        '<style>rect {{ fill: url({0}) }}</style><rect width="200" height="100"/>',
    ],
)
def test_no_picture_on_disk_is_seen(rendered, tmp_path, monkeypatch, element, reference):
    """Nor the stored file's neighbours: what is not in the file is not drawn."""
    secret = tmp_path / "secret.png"
    Image.new("RGB", (200, 100), (255, 0, 0)).save(secret)
    (tmp_path / "work").mkdir(exist_ok=True)
    Image.new("RGB", (200, 100), (255, 0, 0)).save(tmp_path / "work" / "secret.png")
    monkeypatch.chdir(tmp_path)
    address = reference.format(path=secret, name=secret.name)
    made = rendered(svg(element.format(address)), "svg", size="s")
    assert share(made.picture, is_red) == 0


def test_a_picture_within_the_file_is_seen(rendered):
    buffer = io.BytesIO()
    Image.new("RGB", (20, 10), (255, 0, 0)).save(buffer, "PNG")
    inside = "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
    made = rendered(svg(f'<image href="{inside}" width="200" height="100"/>'), "svg", size="s")
    assert share(made.picture, is_red) > 0.9


def test_as_many_nested_groups_as_are_stored_are_drawn(rendered):
    groups = 253
    body = "<g>" * groups + '<rect width="200" height="100" fill="#ff0000"/>' + "</g>" * groups
    assert share(rendered(svg(body), "svg", size="s").picture, is_red) == 1


@pytest.mark.parametrize(
    "data",
    [
        svg("<g>" * 400 + "</g>" * 400),
        b"<svg",
        b"<svg xmlns='http://www.w3.org/2000/svg'><use href='#a'/><g id='a'><use href='#a'/></g></svg>",
    ],
)
def test_what_could_never_be_stored_is_not_drawn_either(rendered, data):
    with pytest.raises(UnsupportedImage):
        rendered(data, "svg", size="s")
