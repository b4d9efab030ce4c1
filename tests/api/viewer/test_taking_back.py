"""Deleting with the token, for people."""

from __future__ import annotations

import pictures
import pytest
import requests
from markup import Page

HTML = {"Accept": "text/html"}


def send(server, **fields):
    return requests.post(f"{server.url}/delete", data=fields, headers=HTML, timeout=30)


@pytest.mark.parametrize("form", ["{link}", "{id}", "{src}", "{src}?download=1", "  {link}  "])
def test_a_link_in_any_form_and_its_token_delete(server, form):
    made = server.upload(pictures.jpeg())
    answer = send(server, link=form.format_map(made), token=f" {made['delete_token']}\n")
    assert answer.status_code == 200
    assert Page(answer.text).title.startswith("Deleted")
    assert server.get(f"/{made['id']}", headers=HTML).status_code == 410


def test_another_token_deletes_nothing(server):
    made, other = server.upload(pictures.jpeg()), server.upload(pictures.jpeg())
    for token in (other["delete_token"], "", "wrong"):
        answer = send(server, link=made["link"], token=token)
        assert answer.status_code == 403
        assert "does not belong" in Page(answer.text).text
    assert server.get(f"/{made['id']}", headers=HTML).status_code == 200


def test_what_is_no_link_is_said_so(server):
    for link in ("", "https://example.org/", "x" * 10_000):
        answer = send(server, link=link, token="x")
        assert answer.status_code == 422
        assert "no link of a picture" in Page(answer.text).text


def test_an_unknown_picture_is_404(server):
    assert send(server, link="2222222222", token="x").status_code == 404


def test_a_huge_or_broken_form_is_refused(server):
    for body in (b"link=" + b"x" * 20_000, b"link=%ff%fe&token=x"):
        answer = requests.post(f"{server.url}/delete", data=body, headers=HTML, timeout=30)
        assert answer.status_code == 422
        assert "form" in Page(answer.text).text


def test_the_form_needs_no_script(server):
    page = Page(server.get("/delete").text)
    assert page.all("script") == []
    labels = {label["for"] for label in page.all("label")}
    assert {field["id"] for field in page.all("input")} == labels == {"link", "token"}
