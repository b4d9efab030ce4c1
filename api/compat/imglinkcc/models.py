"""What imglink.cc's API takes and gives for accounts, uploads and images."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictStr

from api.v1.models import IdList, ProfileId, digits
from core.services.passwords import PASSWORD_MAX, PASSWORD_MIN

LIMIT_MAX = 40


class Credentials(BaseModel):
    """Who signs in."""

    model_config = ConfigDict(extra="forbid")

    email: Annotated[StrictStr, Field(max_length=320)]
    password: StrictStr = Field(
        description=f"A new one has {PASSWORD_MIN} to {PASSWORD_MAX:,} characters."
    )


class SignedIn(BaseModel):
    """A token that is good for 7 days."""

    token: str = Field(description="A JSON Web Token, for `Authorization: Bearer TOKEN`.")
    expires_at: str = Field(description="ISO 8601, UTC.", examples=["2026-01-22T12:00:00Z"])


class UploadRequest(BaseModel):
    """An upload with a key: `file` alone, which may be repeated."""

    model_config = ConfigDict(extra="forbid")


class WebUploadRequest(BaseModel):
    """The fields of an upload beside `file`, which may be repeated."""

    model_config = ConfigDict(extra="forbid")

    visibility: Literal["public", "private"] = Field(
        "public", description="Public images are in the gallery; private ones need an account."
    )
    nsfw: Literal["true", "false"] = Field("false", description="Kept out of the gallery.")


class UploadedImage(BaseModel):
    """A new image."""

    id: str
    url: str = Field(description="The bytes.")
    thumbnail: str = Field(description="A medium-sized WebP.")
    viewer: str = Field(description="Its page.")
    delete: str = Field(description="Where a DELETE with its owner's key deletes it.")
    width: int
    height: int
    size: int = Field(description="Bytes.")
    mime: str


class Uploaded(BaseModel):
    """One file's image stands here itself, those of several files in `images`."""

    # The document has two answers; a client may tell them apart by `images`.
    model_config = ConfigDict(
        json_schema_extra=lambda schema: schema.update(_one_or_several(schema))
    )

    success: Literal[True]
    images: list[UploadedImage]


def _one_or_several(schema: dict[str, Any]) -> dict[str, Any]:
    several = {name: schema.pop(name) for name in ("type", "properties", "required")}
    one = UploadedImage.model_json_schema()
    success = several["properties"]["success"]
    return {
        "oneOf": [
            {
                "type": "object",
                "properties": {"success": success, **one["properties"]},
                "required": ["success", *one["required"]],
            },
            several,
        ]
    }


class Image(BaseModel):
    """An image."""

    id: str
    url: str = Field(description="The bytes.")
    thumbnail: str = Field(description="A medium-sized WebP.")
    viewer: str = Field(description="Its page.")
    width: int
    height: int
    size: int = Field(description="Bytes.")
    mime: str
    views: int = Field(description="Each visitor's address counts once an hour.")
    uploadedAt: str = Field(description="ISO 8601, UTC.", examples=["2026-01-15T12:00:00Z"])  # noqa: N815  the document's name


class ImageAnswer(BaseModel):
    """One image."""

    success: Literal[True]
    data: Image


class Done(BaseModel):
    """It is done."""

    success: Literal[True]


class GalleryQuery(BaseModel):
    """Which page of the gallery."""

    model_config = ConfigDict(extra="ignore")

    page: Annotated[int, BeforeValidator(digits)] = Field(1, ge=1, description="Page number.")
    limit: Annotated[int, BeforeValidator(digits)] = Field(
        20, ge=1, le=LIMIT_MAX, description="Images per page."
    )


class GalleryPage(BaseModel):
    """A page of the gallery, newest images first; past the end it is empty."""

    images: list[Image]
    page: int
    totalPages: int  # noqa: N815  the document's name
    total: int


class EmbedChoice(BaseModel):
    """The profile of one image; null: none of its own."""

    model_config = ConfigDict(extra="forbid")

    embed_profile_id: ProfileId | None


class BulkEmbedChoice(EmbedChoice):
    """The profile of up to 100 images."""

    image_ids: IdList


class BulkUpdated(BaseModel):
    """How many of the images were yours and are changed."""

    success: Literal[True]
    updated: int


class Failure(BaseModel):
    """Every failure."""

    error: str
