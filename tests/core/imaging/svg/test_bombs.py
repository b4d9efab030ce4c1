"""Short files that ask for endless work, and files in disguise, are refused at once."""

import base64
import gzip
import struct
import zlib

import effort
import pytest

from core.errors import UnsupportedImage
from core.imaging import svg

HEAD = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def drawn(content, attributes=""):
    return f"<svg {HEAD} {attributes}>{content}</svg>"


def lines(levels, breadth, content="<rect/>"):
    """`breadth` uses of `breadth` uses of ...: `breadth ** levels` copies of the content."""
    groups = [f'<g id="g0">{content}</g>']
    for level in range(levels):
        uses = f'<use href="#g{level}"/>' * breadth
        groups.append(f'<g id="g{level + 1}">{uses}</g>')
    return "".join(groups)


def patterns(levels, breadth):
    made = ['<pattern id="p0"><rect/></pattern>']
    for level in range(levels):
        rects = f'<rect style="fill:url(#p{level})"/>' * breadth
        made.append(f'<pattern id="p{level + 1}">{rects}</pattern>')
    return "".join(made) + f'<rect fill="url(#p{levels})"/>'


def by_classes(levels, breadth):
    rules = "".join(f".c{level}{{mask:url(#m{level})}}" for level in range(levels + 1))
    made = ['<mask id="m0"><rect/></mask>']
    for level in range(levels):
        rects = f'<rect class="c{level}"/>' * breadth
        made.append(f'<mask id="m{level + 1}">{rects}</mask>')
    return f"<style>{rules}</style>" + "".join(made) + f'<rect class="c{levels}"/>'


def png(width, height):
    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    data += chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    return "data:image/png;base64," + base64.b64encode(data).decode()


def markers(vertices):
    points = "0,0 1,1 " * (vertices // 2)
    marker = '<marker id="m">' + "<rect/>" * 50 + "</marker>"
    return f'{marker}<polyline points="{points}" marker-mid="url(#m)"/>'


def entities(kind):
    if kind == "laughs":
        body = '<!ENTITY a0 "ha">' + "".join(
            f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)
        )
        return f"<!DOCTYPE svg [{body}]>" + drawn("<text>&a9;</text>")
    if kind == "quadratic":
        body = f'<!ENTITY a "{"ha" * 50_000}">'
        return f"<!DOCTYPE svg [{body}]>" + drawn(f"<text>{'&a;' * 50_000}</text>")
    if kind == "parameter":
        body = '<!ENTITY % a SYSTEM "http://127.0.0.1:9/x.dtd"> %a;'
        return f"<!DOCTYPE svg [{body}]>" + drawn("")
    if kind == "illustrator":
        body = '<!ENTITY ns_svg "http://www.w3.org/2000/svg">'
        return f'<!DOCTYPE svg [{body}]><svg xmlns="&ns_svg;"/>'
    if kind == "http":
        body = '<!ENTITY x SYSTEM "http://127.0.0.1:9/x">'
        return f"<!DOCTYPE svg [{body}]>" + drawn("<text>&x;</text>")
    # Undeclared, where an external subset that nobody reads might have declared it.
    return '<!DOCTYPE svg SYSTEM "http://127.0.0.1:9/x.dtd">' + drawn("<text>&x;</text>")


