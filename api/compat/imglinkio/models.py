"""What imglink.io's API takes and gives."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema

from core.albums import TITLE_MAX, check_title
from core.fields import HOURS_MAX, parse_hours

_ID = "Image id."


class UploadRequest(BaseModel):
    """The fields of an upload beside its file or files."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    album: Annotated[str, AfterValidator(check_title)] | None = Field(
        None,
        description="The title of an album of your team's, which is made if there is none.",
        json_schema_extra={"maxLength": TITLE_MAX},
    )
    expiry: Annotated[
        timedelta | None,
        PlainValidator(parse_hours),
        WithJsonSchema({"type": "integer", "minimum": 0, "maximum": HOURS_MAX}),
    ] = Field(None, description="Hours until it is deleted; 0: permanent.")


class Links(BaseModel):
    """An image's addresses, and how other places want them pasted."""

    direct: str
    thumbnail: str
    view_page: str
    bbcode: str
    html: str
    markdown: str


class Image(BaseModel):
    """A hosted image."""

    id: str = Field(description=_ID)
    filename: str
    size: int = Field(description="Bytes.")
    width: int
    height: int
    format: Literal["JPEG", "PNG", "GIF", "WEBP", "SVG", "ICO"]
    uploaded_at: str = Field(
        description="ISO 8601, in UTC.", json_schema_extra={"format": "date-time"}
    )
    links: Links


class ShownImage(Image):
    """A hosted image, with its end."""

    expires_at: str | None = Field(
        None,
        description="ISO 8601, in UTC; only if it expires.",
        json_schema_extra={"format": "date-time"},
    )


class Problem(BaseModel):
    """What went wrong: a code for programs, a sentence for people."""

    code: str
    message: str


class FailedFile(BaseModel):
    """A file of several that was not hosted."""

    filename: str
    error: Problem


class Uploaded(BaseModel):
    """The new image."""

    success: Literal[True]
    data: Image


class UploadedEach(BaseModel):
    """What became of each file, in the order in which they were sent."""

    success: Literal[True]
    data: list[Image | FailedFile]


class Shown(BaseModel):
    """The image."""

    success: Literal[True]
    data: ShownImage


class Id(BaseModel):
    """Which image it was."""

    id: str = Field(description=_ID)


class Deleted(BaseModel):
    """The image is gone."""

    success: Literal[True]
    data: Id
    message: str


class Failure(BaseModel):
    """Every failure; where none of several files was hosted, with each one's."""

    success: Literal[False]
    error: Problem
    data: list[FailedFile] | None = Field(None, description="Of a bulk upload that was read.")
