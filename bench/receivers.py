"""Applications that only receive and hash files: what of an upload is neither picture nor fsync.

`python -m bench.receivers ours|peer PORT FOLDER`. `ours` is the API's form reading, then SHA-256
of the file in a thread; `peer` is what one writes with aiohttp at first: parts are read in its
default chunks of 8 KB, hashed and written as they come. Both answer the hash.
"""

from __future__ import annotations

import asyncio
import hashlib
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from aiohttp import BodyPartReader, web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

MAX_FILE = 70 << 20


async def receive_plainly(request: web.Request) -> web.Response:
    digest = hashlib.sha256()
    folder = Path(mkdtemp(dir=request.app[FOLDER]))
    part = await (await request.multipart()).next()
    assert isinstance(part, BodyPartReader)
    with (folder / "received").open("wb") as out:
        while chunk := await part.read_chunk():
            digest.update(chunk)
            out.write(chunk)
    (folder / "received").unlink()
    folder.rmdir()
    return web.json_response({"sha256": digest.hexdigest()})


async def receive_as_api(request: web.Request) -> web.Response:
    from api.forms import read_form
    from api.keys import CORE

    async with request.app[CORE].uploads.workspace() as folder:
        form = await read_form(request, folder, MAX_FILE)
        assert form.file, form.problems
        digest = await asyncio.to_thread(_hash, form.file.path)
    return web.json_response({"sha256": digest})


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


async def _with_core(app: web.Application) -> AsyncIterator[None]:
    from api.keys import CORE
    from core.bootstrap import open_core
    from core.environment import load_settings

    async with open_core(load_settings(data_dir=app[FOLDER])) as core:
        app[CORE] = core
        yield


FOLDER = web.AppKey("folder", Path)


async def main(kind: str, port: int, folder: Path) -> None:
    app = web.Application()
    app[FOLDER] = folder
    if kind == "ours":
        app.cleanup_ctx.append(_with_core)
    app.router.add_post("/", {"ours": receive_as_api, "peer": receive_plainly}[kind])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])))
