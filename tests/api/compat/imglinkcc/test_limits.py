"""Sizes, counts, rates and storage of imglink.cc's API, at, below and above each."""

from __future__ import annotations

import asyncio

import aiohttp
import pictures
import pytest
from yarl import URL

API = "/compat/imglink.cc/api"
PHOTO = pictures.jpeg()
SMALL, LARGE, HUGE = 20_000, 30_000, 40_000
"""Bytes of a file that strangers, people with an account, and administrators may send."""

PLANS = f"""
[plans.anonymous]
label = "Anonymous"
retention_days = 30
max_file = 1000
max_svg = 1000
price = "Free"

[plans.free]
label = "Free"
uploads_month = 3
max_file = 1000
max_svg = 1000
price = "Free"

[plans.unlimited]
label = "Unlimited"
max_file = 1000
max_svg = 1000
price = "Free"

[plans.imglink_cc]
label = "Unconfirmed"
storage = {3 * len(PHOTO)}
max_file = 1000
max_svg = 1000
price = "Free"
once_verified = "imglink_cc_verified"

[plans.imglink_cc_verified]
label = "Confirmed"
storage = {5 * len(PHOTO)}
max_file = 1000
max_svg = 1000
price = "Free"

[dialects.imglink_cc.anonymous]
plans = ["anonymous"]
max_file = {SMALL}
files = 2
uploads = "UPLOADS"

[dialects.imglink_cc.account]
plans = ["*"]
max_file = {LARGE}
files = 3
uploads = "UPLOADS"
address_requests = "REQUESTS"

[dialects.imglink_cc.admin]
plans = ["unlimited"]
max_file = {HUGE}
files = 4
"""


def padded(size: int) -> bytes:
    """A photo of that many bytes; what stands after its end is not kept."""
    return PHOTO + bytes(size - len(PHOTO))


@pytest.fixture
def limited(site, tmp_path):
    """Opens servers with these limits, and rates that nobody reaches unless it is said."""

    def open_server(uploads="1000/minute", requests="1000/minute", **settings):
        path = tmp_path / "plans.toml"
        path.write_text(PLANS.replace("UPLOADS", uploads).replace("REQUESTS", requests))
        return site(plans_file=path, **settings)

    return open_server


async def send(site, headers, *files, path="v1/upload"):
    form = aiohttp.FormData()
    for number, data in enumerate(files):
        form.add_field("file", data, filename=f"{number}.jpg")
    status, told, body = await site.server.call("POST", f"{API}/{path}", data=form, headers=headers)
    if status != 200:
        assert set(body) == {"error"}
        assert isinstance(body["error"], str)
    return status, told, body


async def key(site, email="somebody@example.org", plan=None):
    made = await site.server.key(email, plan)
    return {"X-API-Key": made["Authorization"].removeprefix("Bearer ")}


async def member(site, email="jane@example.org"):
    status, _, body = await site.server.call(
        "POST", f"{API}/auth/register", json={"email": email, "password": "four words are best"}
    )
    assert status == 201
    return {"Authorization": f"Bearer {body['token']}"}


async def used(site, email):
    users = await site.core.accounts.list_users()
    found = next(use for user, _, use in users if user.email == email)
    return found.uploads, found.media_stored, found.storage_bytes


async def test_files_are_as_large_as_the_tier_says_whatever_the_plan_does(limited):
    async with limited() as site:
        free, admin = await key(site), await key(site, "admin@example.org", "unlimited")
        for headers, path, most in (
            ({}, "upload", SMALL),
            (free, "upload", LARGE),
            (free, "v1/upload", LARGE),
            (admin, "v1/upload", HUGE),
        ):
            assert (await send(site, headers, padded(most + 1), path=path))[0] == 413
            for size in (most, most - 1):
                status, _, body = await send(site, headers, padded(size), path=path)
                assert (status, body["size"]) == (200, len(PHOTO)), path
                if headers == free:
                    break  # it may have three in all


async def test_of_several_files_each_may_be_as_large(limited):
    async with limited() as site:
        admin = await key(site, plan="unlimited")
        status, _, body = await send(site, admin, *[padded(HUGE)] * 4)
        assert (status, len(body["images"])) == (200, 4)
        assert (await send(site, admin, PHOTO, padded(HUGE + 1), PHOTO))[0] == 413
        assert (await used(site, "somebody@example.org"))[0] == 4


async def test_files_are_as_many_as_the_tier_says(limited):
    async with limited() as site:
        jane, admin = await member(site), await key(site, "admin@example.org", "unlimited")
        for headers, path, most in (
            ({}, "upload", 2),
            (jane, "v1/upload", 3),
            (admin, "v1/upload", 4),
        ):
            status, _, body = await send(site, headers, *[PHOTO] * (most + 1), path=path)
            assert (status, f"at most {most} files" in body["error"]) == (400, True)
            status, _, body = await send(site, headers, *[PHOTO] * most, path=path)
            assert (status, len(body["images"])) == (200, most)


