"""What imglink.cc's API takes and gives for albums and embed profiles."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictStr

from api.compat.imglinkcc.models import Image
from api.v1 import album_models as albums
from api.v1 import embed_models as embeds

_PUBLIC = "Whether others may see it, by its password if it has one."


class AlbumRequest(BaseModel):
    """A new album."""

    model_config = ConfigDict(extra="forbid")

    title: albums.Title
    description: albums.Description | None = None
    isPublic: StrictBool = Field(True, description=_PUBLIC)  # noqa: N815  the document's name
    password: albums.Password | None = None


class AlbumPatch(BaseModel):
    """Changes to an album: what is not sent stays, null clears."""

    # Defaults only mark what was not sent; made by a factory, they stand in no schema.

    model_config = ConfigDict(extra="forbid")

    title: albums.Title = Field(default_factory=str)
    description: albums.Description | None = None
    isPublic: StrictBool = Field(default_factory=bool, description=_PUBLIC)  # noqa: N815  the document's name
    password: albums.Password | None = None


class AlbumImage(BaseModel):
    """Which of your images to put into an album, out of the one that it is in."""

    model_config = ConfigDict(extra="forbid")

    imageId: Annotated[StrictStr, Field(max_length=64)]  # noqa: N815  the document's name


class Album(BaseModel):
    """An album."""

    id: str
    title: str
    description: str | None
    isPublic: bool = Field(description=_PUBLIC)  # noqa: N815  the document's name
    hasPassword: bool  # noqa: N815  the document's name
    imageCount: int = Field(description="Its images that you may see.")  # noqa: N815  the document's name
    createdAt: str = Field(description="ISO 8601, UTC.")  # noqa: N815  the document's name


class AlbumWithImages(Album):
    """An album and its newest 1,000 images."""

    images: list[Image]


class AlbumList(BaseModel):
    """Your newest 1,000 albums, newest first."""

    success: Literal[True]
    albums: list[Album]


class AlbumAnswer(BaseModel):
    """One album."""

    success: Literal[True]
    album: Album


class AlbumView(BaseModel):
    """One album, with its images."""

    success: Literal[True]
    album: AlbumWithImages


class ProfileRequest(BaseModel):
    """A new embed profile."""

    model_config = ConfigDict(extra="forbid")

    name: embeds.Name
    title: embeds.Title | None = None
    description: embeds.Description | None = None
    color: embeds.Color | None = None
    author_name: embeds.AuthorName | None = None
    author_url: embeds.AuthorUrl | None = None
    site_name: embeds.SiteName | None = None


class ProfilePatch(ProfileRequest):
    """Changes to an embed profile: what is not sent stays, null clears."""

    name: embeds.Name = Field(default_factory=str)


class Profile(BaseModel):
    """An embed profile; what is not set is null."""

    id: int
    name: str
    title: str | None
    description: str | None
    color: str | None
    author_name: str | None
    author_url: str | None
    site_name: str | None


class ProfileList(BaseModel):
    """Your embed profiles, oldest first."""

    success: Literal[True]
    profiles: list[Profile]


class ProfileAnswer(BaseModel):
    """One embed profile."""

    success: Literal[True]
    profile: Profile
