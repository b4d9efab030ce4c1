"""Plain aiohttp, on Pixferry's event loop, that answers a folder's files from memory: `PORT FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from aiohttp import web

from pixferry.loop import new_event_loop

HEADERS = {"Content-Type": "image/jpeg", "Cache-Control": "public, max-age=3600"}


def make_app(folder: Path) -> web.Application:
    files = {path.name: path.read_bytes() for path in folder.iterdir()}

    async def serve(request: web.Request) -> web.Response:
        body = files.get(request.match_info["name"])
        if body is None:
            raise web.HTTPNotFound
        return web.Response(body=body, headers=HEADERS)

    app = web.Application()
    app.router.add_get("/{name}", serve)
    return app


if __name__ == "__main__":
    host, port = "127.0.0.1", int(sys.argv[1])
    app = make_app(Path(sys.argv[2]))
    web.run_app(app, host=host, port=port, access_log=None, print=None, loop=new_event_loop())