async def test_one_bad_file_of_several_leaves_nothing(limited):
    async with limited() as site:
        headers = await key(site)
        for bad in (b"no picture", PHOTO[:200]):
            assert (await send(site, headers, PHOTO, pictures.png(), bad))[0] == 400
        assert await used(site, "somebody@example.org") == (0, 0, 0)
        assert (await send(site, headers, PHOTO, pictures.png(), PHOTO))[0] == 200


async def test_storage_ends_where_the_plan_says_and_grows_with_the_address_confirmed(limited):
    async with limited() as site:
        headers = await member(site)
        link = await site.mailbox.link()
        assert (await send(site, headers, *[PHOTO] * 2))[0] == 200
        assert (await send(site, headers, *[PHOTO] * 2))[0] == 413
        assert await used(site, "jane@example.org") == (2, 2, 2 * len(PHOTO))
        status, _, last = await send(site, headers, PHOTO)
        assert status == 200
        assert (await send(site, headers, PHOTO))[0] == 413
        browser = await site.browser()
        await browser.submit(link, "/auth/confirm", token=URL(link).query["token"])
        assert (await send(site, headers, *[PHOTO] * 2))[0] == 200
        assert (await send(site, headers, pictures.png(1, 1)))[0] == 413
        await site.server.call("DELETE", URL(last["delete"]).path, headers=headers)
        assert (await send(site, headers, PHOTO))[0] == 200


async def test_a_month_s_uploads_hold_here_too(limited):
    async with limited() as site:
        headers = await key(site)
        assert (await send(site, headers, *[PHOTO] * 2))[0] == 200
        assert (await send(site, headers, *[PHOTO] * 2))[0] == 429
        assert (await used(site, "somebody@example.org"))[0] == 2
        assert (await send(site, headers, PHOTO))[0] == 200
        status, _, body = await send(site, headers, PHOTO)
        assert (status, body) == (
            *(429, {"error": "The plan's 3 uploads of this month are used up."}),
        )


async def test_of_many_uploads_at_once_as_many_succeed_as_fit(limited):
    async with limited() as site:
        headers = await member(site)
        made = await asyncio.gather(*(send(site, headers, PHOTO, PHOTO) for _ in range(3)))
        assert sorted(status for status, _, _ in made) == [200, 413, 413]
        assert await used(site, "jane@example.org") == (2, 2, 2 * len(PHOTO))


async def test_a_stranger_uploads_once_in_a_while(limited):
    async with limited(uploads="1/30minute") as site:
        assert (await send(site, {}, PHOTO, PHOTO, path="upload"))[0] == 200
        status, headers, _ = await send(site, {}, PHOTO, path="upload")
        assert status == 429
        assert 1_700 < int(headers["Retry-After"]) <= 1_800


async def test_an_account_has_a_rate_of_uploads_whatever_it_signs_in_with(limited):
    async with limited(uploads="3/hour") as site:
        first, second = [await key(site, "a@example.org", "imglink_cc_verified") for _ in range(2)]
        other, admin = await member(site), await key(site, "admin@example.org", "unlimited")
        for headers in (first, second, first):
            assert (await send(site, headers, PHOTO))[0] == 200
        for path in ("v1/upload", "upload"):
            status, told, _ = await send(site, second, PHOTO, path=path)
            assert (status, 1 <= int(told["Retry-After"]) <= 3_600) == (429, True)
        assert (await send(site, other, PHOTO))[0] == 200
        for _ in range(5):
            assert (await send(site, admin, PHOTO))[0] == 200


async def test_images_count_for_the_server_s_own_rate_of_strangers(limited):
    async with limited(anonymous_rate="3/hour") as site:
        assert (await send(site, {}, PHOTO, PHOTO, path="upload"))[0] == 200
        assert (await send(site, {}, PHOTO, PHOTO, path="upload"))[0] == 429
        assert (await send(site, {}, PHOTO, path="upload"))[0] == 429, "the first had counted"


async def test_where_strangers_may_not_upload(limited):
    async with limited(uploads="1/30minute", allow_anonymous=False) as site:
        for _ in range(2):
            status, _, body = await send(site, {}, PHOTO, path="upload")
            assert status == 401, "whoever waits may upload no more than now"
        assert body == {"error": "This server takes uploads with an API key alone."}
        assert (await send(site, await key(site), PHOTO, path="upload"))[0] == 200


async def test_an_address_has_a_rate_of_requests_whatever_keys_it_sends(limited):
    async with limited(requests="4/minute") as site:
        keys = [await key(site, f"{number}@example.org") for number in range(5)]
        for number, headers in enumerate(keys):
            status, told, body = await site.server.call("GET", f"{API}/albums", headers=headers)
            assert (status, "Retry-After" in told) == ((200, False) if number < 4 else (429, True))
        assert set(body) == {"error"}
        assert (await site.server.call("GET", f"{API}/nothing", headers=keys[0]))[0] == 404
