"""What /v1/albums takes and gives."""

from __future__ import annotations

from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    StrictBool,
    StrictStr,
)

from api.v1.models import MediaObject, ProfileId, digits
from core.albums import DESCRIPTION_MAX, PASSWORD_MAX, TITLE_MAX, check_title
from core.fields import check_text
from core.ids import MEDIA_ID

_TEXT: dict[str, JsonValue] = {"pattern": r"^[^\u0000]*$"}
_TITLE: dict[str, JsonValue] = {"pattern": r"^[^\u0000]*[^\u0000\s][^\u0000]*$"}


Title = Annotated[
    StrictStr,
    AfterValidator(check_title),
    Field(min_length=1, max_length=TITLE_MAX, json_schema_extra=_TITLE),
]
Description = Annotated[
    StrictStr,
    AfterValidator(lambda text: check_text(text, DESCRIPTION_MAX)),
    Field(max_length=DESCRIPTION_MAX, json_schema_extra=_TEXT),
]
Password = Annotated[
    StrictStr,
    AfterValidator(lambda text: check_text(text, PASSWORD_MAX)),
    Field(
        min_length=1,
        max_length=PASSWORD_MAX,
        description="What others need to see its images; it is never shown again.",
        json_schema_extra=_TEXT,
    ),
]
_PUBLIC = "Whether others than your team may see it, by its password if it has one."


class AlbumRequest(BaseModel):
    """A new album."""

    model_config = ConfigDict(extra="forbid")

    title: Title
    description: Description | None = None
    public: StrictBool = Field(True, description=_PUBLIC)
    password: Password | None = None
    embed_profile_id: ProfileId | None = None


class AlbumPatchRequest(BaseModel):
    """Changes to an album: what is not sent stays, null clears."""

    # Defaults only mark what was not sent; made by a factory, they stand in no schema.

    model_config = ConfigDict(extra="forbid")

    title: Title = Field(default_factory=str)
    description: Description | None = None
    public: StrictBool = Field(default_factory=bool, description=_PUBLIC)
    password: Password | None = None
    embed_profile_id: ProfileId | None = None


class AlbumQuery(BaseModel):
    """Which page of a list."""

    model_config = ConfigDict(extra="ignore")

    cursor: str | None = Field(None, max_length=512, description="From the page before.")
    limit: Annotated[int, BeforeValidator(digits)] = Field(
        50, ge=1, le=100, description="Entries a page."
    )


class AlbumObject(BaseModel):
    """An album."""

    id: str = Field(pattern=f"^{MEDIA_ID.pattern}$")
    link: str = Field(description="Its page.")
    title: str
    description: str | None = Field(None, description="Only if set.")
    public: bool = Field(description=_PUBLIC)
    has_password: bool
    media_count: int = Field(description="Its living images that you may see.")
    created_at: int = Field(description="Unix seconds.")
    embed_profile_id: int | None = Field(None, description="Shown to its team alone.")


class AlbumWithMedia(AlbumObject):
    """An album, with a page of its images, newest first."""

    media: list[MediaObject]
    next_cursor: str | None
    has_more: bool


class AlbumPage(BaseModel):
    """A page of your team's albums, newest first."""

    data: list[AlbumObject]
    next_cursor: str | None
    has_more: bool
