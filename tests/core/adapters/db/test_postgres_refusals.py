"""A wrong PIXFERRY_DATABASE_URL: each mistake gets a sentence that says what to do."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest
from servers import free_port
from services.postgres import PASSWORD, query
from sqlalchemy import text

from core.adapters.db.engine import open_database
from core.adapters.db.migrate import migrate
from core.errors import Unavailable


async def refusal(url, caplog) -> str:
    """What the operator is told of a start with that URL."""
    database = open_database(url, 4)
    with pytest.raises(Unavailable) as caught:
        await migrate(database)
    await database.close()
    assert "postgres" not in caught.value.public.lower()
    told = caught.value.reason
    assert told.startswith("PIXFERRY_DATABASE_URL: ")
    assert told.endswith(".")
    for shown in (told, caplog.text, str(caught.value)):
        assert PASSWORD not in shown
        assert "wr%C3%B6ng" not in shown
        assert "wröng" not in shown
    return told


def changed(postgres, **parts) -> str:
    host = parts.get("host", f"127.0.0.1:{postgres.port}")
    who = parts.get("who", postgres.url.partition("://")[2].rpartition("@")[0])
    return f"postgresql+asyncpg://{who}@{host}/{parts.get('name', 'postgres')}{parts.get('options', '')}"


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"who": "pixferry:wr%C3%B6ng"}, "refuses the user 'pixferry' with this password"),
        ({"who": "pixferry"}, "refuses the user 'pixferry' with this password"),
        ({"who": "no%40body:wr%C3%B6ng"}, "refuses the user 'no@body' with this password"),
        ({"name": "n%C3%B6ne"}, "has no database 'nöne': create it"),
        ({"host": "no.such.host.invalid"}, "no.such.host.invalid:5432 has an address that is not"),
        ({"host": "127.0.0.1:{closed}"}, "is not there: nothing listens"),
        ({"host": "[::1]:{closed}"}, "is not there: nothing listens"),
        ({"options": "?ssl=require"}, "speaks no TLS: leave ?ssl=… out"),
        ({"options": "?sslmode=require"}, "speaks no TLS: leave ?ssl=… out"),
        ({"options": "?ssl=perhaps"}, "can't be asked with these options"),
        ({"options": "?colour=red"}, "can't be asked with these options"),
    ],
)
async def test_wrong_addresses(postgres, caplog, parts, expected):
    port = str(free_port())
    parts = {name: value.replace("{closed}", port) for name, value in parts.items()}
    assert expected in await refusal(changed(postgres, **parts), caplog)


async def test_a_server_that_is_something_else(postgres, caplog):
    async def answer(reader, writer):
        await reader.read(8)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    url = changed(postgres, host=f"127.0.0.1:{port}", options="?ssl=disable")
    assert "it is no PostgreSQL" in await refusal(url, caplog)
    server.close()


@asynccontextmanager
async def role(postgres, *orders):
    """A user of that server, `stranger` with the password `wröng`, who is let in."""
    for order in ("CREATE ROLE stranger LOGIN PASSWORD 'wröng'", *orders):
        query(postgres.url, order)
    yield "stranger:wr%C3%B6ng"


async def test_a_user_without_rights(own_postgres, caplog):
    async with role(own_postgres) as who:
        told = await refusal(changed(own_postgres, who=who), caplog)
    assert "does not allow that to 'stranger': make this user the owner" in told


async def test_a_server_without_a_connection_left(own_postgres, caplog):
    async with role(own_postgres, "ALTER ROLE stranger CONNECTION LIMIT 0") as who:
        told = await refusal(changed(own_postgres, who=who), caplog)
    assert "lower PIXFERRY_DATABASE_POOL, or raise" in told


async def test_a_server_that_wants_tls(own_postgres, caplog):
    rules = own_postgres.folder / "data" / "pg_hba.conf"
    rules.write_text("hostssl all all all scram-sha-256\n")
    query(own_postgres.url, "SELECT pg_reload_conf()")
    await asyncio.sleep(0.2)
    assert "wants TLS of 'pixferry': add ?ssl=require" in await refusal(own_postgres.url, caplog)


async def test_a_replica_that_only_reads(postgres, caplog):
    options = "?default_transaction_read_only=on"
    url = postgres.new_database() + options
    assert "a replica that only reads, name the primary" in await refusal(url, caplog)


async def test_a_database_that_can_not_hold_every_script(postgres, caplog):
    query(postgres.url, "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    told = await refusal(postgres.url_of("latin"), caplog)
    assert "encoding LATIN1" in told
    assert "ENCODING 'UTF8' TEMPLATE template0" in told


async def test_a_right_address_with_everything_escaped_works(postgres):
    database = open_database(changed(postgres, options="?ssl=prefer&search_path=public"), 4)
    async with database.read() as session:
        assert (await session.execute(text("SHOW search_path"))).scalar() == "public"
    await database.close()
