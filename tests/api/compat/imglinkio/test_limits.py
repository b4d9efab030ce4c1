"""Sizes, counts of files, rates and quotas of imglink.io's API, at, below and above each."""

from __future__ import annotations

from datetime import datetime

import aiohttp
import pictures
import pytest

from core.model import GB, MB
from core.plans import load_dialects

pytestmark = pytest.mark.any_backing

API = "/compat/imglink.io/api/v1"
PHOTO = pictures.jpeg()
TIERS = {
    "anonymous": (["anonymous"], 20_000, 2),
    "free": (["*"], 30_000, 3),
    "pro": (["pro", "scale"], 40_000, 4),
    "enterprise": (["max", "unlimited"], 50_000, 5),
}
WHO = [
    (None, "anonymous"),
    ("free", "free"),
    ("tight", "free"),
    ("pro", "pro"),
    ("scale", "pro"),
    ("max", "enterprise"),
    ("unlimited", "enterprise"),
]
PLAN = """
[plans.{}]
label = "Some"
max_file = 1000
max_svg = 1000
price = "Free"
{}
"""
LIMITED = {
    "anonymous": "retention_days = 30",
    "tight": f"uploads_month = 3\nstorage = {len(PHOTO) * 5}",
    "weekly": "retention_days = 7",
    "small": f"storage = {len(PHOTO) * 2}",
}
TIER = """
[dialects.imglink_io.{}]
plans = {}
max_file = {}
files = {}
requests = "{}"
"""


@pytest.fixture
def limited(local, tmp_path):
    """Opens servers with these limits, and a rate that nobody reaches unless it is said."""

    def open_server(requests="1000/minute", overrides=None, **settings):
        names = {who for who, _ in WHO if who} | LIMITED.keys()
        plans = [PLAN.format(name, LIMITED.get(name, "")) for name in sorted(names)]
        tiers = [TIER.format(name, *told, requests) for name, told in TIERS.items()]
        path = tmp_path / "plans.toml"
        path.write_text("".join(plans + tiers))
        return local(overrides, plans_file=path, **settings)

    return open_server


def padded(size: int) -> bytes:
    """A photo of that many bytes; what stands after its end is not kept."""
    return PHOTO + bytes(size - len(PHOTO))


async def send(server, headers, *files, to="upload", **fields):
    """Status, headers and body; failures have the one shape."""
    form = aiohttp.FormData(fields)
    for number, data in enumerate(files):
        name = "files" if to == "upload/bulk" else "file"
        form.add_field(name, data, filename=f"{number}.jpg")
    status, told, body = await server.call("POST", f"{API}/{to}", data=form, headers=headers)
    assert body["success"] is (status == 200)
    if status != 200:
        assert set(body["error"]) == {"code", "message"}
    return status, told, body


async def send_all(server, headers, *files, **fields):
    """Status, and of each file None or the code of what was wrong with it."""
    status, _, body = await send(server, headers, *files, to="upload/bulk", **fields)
    assert [one["filename"] for one in body["data"]] == [f"{n}.jpg" for n in range(len(files))]
    return status, [one.get("error", {}).get("code") for one in body["data"]]


async def key(server, plan):
    return await server.key(f"{plan}@example.org", plan) if plan else {}


def code(answer):
    return answer[0], answer[2]["error"]["code"]


def test_the_documents_table_is_what_is_built_in():
    found = {
        tier.name: (tier.requests, tier.max_file, tier.files)
        for tier in load_dialects()["imglink_io"]
    }
    assert found == {
        "anonymous": ("100/hour", 64 * MB, 10),
        "free": ("1000/hour", 64 * MB, 50),
        "pro": ("10000/hour", 256 * MB, 500),
        "enterprise": (None, GB, 1000),
    }


