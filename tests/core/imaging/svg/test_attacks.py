"""What runs, fetches or reads files elsewhere is gone from what is stored, or all is refused.

Every vector hides `evil` in the address, script or file that it is after: none may be left.
"""

import io
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
import resvg_py
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core.errors import UnsupportedImage
from core.imaging import svg
from core.imaging.svg.css import UncleanStyleError, clean_sheet
from core.imaging.svg.references import Embedded

HEAD = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
SVG = "{http://www.w3.org/2000/svg}"

VECTORS = [
    "<script>evil()</script>",
    "<script href='data:text/javascript,evil()'/>",
    "<script><![CDATA[evil()]]></script>",
    "<x:script xmlns:x='http://www.w3.org/2000/svg'>evil()</x:script>",
    "<script xmlns='http://www.w3.org/1999/xhtml'>evil()</script>",
    "<SCRIPT>evil()</SCRIPT>",
    "<g onload='evil()'/>",
    "<g OnLoad='evil()'/>",
    "<rect onclick='evil()' onmouseover='evil()' onfocusin='evil()'/>",
    "<animate onbegin='evil()' attributeName='x'/>",
    "<image href='data:image/png;base64,AAAA' onerror='evil()'/>",
    "<a href='javascript:evil()'><rect/></a>",
    "<a xlink:href='javascript:evil()'><rect/></a>",
    "<a href=' java&#x09;script:evil()'><rect/></a>",
    "<a href='&#1;javascript:evil()'><rect/></a>",
    "<a href='JaVaScRiPt:evil()'><rect/></a>",
    "<a href='j&#97;vascript&#58;evil()'><rect/></a>",
    "<a href='data:text/html,&lt;script>evil()&lt;/script>'><rect/></a>",
    "<a href='vbscript:evil()'><rect/></a>",
    "<a href='https://evil/' target='_blank' ping='https://evil/'><rect/></a>",
    "<a xmlns:q='http://www.w3.org/1999/xlink' q:href='javascript:evil()'><rect/></a>",
    "<a><animate attributeName='href' to='javascript:evil()'/></a>",
    "<a><animate attributeName='xlink:href' values='x;javascript:evil()'/></a>",
    "<a><set attributeName=' href ' to='javascript:evil()'/></a>",
    "<a><set attributeName='&#104;ref' to='javascript:evil()'/></a>",
    "<set attributeName='onmouseover' to='evil()'/>",
    "<set attributeName='style' to='fill:url(https://evil/)'/>",
    "<animate attributeName='fill' values='red;url(https://evil/#a)'/>",
    "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'><img src='evil'/></body></foreignObject>",
    "<foreignObject><iframe src='javascript:evil()'/></foreignObject>",
    "<iframe src='https://evil/'/>",
    "<iframe xmlns='http://www.w3.org/1999/xhtml' src='https://evil/'/>",
    "<embed src='https://evil/'/><object data='https://evil/'/><video src='https://evil/'/>",
    "<audio xmlns='http://www.w3.org/1999/xhtml' src='x' onerror='evil()'/>",
    "<handler type='text/ecmascript'>evil()</handler><listener event='load' handler='#evil'/>",
    "<style>@import 'https://evil/';</style>",
    "<style>@import url(https://evil/a.css) screen;</style>",
    "<style>@\\69mport 'https://evil/';</style>",
    "<style>@IMPORT/**/'https://evil/'</style>",
    "<style>rect{fill:url(https://evil/a.svg#b)}</style>",
    "<style>rect{fill:url('//evil/a')}</style>",
    "<style>rect{background:u\\72l(https://evil/)}</style>",
    "<style>rect{background:\\75 rl( 'https://evil/')}</style>",
    "<style>rect{background:URL(/**/https://evil/)}</style>",
    "<style>rect{background:url(\nhttps://evil/\n)}</style>",
    "<style>rect{background:url(https\\3a//evil/)}</style>",
    "<style>rect{content:'\\\n';background:url(https://evil/)}</style>",
    "<style>rect{content:'a\n;background:url(https://evil/)}</style>",
    "<style>rect{background:ur/**/l(x);background:image-set('https://evil/' 1x)}</style>",
    "<style>rect{background:-webkit-image-set(url(https://evil/) 1x)}</style>",
    "<style>rect{background:image('https://evil/')}</style>",
    "<style>rect{background:cross-fade(url(https://evil/),url(#a))}</style>",
    "<style>rect{background:src('https://evil/')}</style>",
    "<style>rect{--a:url(https://evil/);background:var(--a)}</style>",
    "<style>rect{--a:'https://evil/';background:image-set(var(--a) 1x)}",
    "<style>rect{width:expression(evil())}</style>",
    "<style>rect{behavior:url(evil.htc);-moz-binding:url(evil.xml#a)}</style>",
    "<style>@font-face{font-family:a;src:url(https://evil/a.woff)}</style>",
    "<style>@font-face{font-family:a;src:local('x'),url('https://evil/a') format('woff')}</style>",
    "<style>@namespace 'https://evil/';</style>",
    "<style>@charset 'evil';@document url(https://evil/){a{fill:red}}</style>",
    "<style>rect{cursor:url(https://evil/),auto}</style>",
    "<style>&lt;/style>&lt;script>evil()&lt;/script></style>",
    "<style><![CDATA[</style><script>evil()</script>]]></style>",
    "<style><script>evil()</script></style>",
    "<style type='text/evil'>evil</style>",
    "<style>rect{fill:url(data:image/svg+xml;base64,evil)}</style>",
    "<style>@x u;@import 'https://evil/';rl(https://evil/)</style>",
    "<style>rect{fill:u@import x;rl(https://evil/)}</style>",
    "<g style='fill:url(https://evil/)'/>",
    "<g style='fill:\\75rl(https://evil/)'/>",
    "<g style='fill:u&#x72;l(https://evil/)'/>",
    "<g style=\"background:image-set('https://evil/' 1x)\"/>",
    "<g fill='url(https://evil/#a)' stroke='URL( //evil )'/>",
    "<g fill='\\75rl(https://evil/)'/>",
    "<g filter='url(evil.svg#f)' mask='url(file:///evil)' clip-path='url(evil)'/>",
    "<g marker-start='url(https://evil/)' cursor='url(https://evil/),auto'/>",
    "<use href='https://evil/a.svg#b'/>",
    "<use xlink:href='evil.svg#b'/>",
    "<use href='data:image/svg+xml;base64,PHN2Zz4=#evil'/>",
    "<image href='file:///evil.png'/>",
    "<image href='http://evil/tmp/x.png'/>",
    "<image xlink:href='/evil.png'/><image href='evil.png'/><image href='../evil.png'/>",
    "<image href='#/../evil.png'/>",
    "<image href='\\\\evil\\share\\x.png'/>",
    "<image href='data:image/svg+xml,&lt;svg onload=&quot;evil()&quot;/>'/>",
    "<image href='data:image/svg+xml;base64,ZXZpbA=='/>",
    "<image href='data:image/png;base64,ZXZpbA=='/>",
    "<image href='data:image/png,evil'/>",
    "<image src='https://evil/' srcset='https://evil/ 1x'/>",
    "<image xml:base='https://evil/' href='#a'/>",
    "<g xml:base='https://evil/'><use href='#a'/></g>",
    "<feImage href='https://evil/x.png'/><feImage xlink:href='#/evil'/>",
    "<textPath href='https://evil/#a'>x</textPath><tref xlink:href='https://evil/#a'/>",
    "<linearGradient href='https://evil/#a'/><pattern xlink:href='evil.svg#a'/>",
    "<mpath href='https://evil/#a'/><filter href='https://evil/#a'/>",
    "<cursor href='https://evil/'/><color-profile xlink:href='https://evil/'/>",
    "<font-face><font-face-src><font-face-uri href='https://evil/'/></font-face-src></font-face>",
    "<?xml-stylesheet href='https://evil/' type='text/css'?>",
    "<?php evil() ?>",
    "<!-- --><!--[if IE]><script>evil()</script><![endif]-->",
    "<metadata>evil</metadata>",
    "<link xmlns='http://www.w3.org/1999/xhtml' rel='stylesheet' href='https://evil/'/>",
    "<meta xmlns='http://www.w3.org/1999/xhtml' http-equiv='refresh' content='0;url=//evil'/>",
    "<title><script>evil()</script></title>",
    "<desc><img xmlns='http://www.w3.org/1999/xhtml' src='x' onerror='evil()'/></desc>",
    "<g xmlns:xlink='u:other' xlink:href='https://evil/'/>",
    "<g xmlns:on='u:on' on:load='evil()' formaction='evil' data='evil' action='evil'/>",
    "<discard href='evil'/><view id='evil'/><unknown>evil</unknown>",
    "<svg onload='evil()'><svg onunload='evil()'/></svg>",
]
RUNS_OR_LOADS = re.compile(
    r"evil|script|javascript|\son\w+=|foreignobject|iframe|expression|@import|font-face"
    r"|https?:(?!//www\.w3\.org/(2000/svg|1999/xlink)\")|file:|data:(?!image/(png|jpeg|gif|webp);)"
    r"|<[!?]|url\((?!\"?#|&quot;#|data:image/)|xml:base|xlink:(?!href=\"#)",
    re.IGNORECASE,
)


