"""No address of ours may ever look like a picture's id."""

from __future__ import annotations

from api.app import make_app
from core.ids import MEDIA_ID, new_media_id


async def test_no_root_name_looks_like_an_id(local):
    async with local() as server:
        resources = list(make_app(server.core).router.resources())
    names = {resource.canonical.split("/")[1] for resource in resources}
    assert {"pricing", "v1", "static", "delete"} <= names
    for name in names:
        stem = name.partition(".")[0]
        assert not MEDIA_ID.fullmatch(stem), f"/{name} could be a picture's id"


async def test_an_id_reaches_the_viewer(local):
    async with local() as server:
        for _ in range(20):
            status, _, html = await server.visit(f"/{new_media_id()}")
            assert status == 404
            assert "There is nothing here, or it is not yours to see." in html
