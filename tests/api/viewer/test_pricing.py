"""The plans, and how an account is got."""

from __future__ import annotations

import pictures
import pytest
from markup import Page

from core.plans import load_plans
from core.urls import Urls


def test_the_table_holds_what_is_enforced(server):
    page = Page(server.get("/pricing").text)
    assert "Pro $19/mo 1,000 a month 50 GB 70 MB 10 MB until deleted" in page.text
    assert "Max $199/mo 100,000 a month 5 TB 70 MB 10 MB until deleted" in page.text
    assert "no limit 20 MB 10 MB 30 days at most" in page.text
    assert "Free, Pro, Scale, Max: 6,000 API requests a minute" in page.text


def test_every_offered_plan_has_its_row_and_no_other(server):
    page = Page(server.get("/pricing").text)
    offered = [plan.label for plan in load_plans().values() if plan.offered]
    assert len(page.all("th", scope="row")) == len(offered)
    assert "Unlimited" not in page.text


def test_cells_name_their_column_for_phones_and_screen_readers(server):
    page = Page(server.get("/pricing").text)
    columns = len(page.all("th", scope="col"))
    assert len({cell["data-label"] for cell in page.all("td")}) == columns - 1
    assert all(cell["role"] == "cell" for cell in page.all("td"))


async def test_a_teams_link_shows_where_it_stands(local):
    async with local() as server:
        headers, path = await server.team(plan="pro")
        for seed in (1, 2):
            status, _, _ = await server.upload(pictures.png(seed=seed), headers=headers)
            assert status == 201
        status, found, html = await server.visit(path)
        page = Page(html)
        assert (status, found["Cache-Control"]) == (200, "no-store")
        assert found["X-Robots-Tag"] == "noindex"
        assert "Uploads this month 2 of 1,000" in page.text
        assert "of 50 GB" in page.text
        assert "Pro yours" in page.text
        assert "write to the operator" in page.text


async def test_the_link_of_a_refused_upload_opens_it(local, plans_file):
    async with local(plans_file=plans_file) as server:
        headers = await server.key("somebody@example.org")
        for seed in (1, 2, 3):
            await server.upload(pictures.jpeg(32, 24, seed=seed), headers=headers)
        status, _, refusal = await server.upload(pictures.jpeg(), headers=headers)
        assert (status, refusal["action"]["type"]) == (403, "upgrade")
        path = "/pricing" + refusal["action"]["url"].partition("/pricing")[2]
        _, _, html = await server.visit(path)
        assert "Uploads this month 3 of 3" in Page(html).text
        assert "Free yours" in Page(html).text


async def test_no_limit_is_said_in_words(local):
    async with local() as server:
        _, path = await server.team(plan="unlimited")
        _, _, html = await server.visit(path)
        assert "Uploads this month 0; there is no limit" in Page(html).text


@pytest.mark.parametrize(
    "token",
    ["", "forged", "MQ.AAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAA", "%00", "%F0%9F%92%A9", "%3Cscript%3E"],
)
def test_a_link_that_does_not_hold_is_told_politely(server, token):
    answer = server.get(f"/pricing?team={token}")
    page = Page(answer.text)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert "does not work any more" in page.text
    assert "Pro $19/mo" in page.text
    assert "your team" not in page.text


async def test_a_link_of_a_team_that_is_not_there_shows_the_plans_alone(local):
    async with local() as server:
        urls = Urls.build(server.url, server.url, server.url, server.core.secrets)
        path = urls.upgrade(999_999).removeprefix(server.url)
        status, _, html = await server.visit(path)
        assert status == 200
        assert "does not work any more" in Page(html).text


async def test_where_a_key_is_needed_the_anonymous_plan_is_not_offered(local):
    async with local(allow_anonymous=False) as server:
        _, _, html = await server.visit("/pricing")
        assert "Anonymous" not in Page(html).text


async def test_a_teams_name_is_text(local):
    async with local() as server:
        _, path = await server.team("o'neil&lt{{7*7}}@example.org")
        _, _, html = await server.visit(path)
        assert "your team o'neil&lt{{7*7}}" in Page(html).text


def test_registering_says_honestly_how_an_account_is_got(server):
    answer = server.get("/auth/register?from_cta=api")
    page = Page(answer.text)
    assert answer.status_code == 200
    assert "We mail you a link" in page.text
    assert "Uploads 100 a month" in page.text
    assert page.one("form")["action"] == "/auth/register"


def test_the_upgrade_hint_of_an_upload_leads_there(server):
    made = server.upload(pictures.jpeg())
    assert server.get(made["upgrade"]["url"].removeprefix(server.url)).status_code == 200