def sanitised(tmp_path, text):
    path = tmp_path / "source"
    path.write_text(text, encoding="utf-8")
    return svg.sanitise(path).data.decode()


@pytest.mark.parametrize("vector", VECTORS)
def test_refused_or_harmless(vector, tmp_path):
    try:
        kept = sanitised(tmp_path, f"<svg {HEAD}><rect id='a' width='9'/>{vector}</svg>")
    except UnsupportedImage:
        return
    assert '<rect id="a" width="9"/>' in kept, "what is harmless stays"
    found = RUNS_OR_LOADS.search(kept.replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', ""))
    assert not found, kept
    for element in ET.fromstring(kept).iter():
        assert element.tag.startswith(SVG)


def test_few_of_them_need_a_refusal(tmp_path):
    """Else the table would pass by refusing everything."""
    refused = 0
    for vector in VECTORS:
        try:
            sanitised(tmp_path, f"<svg {HEAD}>{vector}</svg>")
        except UnsupportedImage:
            refused += 1
    assert refused <= 5


@pytest.mark.parametrize(
    "text",
    [
        f"<?xml-stylesheet href='https://evil/'?><svg {HEAD}/>",
        f"<svg {HEAD} onload='evil()' xml:base='https://evil/'/>",
        f"<svg {HEAD} style='background:url(https://evil/)' xmlns:e='https://evil/'/>",
        f"<!DOCTYPE svg SYSTEM 'https://evil/'><svg {HEAD}/><!--evil-->",
    ],
)
def test_roots_and_prologues(text, tmp_path):
    assert "evil" not in sanitised(tmp_path, text)


def test_a_picture_on_disk_is_not_seen(tmp_path):
    picture = tmp_path / "x.png"
    Image.new("RGB", (50, 50), (255, 0, 255)).save(picture)
    addresses = [
        str(picture),
        picture.as_uri(),
        f"http://evil{picture}",
        f"//evil{picture}",
        f"file:{picture}",
        "x.png",
        "./x.png",
        f"#/..{picture}",
        f"data:image/png;base64,/../..{picture}",
    ]
    images = "".join(
        f"<image href='{address}' width='50' height='50'/>"
        f"<image xlink:href='{address}' width='50' height='50'/>"
        f"<filter id='f{number}'><feImage href='{address}'/></filter>"
        f"<rect width='50' height='50' fill='none' filter='url(#f{number})'/>"
        for number, address in enumerate(addresses)
    )
    drawn = f"<svg {HEAD} width='50' height='50'>{images}</svg>"

    def magenta(text):
        data = resvg_py.svg_to_bytes(svg_string=text, dpi=96, resources_dir=str(tmp_path))
        with Image.open(io.BytesIO(data)) as seen:
            return (np.asarray(seen.convert("RGB")) == (255, 0, 255)).all(axis=2).any()

    assert magenta(drawn), "the file can be read, were it asked for"
    kept = sanitised(tmp_path, drawn)
    assert not magenta(kept)
    assert "x.png" not in kept


@pytest.mark.parametrize(
    ("css", "clean"),
    [
        ("a>b{fill:url(#g) red}", "a>b{fill:url(#g) red}"),
        ("a{fill:url( '#g' )}", "a{fill:url(#g)}"),
        ("a{fill:url('#a b')}", 'a{fill:url("#a b")}'),
        ("a{fill:\\75 rl(#g)}", "a{fill:url(#g)}"),
        ("a{b:url(https://x/) no-repeat}c{}", "a{b:none no-repeat}c{}"),
        ("a{b:url(/*)*/https://x/)}", "a{b:none*/https://x/)}"),
        ("a{b:url(x y) c}", "a{b:none c}"),
        ("a{b:image-set(url(')') 1x, (2)) c}", "a{b:none c}"),
        ("@import 'x';a{}", "/**/a{}"),
        ("@font-face{a:b;src:url(})}c{}", "/**/c{}"),
        ("@media (min-width:3px){a{b:c}}", "@media (min-width:3px){a{b:c}}"),
        ("a/* ' */b", "a/**/b"),
        ("<!--a{}-->", "/**/a{}/**/"),
        ("a{font-family:'B (c)'}", 'a{font-family:"B \\28 c\\29 "}'),
        ("a{font:'it\\'s'}", 'a{font:"it\'s"}'),
        (".a\\:b{}", ".\\61 \\3a b{}"),
        ("#\\31 a{}", "#1a{}"),
        ("a{b:rotate(45deg) translate(1px,2px)}", "a{b:rotate(45deg) translate(1px,2px)}"),
        ("a{b:foo", "a{b:foo"),
    ],
)
def test_sheets(css, clean):
    assert clean_sheet(css, Embedded()) == clean


@pytest.mark.parametrize(
    "css", ["a{b:'c\n}", "a{b:c\\\n}", "a{b:'c\\", '"\n', "</style>", "#url(x)"]
)
def test_sheets_that_readers_read_differently_are_dropped(css):
    with pytest.raises(UncleanStyleError):
        clean_sheet(css, Embedded())


PIECES = st.sampled_from(
    [
        *"abcurl(){}[]\"'\\/*:;@#-<>! \n\t\r0",
        "url(",
        "\\75",
        "\\28 ",
        "/*",
        "*/",
        "'\\",
        "@import ",
        "http://x",
        "src(",
        "image-set(",
        "calc(",
        "#a",
        "u\\72l(",
        "URL(",
        "<!--",
        "-->",
        "\\\n",
    ]
)


@settings(max_examples=1_000, deadline=None, derandomize=True)
@given(st.lists(PIECES, max_size=25).map("".join))
def test_any_sheet_comes_out_clean_and_stays_so(css):
    try:
        clean = clean_sheet(css, Embedded())
    except UncleanStyleError:
        return
    assert not re.search(r"url\((?![\"]?#)|src\(|image-set\(|@\s*import", clean, re.IGNORECASE)
    assert clean_sheet(clean, Embedded()) == clean


def test_embedded_pictures_are_typed_by_content(tmp_path):
    import base64

    data = io.BytesIO()
    Image.new("RGB", (2, 2), (1, 2, 3)).save(data, "GIF")
    letters = base64.b64encode(data.getvalue()).decode()
    spaced = letters[:9] + "\n  %0A" + letters[9:].replace("=", "%3D")
    kept = sanitised(tmp_path, f"<svg {HEAD}><image href='Data:image/JPG;base64,{spaced}'/></svg>")
    assert f'<image href="data:image/gif;base64,{letters}"/>' in kept