async def test_size_of_a_file_and_count_of_files_by_plan(limited):
    """The dialect's, not the plan's."""
    async with limited() as server:
        for plan, tier in WHO:
            headers, (_, size, files) = await key(server, plan), TIERS[tier]
            for fits in (size - 1, size):
                assert (await send(server, headers, padded(fits)))[0] == 200, (plan, fits)
            refused = await send(server, headers, padded(size + 1))
            assert code(refused) == (413, "FILE_TOO_LARGE"), plan
            assert f"{size:,}" in refused[2]["error"]["message"]
            if plan == "tight":
                continue  # has an upload left, which is for the quota's own test
            for fit in (files - 1, files):
                assert await send_all(server, headers, *[PHOTO] * fit) == (200, [None] * fit)
            refused = await send(server, headers, *[PHOTO] * (files + 1), to="upload/bulk")
            assert code(refused) == (400, "TOO_MANY_FILES"), plan
            assert refused[2].keys() == {"success", "error"}, "nothing of it was hosted"
            if plan:
                _, _, usage = await server.call("GET", "/v1/usage", headers=headers)
                assert usage["monthly"]["uploads"] == 2 + files - 1 + files


async def test_files_that_are_too_large_do_not_keep_the_others_out(limited):
    large, broken = padded(20_001), b"no picture"
    async with limited() as server:
        assert await send_all(server, {}, large, PHOTO) == (200, ["FILE_TOO_LARGE", None])
        assert await send_all(server, {}, PHOTO, large) == (200, [None, "FILE_TOO_LARGE"])
        # Where none is hosted the first one's failure is that of the request.
        assert await send_all(server, {}, large, broken) == (
            413,
            ["FILE_TOO_LARGE", "INVALID_FILE_TYPE"],
        )
        assert await send_all(server, {}, broken, large) == (
            400,
            ["INVALID_FILE_TYPE", "FILE_TOO_LARGE"],
        )
        assert code(await send(server, {}, large, expiry="x")) == (413, "FILE_TOO_LARGE")


async def test_size_of_an_svg_is_the_plans(limited):
    fits, large = (pictures.SVG + b" " * (size - len(pictures.SVG)) for size in (1_000, 1_001))
    async with limited() as server:
        assert (await send(server, {}, fits))[0] == 200
        assert code(await send(server, {}, large)) == (413, "FILE_TOO_LARGE")


async def test_requests_by_the_hour(limited):
    asked = [
        ("GET", "image/abc", 404),
        ("DELETE", "image/abc", 404),
        ("POST", "upload", 400),
        ("PUT", "upload", 405),
        ("GET", "nothing", 404),
    ]
    async with limited("5/hour") as server:
        ours, theirs = await key(server, "free"), await key(server, "pro")
        for method, path, status in asked:
            assert (await server.call(method, f"{API}/{path}", headers=ours))[0] == status
        for method, path, _ in asked[:3]:
            found, told, body = await server.call(method, f"{API}/{path}", headers=ours)
            assert (found, body["error"]["code"]) == (429, "RATE_LIMIT_EXCEEDED")
            assert 0 < int(told["Retry-After"]) <= 3_600
        # Each key has a count of its own, and each address for those who have none.
        assert (await send(server, theirs, PHOTO))[0] == 200
        for number in range(5):
            wrong = {"Authorization": "Bearer wrong"} if number % 2 else {}
            status = (await server.call("GET", f"{API}/image/abc", headers=wrong))[0]
            assert status == (401 if wrong else 404)
        assert code(await send(server, {}, PHOTO)) == (429, "RATE_LIMIT_EXCEEDED")


