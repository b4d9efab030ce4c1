import json
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.imaging.transforms.recipe import Recipe
from core.imaging.transforms.table import PARAMETERS

NUMBERS = ("brightness", "contrast", "gamma", "saturation", "sharp")


def read(**query):
    return Recipe.read(query.items())


def key(query):
    return Recipe.read(parse_qsl(query, keep_blank_values=True)).key


def refused(query):
    with pytest.raises(InvalidInput) as refusal:
        key(query)
    return refusal.value.errors


@pytest.mark.parametrize(
    ("query", "spelled"),
    [
        ("", ""),
        ("utm_source=x&sig=y&tags=1", ""),
        ("brightness=1&contrast=1.0&gamma=0&saturation=1.00&blur=0&sharp=0.0", ""),
        ("gamma=1", ""),
        ("brightness=1.004", ""),
        ("brightness=1.005", "brightness=1.01"),
        ("brightness=010", "brightness=10"),
        ("brightness=2.50&blur=007", "blur=7&brightness=2.5"),
        ("size=s&format=jpeg", "format=jpg&size=s"),
        ("format=jpg&size=s", "format=jpg&size=s"),
        ("rotate=45", ""),
        ("rotate=0", ""),
        ("rotate=-90&flip=h", "flip=h"),
        ("metadata=copyright", ""),
        ("metadata=none", "metadata=none"),
        ("background=red", "background=%23ff0000"),
        ("background=%23F00", "background=%23ff0000"),
        ("background=rgba(255,0,0,1)", "background=%23ff0000"),
        ("background=rgba(1,2,3,0.5)", "background=%2301020380"),
        ("background=transparent", ""),
        ("background=rgba(255,0,0,0)&size=s", "size=s"),
        ("fit=contain", ""),
        ("gravity=n", ""),
        ("w=100&fit=contain&gravity=n", "w=100"),
        ("w=100&h=100&fit=cover&gravity=center", "h=100&w=100"),
        ("w=100&h=100&fit=fill&gravity=n", "fit=fill&h=100&w=100"),
        ("w=100&h=100&gravity=n", "gravity=n&h=100&w=100"),
    ],
)
def test_what_asks_for_the_same_picture_has_the_same_key(query, spelled):
    assert key(query) == spelled


@pytest.mark.parametrize(
    ("query", "spelled"),
    [
        ("flip=hv", "rotate=180"),
        ("rotate=180&flip=hv", ""),
        ("rotate=180&flip=h", "flip=v"),
        ("rotate=180&flip=v", "flip=h"),
        ("rotate=90&flip=v", "flip=h&rotate=270"),
        ("rotate=270&flip=hv", "rotate=90"),
        ("rotate=90&flip=h", "flip=h&rotate=90"),
        ("flip=v", "flip=v"),
    ],
)
def test_each_way_that_a_picture_can_lie_has_one_name(query, spelled):
    assert key(query) == spelled


@pytest.mark.parametrize(
    "query",
    [
        *(f"{name}={text}" for name in NUMBERS for text in ("", "-1", "10.01", "11", "1e1", "nan", "1.", ".5", "1,5", "0x1", " 1", "1.1234567", "0001", "٣", "1" * 9_999)),
        *(f"blur={text}" for text in ("", "1.0", "251", "-1", "1e2", "٣")),
        "flip=vh",
        "flip=",
        "rotate=",
        "size=xxxl",
        "size=",
        "size=S",
        "format=bmp",
        "format=svg",
        "segment=background",
        "background=",
        "background=nocolour",
        "background=currentcolor",
        "background=#12",
        "background=" + "(" * 5_000,
        "w=0",
        "w=4097",
        "h=1.5",
        "fit=crop",
        "gravity=middle",
        "metadata=all",
    ],
)  # fmt: skip
def test_a_value_that_may_not_be_is_refused_by_its_name(query):
    name, text = query.split("=", 1)
    ((field, (sentence,)),) = refused(query).items()
    assert field == name
    assert PARAMETERS[name].kind.allowed in sentence
    assert repr(text[:80]) in sentence
    assert len(sentence) < 300


@pytest.mark.parametrize("name", sorted(PARAMETERS))
def test_a_parameter_given_twice_is_refused(name):
    assert list(refused(f"{name}=1&{name}=1")) == [name]


def test_all_that_is_wrong_is_told_at_once():
    assert set(refused("blur=x&size=y&sharp=99")) == {"blur", "size", "sharp"}


def test_a_size_goes_with_neither_width_nor_height():
    assert list(refused("size=s&w=10")) == ["size"]
    assert list(refused("size=s&h=10")) == ["size"]


def test_dimensions_need_a_signature():
    assert read(w="10").needs_signature
    assert read(w="10", h="10", gravity="n").needs_signature
    assert not read(size="s", blur="3").needs_signature


VALUES = {
    **{name: st.decimals(0, 10, places=2).map(str) for name in NUMBERS},
    "blur": st.integers(0, 250).map(str),
    "rotate": st.sampled_from(["90", "180", "270"]),
    "flip": st.sampled_from(["h", "v", "hv"]),
    "size": st.sampled_from(["s", "m", "l", "xl", "xxl"]),
    "format": st.sampled_from(["jpg", "jpeg", "webp", "avif", "png", "gif"]),
    "segment": st.just("foreground"),
    "background": st.sampled_from(["red", "#00f8", "rgb(1 2 3)", "rgba(9,8,7,0.25)"]),
    "metadata": st.sampled_from(["copyright", "none", "keep"]),
}
DIMENSIONS = {
    "w": st.integers(1, 4096).map(str),
    "h": st.integers(1, 4096).map(str),
    "fit": st.sampled_from(["cover", "contain", "inside", "fill"]),
    "gravity": st.sampled_from(["center", "face", "n", "se"]),
}
QUERIES = st.fixed_dictionaries({}, optional=VALUES) | st.fixed_dictionaries(
    {}, optional={name: kind for name, kind in (VALUES | DIMENSIONS).items() if name != "size"}
)


@given(QUERIES)
def test_a_key_reads_as_itself(query):
    recipe = Recipe.read(query.items())
    assert Recipe.read(recipe.values) == recipe
    assert Recipe.from_key(recipe.key) == recipe
    assert key(recipe.key) == recipe.key
    assert Recipe.from_key(json.loads(json.dumps(recipe.key))) == recipe


@given(QUERIES, st.randoms(use_true_random=False))
def test_neither_order_nor_zeros_nor_strangers_change_a_key(query, random):
    def written(name, text):
        return text + ("0" if "." in text else ".0") if name in NUMBERS else text

    pairs = [(name, written(name, text)) for name, text in query.items()]
    pairs.append(("nothing", "of ours"))
    random.shuffle(pairs)
    assert Recipe.read(pairs) == Recipe.read(query.items())


@given(st.lists(st.tuples(st.sampled_from(sorted(PARAMETERS)) | st.text(), st.text())))
def test_any_query_is_read_or_refused_by_its_names(pairs):
    names = set()
    try:
        assert Recipe.from_key(Recipe.read(pairs).key) == Recipe.read(pairs)
    except InvalidInput as refusal:
        names = set(refusal.errors)
    assert names <= {name for name, _ in pairs} & set(PARAMETERS)
