import effort
import marked_pictures as made
import pytest
from hypothesis import given
from hypothesis import strategies as st
from marked_pictures import Says

from core.imaging.metadata import xmp


def packet(inside, attributes="", before=""):
    return (
        f'{before}<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<r:Description xmlns:d="http://purl.org/dc/elements/1.1/" {attributes}>{inside}'
        "</r:Description></r:RDF></x:xmpmeta>"
    ).encode()


def test_rights_are_read_of_a_camera_s_packet():
    assert xmp.read(made.xmp_packet()) == (("x-default", made.RIGHTS),)


def test_every_language_is_kept_whatever_the_prefixes():
    inside = '<d:rights><r:Alt><r:li xml:lang="x-default">A</r:li><r:li xml:lang="de-AT">B</r:li></r:Alt></d:rights>'
    assert xmp.read(packet(inside)) == (("x-default", "A"), ("de-AT", "B"))


@pytest.mark.parametrize(
    ("inside", "attributes"), [("<d:rights> mine </d:rights>", ""), ("", 'd:rights="mine"')]
)
def test_simple_forms_are_read(inside, attributes):
    assert xmp.read(packet(inside, attributes)) == (("x-default", "mine"),)


def test_a_packet_without_rights_has_none():
    assert xmp.read(made.xmp_packet(Says(rights=""))) == ()
    assert xmp.build(()) == b""


TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn"), exclude_characters="\ufffe\uffff"), min_size=1, max_size=40
).map(str.strip).filter(bool)  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(["x-default", "de", "en-GB"]), TEXT), max_size=5))
def test_any_rights_survive_being_built_and_read(rights):
    assert xmp.read(xmp.build(tuple(rights))) == tuple(rights)


def test_line_breaks_survive():
    rights = (("x-default", "one\r\ntwo\nthree\rfour"),)
    assert xmp.read(xmp.build(rights)) == rights


def test_a_strange_language_becomes_the_default():
    inside = '<d:rights><r:Alt><r:li xml:lang="&quot;&gt;&lt;evil">A</r:li></r:Alt></d:rights>'
    assert xmp.read(packet(inside)) == (("x-default", "A"),)


def test_long_texts_are_cut_to_what_fits_a_jpeg_segment():
    items = "".join(f"<r:li>{'&amp;' * 900}</r:li>" for _ in range(30))
    rights = xmp.read(packet(f"<d:rights><r:Alt>{items}</r:Alt></d:rights>"))
    assert sum(len(text) for _, text in rights) == xmp.MAX_TEXT
    assert len(xmp.build(rights)) < 65_000


def test_entities_are_forbidden_though_the_rights_use_none():
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    rights = "<d:rights>mine</d:rights>"
    assert xmp.read(packet(rights, before=bomb)) == ()
    external = '<!DOCTYPE x SYSTEM "file:///etc/passwd">'
    assert xmp.read(packet(rights, before=external)) == ()


@pytest.mark.parametrize(
    "hostile",
    [
        b"",
        b"\0" * 100,
        b"<",
        packet("<d:rights>a</d:wrong>"),
        packet("<d:rights>&unknown;</d:rights>"),
        b"<?xml version='1.0' encoding='utf-7'?><a/>",
        b"<?xml version='1.0' encoding='no-such'?><a/>",
        packet("<d:rights>\xff</d:rights>").decode().encode("latin-1"),
        b"<a>" * 1_000_000,
        b"<a>" + b"<a/>" * 1_000_000,
        b"<a " + b" ".join(b'a%d="1"' % n for n in range(200_000)) + b"/>",
        b" " * (xmp.MAX_PACKET + 1),
    ],
    ids=range(12),
)
def test_hostile_packets_say_nothing_quickly(hostile):
    with effort.at_most(4):
        assert xmp.read(hostile) == ()


@given(st.binary(max_size=100), st.integers(0, 900))
def test_mutated_packets_never_raise(junk, at):
    data = made.xmp_packet()
    xmp.read(data[:at] + junk + data[at + len(junk) :])