async def test_uploads_of_the_month_are_used_up(limited):
    async with limited() as server:
        headers = await key(server, "tight")
        assert (await send(server, headers, PHOTO))[0] == 200
        quota = "QUOTA_EXCEEDED"
        assert await send_all(server, headers, b"no picture", PHOTO) == (
            200,
            ["INVALID_FILE_TYPE", None],
        )
        # One is left: it is the first picture's, and an album is made for that.
        assert await send_all(server, headers, PHOTO, PHOTO, PHOTO, album="Full") == (
            200,
            [None, quota, quota],
        )
        for to, fields in (("upload", {}), ("upload/bulk", {}), ("upload", {"expiry": "x"})):
            refused = await send(server, headers, PHOTO, to=to, **fields)
            assert code(refused) == (429, quota)
            assert refused[2].keys() == {"success", "error"}
        assert code(await send(server, headers, PHOTO, album="More")) == (429, quota)
        _, _, albums = await server.call("GET", "/v1/albums", headers=headers)
        assert [(one["title"], one["media_count"]) for one in albums["data"]] == [("Full", 1)]


async def test_storage_is_used_up(limited):
    async with limited() as server:
        headers = await key(server, "small")
        assert await send_all(server, headers, pictures.jpeg(16, 16), PHOTO, PHOTO) == (
            200,
            [None, None, "STORAGE_LIMIT"],
        )
        assert code(await send(server, headers, PHOTO)) == (413, "STORAGE_LIMIT")
        status, body = await send_all(server, headers, PHOTO, b"no picture")
        assert (status, body) == (413, ["STORAGE_LIMIT", "INVALID_FILE_TYPE"])


async def test_the_servers_rate_of_strangers_images_holds_here(limited):
    async with limited(anonymous_rate="3/hour", requests="1000/hour") as server:
        assert await send_all(server, {}, PHOTO, PHOTO) == (200, [None, None])
        assert await send_all(server, {}, PHOTO, PHOTO) == (200, [None, "RATE_LIMIT_EXCEEDED"])
        for to in ("upload", "upload/bulk"):
            refused = await send(server, {}, PHOTO, to=to)
            assert code(refused) == (429, "RATE_LIMIT_EXCEEDED")
            assert 0 < int(refused[1]["Retry-After"]) <= 3_600
        assert (await send(server, await key(server, "free"), PHOTO))[0] == 200


async def test_where_strangers_may_not_upload(limited):
    async with limited(allow_anonymous=False, requests="3/hour") as server:
        made = await send(server, await key(server, "free"), PHOTO)
        path = f"{API}/image/{made[2]['data']['id']}"
        assert (await server.call("GET", path))[0] == 200
        for to in ("upload", "upload/bulk") * 2:
            refused = await send(server, {}, PHOTO, to=to)
            assert code(refused) == (401, "UNAUTHORIZED"), "whatever the rate says"
        assert (await server.call("GET", path))[0] == 429


async def test_how_long_images_live(limited, clock):
    month = {"0": 720, "1": 1, "720": 720, "721": 720, "2160": 720}
    asked = [(None, month), ("free", {"0": None, "1": 1, "2160": 2_160})]
    asked.append(("weekly", {"0": 168, "24": 24, "169": 168}))
    async with limited(overrides={"clock": clock}) as server:
        for plan, lives in asked:
            headers = await key(server, plan)
            for told, hours in lives.items():
                _, _, body = await send(server, headers, PHOTO, expiry=told)
                shown = await ends(server, body["data"]["id"])
                assert shown == hours, (plan, told)
        _, _, body = await send(server, {}, PHOTO)
        assert await ends(server, body["data"]["id"]) == 720
        _, _, body = await send(server, {}, PHOTO, PHOTO, to="upload/bulk", expiry="2")
        assert [await ends(server, one["id"]) for one in body["data"]] == [2, 2]


async def ends(server, image):
    """Hours between an image's upload and its end."""
    _, _, body = await server.call("GET", f"{API}/image/{image}")
    if "expires_at" not in body["data"]:
        return None
    began, end = (
        datetime.fromisoformat(body["data"][f"{name}_at"]) for name in ("uploaded", "expires")
    )
    assert (end - began).total_seconds() % 3_600 == 0
    return (end - began).total_seconds() // 3_600
