"""Odd texts as descriptions, names and tags: kept as they are, or refused by field."""

from __future__ import annotations

import naughty
import pytest
import requests

from core.file_names import check_file_name, renamed
from core.tags import clean_tags

pytestmark = pytest.mark.any_backing


@pytest.fixture(scope="module")
def one(make):
    return make({})


@pytest.fixture(scope="module")
def change(base, keys, one):
    http = requests.Session()
    http.headers.update(keys("ours"))

    def patch(**fields):
        answer = http.patch(f"{base}/v1/media/{one}", json=fields, timeout=30)
        return answer.status_code, answer.json()

    return patch


def allowed(judge, *arguments):
    """What the rule makes of a text; None: it refuses it."""
    try:
        return judge(*arguments)
    except ValueError:
        return None


def test_descriptions(change):
    for text in naughty.strings():
        status, told = change(description=text)
        assert (status, told.get("description", "")) == (200, text)


def test_names(change):
    for text in naughty.strings():
        status, told = change(name=text)
        expected = allowed(check_file_name, text)
        if expected is None:
            assert (status, list(told["errors"])) == (400, ["name"]), text
        else:
            assert (status, told["name"]) == (200, renamed("photo.jpg", expected, "jpeg")), text
            assert told["name"].endswith(".jpg")


def test_tags(change, base, keys, one):
    for text in naughty.strings():
        status, told = change(tags=[text])
        expected = allowed(clean_tags, [text])
        if expected is None:
            assert (status, list(told["errors"])) == (400, ["tags"]), text
            continue
        assert (status, told.get("tags", [])) == (200, list(expected)), text
        found = requests.get(
            f"{base}/v1/media", params={"tags": text, "ids": one}, headers=keys("ours"), timeout=30
        )
        assert [each["id"] for each in found.json()["data"]] == [one], text


@pytest.mark.parametrize("text", naughty.REFUSED, ids=repr)
@pytest.mark.parametrize("field", ["description", "name", "tags"])
def test_what_no_text_may_hold(change, field, text):
    status, told = change(**{field: text})
    assert status == 400
    assert told["error"] == "Validation failed"
    assert list(told["errors"]) in ([field], ["body"]), "no JSON has half a character"
