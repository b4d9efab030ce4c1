"""API keys of whoever is signed in."""

from __future__ import annotations

import pictures
import pytest
from sharex_client import ShareX

EMAIL = "jane@example.org"


def token_of(answer):
    return answer.page.one("input", data_token=None)["value"]


async def test_a_key_is_made_shown_once_used_and_revoked(site):
    async with site() as found:
        browser = await found.member()
        made = await browser.submit("/keys", name="Laptop", abilities="both")
        assert (made.status, made.headers["Cache-Control"]) == (201, "no-store")
        auth = {"Authorization": f"Bearer {token_of(made)}"}
        assert (await found.server.call("GET", "/v1/usage", headers=auth))[0] == 200
        listed = await browser.get("/keys")
        assert "Laptop read, write" in listed.text
        assert token_of(made).partition("|")[2] not in listed.html
        (form,) = [each for each in listed.page.all("form") if "revoke" in each["action"]]
        gone = await browser.submit("/keys", form["action"])
        assert "You have no keys yet" in gone.text
        assert (await found.server.call("GET", "/v1/usage", headers=auth))[0] == 401


async def test_a_new_key_comes_with_an_uploader_for_sharex(site):
    async with site() as found:
        made = await (await found.member()).submit("/keys", name="PC", abilities="write")
        shown = ShareX(made.page.one("input", data_uploader=None)["value"])
        headers = {"Authorization": f"Bearer {token_of(made)}"}
        _, _, served = await found.server.call("GET", "/v1/sharex.sxcu", headers=headers)
        assert shown.uploader == served
        assert (await found.server.upload(pictures.jpeg(), headers=shown.headers))[0] == 201


@pytest.mark.parametrize(
    ("chosen", "able"),
    [("read", {"read"}), ("write", {"write"}), ("both", {"read", "write"}), ("all", {"*"})],
)
async def test_a_key_may_do_what_was_chosen(site, chosen, able):
    async with site() as found:
        await (await found.member()).submit("/keys", name="k", abilities=chosen)
        (key,) = await found.core.accounts.list_keys(None)
        assert {str(each) for each in key.abilities} == able


async def test_what_is_wrong_is_told_beside_its_field(site):
    async with site() as found:
        browser = await found.member()
        wrong = [
            {"abilities": ""},
            {"abilities": "root"},
            {},
            {"abilities": "all", "name": "x" * 201},
        ]
        for fields in wrong:
            answer = await browser.submit("/keys", **fields)
            assert answer.status == 422
            assert answer.page.all("p", class_="error small") != []
        answer = await browser.submit("/keys", name="nul\0", abilities="all")
        assert (answer.status, "NUL" in answer.text) == (422, True)
        assert await found.core.accounts.list_keys(None) == []


async def test_keys_of_others_are_out_of_reach(site):
    async with site() as found:
        jane, joe = await found.member(), await found.member("joe@example.org")
        await joe.submit("/keys", name="Joe's", abilities="all")
        (key,) = await found.core.accounts.list_keys(None)
        assert "Joe's" not in (await jane.get("/keys")).text
        for number in (key.id, 0, 999_999, 2**63, 10**30):
            assert (await jane.submit("/keys", f"/keys/{number}/revoke")).status == 404
        assert len(await found.core.accounts.list_keys(None)) == 1


async def test_a_page_of_keys_is_for_those_signed_in(site):
    async with site() as found:
        browser = await found.browser()
        for method, path in (("GET", "/keys"), ("POST", "/keys"), ("POST", "/keys/1/revoke")):
            answer = await browser.request(method, path, allow_redirects=False)
            assert answer.status in {303, 403}
            assert answer.headers.get("Location", "/auth/login").startswith("/auth/login")


NAMES = [
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "{{7*7}}{% raw %}",
    "</th></tr></table>",
    "\u202eevil\u2066",
    "👩‍👩‍👧‍👦 漢字",
    "javascript:alert(1)",
    "&lt;&#x3c;&amp;",
    "line\nbreak\ttab",
    "' OR 1=1 --",
]


async def test_a_keys_name_is_text(site):
    async with site() as found:
        browser = await found.member()
        await browser.submit("/keys", name="plain", abilities="read")
        plain = (await browser.get("/keys")).page.skeleton
        (key,) = await found.core.accounts.list_keys(None)
        for name in NAMES:
            await found.core.accounts.revoke_key(None, key.id)
            await browser.submit("/keys", name=name, abilities="read")
            (key,) = await found.core.accounts.list_keys(None)
            assert key.name == name.replace("\n", "\r\n").replace("\r\n", "\n") or name in key.name
            assert (await browser.get("/keys")).page.skeleton == plain
            refused = await browser.submit("/keys", name=name)
            assert refused.page.one("input", id="name")["value"] == name
            assert refused.page.all("img", src="x") == []


async def test_a_visitor_with_a_session_is_their_team_to_pages(site):
    """What pages show to owners alone, they show to whoever is signed in."""
    from api.accounts.session import caller_of
    from core.model import Ability

    async with site() as found:
        browser = await found.member()
        person = await found.core.sessions.find(browser.cookies()["pixferry"].value)
        caller = caller_of(person)
        assert caller.team == person.team
        assert caller.user_id == person.user.id
        assert Ability.ALL in caller.abilities
