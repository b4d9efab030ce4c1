"""Servers that an import should not have been sent to."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from ipaddress import ip_network

import pictures
import pytest


@asynccontextmanager
async def answering(*parts: bytes):
    """A server that sends these bytes to whoever asks; gives its address."""

    async def answer(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        for part in parts:
            writer.write(part)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/photo.jpg"


PHOTO = pictures.jpeg()
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(PHOTO) + PHOTO


@pytest.mark.parametrize(("promises", "expected"), [(0, 201), (3, 201), (1_000, 502)])
async def test_few_interim_responses_are_passed_over(local, promises, expected):
    """A server that promises for ever would keep this one from answering anybody else."""
    promise = b"HTTP/1.1 100 Continue\r\n\r\n" * promises
    async with (
        local(import_allow=(ip_network("127.0.0.0/8"),)) as server,
        answering(promise, ANSWER) as address,
    ):
        status, _, told = await server.call("POST", "/v1/import", json={"url": address})
        assert (status, told.get("error")) == (
            expected,
            None if expected == 201 else "fetch_failed",
        )
