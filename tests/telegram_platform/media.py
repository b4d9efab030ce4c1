"""Pictures and files that the bot sends: as bytes, by a file_id, or from an address."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import aiohttp
from telegram_platform.files import TYPES, File
from telegram_platform.refusals import bad

if TYPE_CHECKING:
    from telegram_platform.bodies import Form
    from telegram_platform.files import Stored
    from telegram_platform.stand_in import Telegram

UPLOAD_MAX = 50 << 20
FETCH_MAX = {"photo": 5 << 20}
FETCH_MAX_OTHERS = 20 << 20
FETCH_SECONDS = 10
TITLES = {"photo": "Photo", "document": "Document", "animation": "Animation", "sticker": "Sticker"}


async def media(telegram: Telegram, form: Form, kind: str, value: object = None) -> dict:
    """`photo`, `document` or `animation` of a message; `value` else than by the parameter."""
    if value is None:
        value = form.files.get(kind) or form.values.get(kind)
    if not value:
        raise bad(f"there is no {kind} in the request")
    if isinstance(value, str) and value.startswith("attach://"):
        name = value.removeprefix("attach://")
        if name not in form.files:
            raise bad(f"wrong file identifier/HTTP URL specified: no part {name!r}")
        value = form.files[name]
    if isinstance(value, str) and re.match(r"https?://", value):
        value = await _fetched(value, kind)
    if isinstance(value, File):
        if not value.data:
            raise bad("file must be non-empty")
        if len(value.data) > UPLOAD_MAX and telegram.files.local is None:
            raise bad("file is too big")
        return await stored(telegram, value, kind, check=True)
    if not isinstance(value, str):
        raise bad(f"wrong {kind} specified")
    return _again(telegram, value, kind)


async def stored(telegram: Telegram, file: File, kind: str, *, check: bool = False) -> dict:
    """What a message holds of a new file."""
    if kind == "photo":
        return {"photo": await telegram.photos.take(file, check=check)}
    if kind == "document" and file.kind == "image/gif":
        kind = "animation"  # the platform plays it
    kept = telegram.files.keep(file, kind)
    return shown(telegram, kept)


def shown(telegram: Telegram, kept: Stored) -> dict:
    """What a message holds of a file that is kept."""
    file = kept.file
    base = kept.data() | {"mime_type": file.kind}
    if file.name:
        base["file_name"] = file.name
    if kept.kind == "animation":
        moving = base | {"width": 320, "height": 240, "duration": 1}
        return {"animation": moving, "document": base}
    return {kept.kind: base}


def _again(telegram: Telegram, number: str, kind: str) -> dict:
    kept = telegram.files.find(number)
    if kept.kind != kind and not (kind == "document" and kept.kind == "animation"):
        raise bad(f"can't use file of type {TITLES[kept.kind]} as {TITLES[kind]}")
    if kind == "photo":
        return {"photo": telegram.photos.sizes_of(number)}
    return shown(telegram, kept)


async def _fetched(url: str, kind: str) -> File:
    """The platform's own servers fetch it."""
    most = FETCH_MAX.get(kind, FETCH_MAX_OTHERS)
    limit = aiohttp.ClientTimeout(total=FETCH_SECONDS)
    try:
        async with aiohttp.ClientSession(timeout=limit) as http, http.get(url) as answer:
            data = await answer.content.read(most + 1) if answer.status == 200 else b""
            while data and len(data) <= most and (more := await answer.content.read(1 << 16)):
                data += more
            content_type = answer.content_type
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
        raise bad("failed to get HTTP URL content") from None
    if not data or len(data) > most:
        raise bad("failed to get HTTP URL content")
    if kind == "photo" and not content_type.startswith("image/"):
        raise bad("wrong type of the web page content")
    name = url.split("?", maxsplit=1)[0].rsplit("/", 1)[-1] or "file"
    named = TYPES.guess_type(name)[0]
    return File(data, name, content_type if named is None else None)
