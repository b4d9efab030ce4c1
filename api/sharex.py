"""Custom uploaders of ShareX (getsharex.com), by which people upload their screenshots.

They are in the form of version 14, which later versions read, too. In texts `{json:name}` stands
for what the answer has under that name.
"""

from __future__ import annotations

from typing import Literal

from aiohttp import web
from pydantic import BaseModel, Field

from api.identity import bearer_token, identify
from api.keys import URLS
from core.embeds import SITE

PLACEHOLDER = "YOUR_API_KEY"


class Uploader(BaseModel):
    """A custom uploader, to be saved as a `.sxcu` file."""

    Version: Literal["14.0.0"] = "14.0.0"
    Name: str
    DestinationType: Literal["ImageUploader"] = "ImageUploader"
    RequestMethod: Literal["POST"] = "POST"
    RequestURL: str
    Headers: dict[str, str] = Field(description=f"With your key, or `{PLACEHOLDER}` in its place.")
    Body: Literal["MultipartFormData"] = "MultipartFormData"
    FileFormName: Literal["file"] = "file"
    URL: str
    ThumbnailURL: str
    DeletionURL: str = Field(description="Where a DELETE with the same headers deletes the image.")
    ErrorMessage: str


def native(api: str, key: str | None) -> Uploader:
    """For `/v1`; `api` is where that is."""
    return Uploader(
        Name=SITE,
        RequestURL=f"{api}/v1/upload",
        Headers={"Authorization": f"Bearer {filled(key)}"},
        URL="{json:link}",
        ThumbnailURL="{json:src}?size=m",
        DeletionURL=f"{api}/v1/media/{{json:id}}",
        ErrorMessage="{json:message}",
    )


def filled(key: str | None) -> str:
    """A key as the texts of an uploader hold it: its secret alone, for `|` would end the text."""
    return key.rpartition("|")[2] if key else PLACEHOLDER


def file(uploader: Uploader, name: str) -> web.Response:
    """An uploader as a file to save."""
    return web.Response(
        text=uploader.model_dump_json(indent=2),
        content_type="application/json",
        headers={
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{name}.sxcu"',
        },
    )


async def get_uploader(request: web.Request) -> web.Response:
    """A file for ShareX, with the key that asks for it filled in, else a placeholder."""
    await identify(request)
    return file(native(request.app[URLS].api, bearer_token(request)), "pixferry")