BOMBS = {
    "billion laughs": entities("laughs"),
    "quadratic blow-up": entities("quadratic"),
    "parameter entity": entities("parameter"),
    "http entity": entities("http"),
    "undeclared entity": entities("undeclared"),
    "namespace entity": entities("illustrator"),
    "attribute defaults": f'<!DOCTYPE svg [<!ATTLIST g d CDATA "{"x" * 9999}">]>' + drawn("<g/>"),
    "100,000 nested groups": drawn("<g>" * 100_000 + "</g>" * 100_000),
    "257 nested groups": drawn("<g>" * 256 + "</g>" * 256),
    "a million elements": drawn("<g/>" * 1_000_000),
    "a million foreign elements": drawn("<x:y xmlns:x='u:x'/>" * 1_000_000),
    "20,001 elements": drawn("<g/>" * 20_000),
    "10,000 attributes": drawn("<g " + " ".join(f'a{n}=""' for n in range(10_000)) + "/>"),
    "endless attribute": drawn(f'<path d="{"M0 0" * 2_000_000}"/>'),
    "endless name": drawn(f"<{'g' * 100_000}/>"),
    "use of itself": drawn('<g id="a"><use href="#a"/></g>'),
    "use of each other": drawn(
        '<g id="a"><use href="#b"/></g><g id="b"><use xlink:href="#a"/></g>'
    ),
    "use of the root": drawn('<use href="#r"/>', 'id="r"'),
    "use of what uses it": drawn('<use id="a" href="#a"/>'),
    "mask of itself": drawn('<mask id="a"><g style="mask:url(#a)"/></mask>'),
    "gradients in a loop": drawn(
        '<linearGradient id="a" href="#b"/><linearGradient id="b" href="#a"/>'
    ),
    "use bomb": drawn(lines(9, 10)),
    "use bomb of two each": drawn(lines(40, 2)),
    "use bomb just over": drawn(lines(1, 1_000, "<rect/>" * 100)),
    "chain of 10,000 uses": drawn(
        "".join(f'<g id="g{n}"><use href="#g{n + 1}"/></g>' for n in range(9_000))
        + '<rect id="g9000"/>'
    ),
    "chain of 10,000 uses, end first": drawn(
        '<rect id="g0"/>'
        + "".join(f'<g id="g{n + 1}"><use href="#g{n}"/></g>' for n in range(9_000))
    ),
    "patterns in patterns": drawn(patterns(9, 10)),
    "masks by classes": drawn(by_classes(9, 10)),
    "markers": drawn(markers(100_000)),
    "filter of 1,000 steps": drawn(
        '<filter id="f">' + '<feGaussianBlur stdDeviation="3"/>' * 1_000 + "</filter>"
    ),
    "convolution": drawn('<filter><feConvolveMatrix order="1000"/></filter>'),
    "morphology": drawn('<filter><feMorphology radius="1 1e9"/></filter>'),
    "endless blur": drawn('<filter><feGaussianBlur stdDeviation="1e999"/></filter>'),
    "pattern of 4 TB": drawn('<pattern width="1e6" height="1e6" patternUnits="userSpaceOnUse"/>'),
    "endless text": drawn(f"<text>{'x' * 300_000}</text>"),
    "endless sheet": drawn(f"<style>{'a{fill:red}' * 50_000}</style>"),
    "embedded giant": drawn(f'<image href="{png(50_000, 50_000)}"/>'),
    "embedded giant in a sheet": drawn(f"<style>a{{mask:url({png(50_000, 50_000)})}}</style>"),
    "embedded many": drawn(f'<image href="{png(6_000, 6_000)}"/>' * 3),
    "svgz": gzip.compress(drawn("").encode()),
    "utf-7": '<?xml version="1.0" encoding="UTF-7"?>'
    + drawn("+ADw-script+AD4-alert(1)+ADw-/script+AD4-"),
    "utf-16 in utf-8's clothes": '<?xml version="1.0" encoding="UTF-16"?>' + drawn(""),
    "utf-8 in utf-16's clothes": ('<?xml version="1.0" encoding="UTF-8"?>' + drawn("")).encode(
        "utf-16"
    ),
    "utf-16 in silence": drawn("<script>alert(1)</script>").encode("utf-16-le"),
    "utf-32": drawn("").encode("utf-32"),
    "latin-1": '<?xml version="1.0" encoding="ISO-8859-1"?>' + drawn("<text>é</text>"),
    "ebcdic": ('<?xml version="1.0" encoding="cp037"?>' + drawn("")).encode("cp037"),
    "broken utf-8": drawn("<text>").encode() + b"\xc3(</text>",
    "overlong utf-8": b"\xc0\xbcscript\xc0\xbe" + drawn("").encode(),
    "zero bytes": drawn("<text>\0</text>"),
    "not closed": f"<svg {HEAD}><g>",
    "two roots": drawn("") + drawn(""),
    "empty": "",
    "html": "<!DOCTYPE html><html><body><svg></svg></body></html>",
    "no namespace": "<svg><rect/></svg>",
    "other namespace": '<svg xmlns="http://www.w3.org/1999/xhtml"/>',
    "other root": '<g xmlns="http://www.w3.org/2000/svg"/>',
    "undeclared prefix": f"<svg {HEAD}><x:g/></svg>",
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_refused_at_once(bomb, tmp_path):
    path = tmp_path / "bomb.svg"
    path.write_bytes(bomb if isinstance(bomb, bytes) else bomb.encode())
    with effort.at_most(10), pytest.raises(UnsupportedImage) as refused:
        svg.sanitise(path)
    assert list(refused.value.errors) == ["file"]


def test_an_external_entity_is_refused_and_its_file_unread(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("s3cret")
    path = tmp_path / "bomb.svg"
    doctype = f'<!DOCTYPE svg [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    path.write_text(doctype + drawn("<text>&x;</text>"))
    with pytest.raises(UnsupportedImage) as refused:
        svg.sanitise(path)
    assert "s3cret" not in str(refused.value.errors)


def test_a_document_type_alone_is_fine_and_its_address_unread(tmp_path):
    path = tmp_path / "a.svg"
    dtd = tmp_path / "x.dtd"
    dtd.write_text('<!ENTITY x "s3cret">')
    path.write_text(f'<!DOCTYPE svg SYSTEM "{dtd.as_uri()}">' + drawn("<text>a</text>"))
    assert svg.sanitise(path).data.endswith(b"<text>a</text></svg>")


@pytest.mark.parametrize(
    "content",
    [
        "<g>" * 255 + "</g>" * 255,
        "<g/>" * 19_999,
        lines(4, 10),
        lines(1, 900, "<rect/>" * 100),
        patterns(3, 10),
        markers(1_000),
        f'<image href="{png(5_000, 5_000)}"/>',
        '<a href="#r"><rect/></a><g id="r"><animate href="#r" attributeName="x"/></g>',
    ],
    ids=["deep", "many", "uses", "wide uses", "patterns", "markers", "embedded", "links back"],
)
def test_just_below_the_limits_passes(content, tmp_path):
    path = tmp_path / "a.svg"
    path.write_text(drawn(content, 'id="r"' if "#r" in content and "<a " not in content else ""))
    assert svg.sanitise(path).data.startswith(b"<svg")


def test_octaves_are_cut(tmp_path):
    path = tmp_path / "a.svg"
    path.write_text(drawn('<filter><feTurbulence numOctaves="100000"/></filter>'))
    assert b'numOctaves="10"' in svg.sanitise(path).data


SLOW = {
    "blanks in url": "<style>a{b:url(" + " " * 500_000 + '"</style>',
    "blanks in a value": '<g fill="url(' + " " * 500_000 + 'x y"/>',
    "braces": "<style>" + "{" * 250_000 + "</style>",
    "no braces": "<style>" + "a " * 130_000 + "</style>",
    "functions in functions": "<style>" + 'foo(url("a" ' * 20_000 + "</style>",
    "comments": "<style>" + "/*" * 100_000 + "</style>",
    "rules for every element": "<style>" + "*{fill:url(#a)}" * 15_000 + "</style>"
    "<path id='a'/>" + "<g/>" * 19_000,
    "escaped picture": '<image href="data:image/png;base64,' + "%41" * 1_000_000 + '"/>',
}


@pytest.mark.parametrize("content", SLOW.values(), ids=SLOW.keys())
def test_what_makes_careless_patterns_slow_is_read_quickly(content, tmp_path):
    path = tmp_path / "a.svg"
    path.write_text(drawn(content))
    with effort.at_most(10):
        svg.sanitise(path)
