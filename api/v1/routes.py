"""The routes of /v1, one row each: what serves, documents and tests them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.v1 import (
    account,
    album_models,
    albums,
    embed_models,
    embeds,
    link_models,
    links,
    media,
    models,
    uploads,
)
from core import errors

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp import web
    from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class Route:
    """One operation.

    `auth`: `key` needed, `optional`, `key or token` (X-Delete-Token), or `key or password`
    (X-Album-Password; open without either where there is none). `failures` are told
    beside those that follow from `auth` and `request`.
    """

    method: str
    path: str
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    summary: str
    auth: str
    status: int
    response: type[BaseModel] | None = None
    request: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    multipart: bool = False
    failures: tuple[type[errors.CoreError], ...] = ()

    @property
    def pattern(self) -> str:
        """The path for aiohttp's router: `batch` is no image, so its other methods are 405."""
        return self.path.replace("{id}", "{id:(?!batch$)[^{}/]+}")


_HOSTING = (
    errors.FileTooLarge,
    errors.UnsupportedImage,
    errors.ExternalIdDuplicate,
    errors.QuotaExceeded,
    errors.StorageFull,
)

ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        "/v1/upload",
        uploads.upload,
        "Upload an image",
        "optional",
        201,
        models.HostedObject,
        models.UploadRequest,
        multipart=True,
        failures=(*_HOSTING, errors.UploadFailed),
    ),
    Route(
        "POST",
        "/v1/import",
        uploads.import_,
        "Import an image from an address",
        "optional",
        201,
        models.HostedObject,
        models.ImportRequest,
        failures=(
            errors.AddressRefused,
            *_HOSTING,
            errors.FetchFailed,
            errors.FetchTimedOut,
            errors.ImportFailed,
        ),
    ),
    Route(
        "GET",
        "/v1/media",
        media.list_media,
        "List your images, newest first",
        "key",
        200,
        models.MediaPage,
        query=models.ListQuery,
    ),
    Route(
        "PATCH",
        "/v1/media/batch",
        media.patch_batch,
        "Change many images alike",
        "key",
        200,
        models.BatchUpdated,
        models.BatchPatchRequest,
    ),
    Route(
        "DELETE",
        "/v1/media/batch",
        media.delete_batch,
        "Delete many images",
        "key",
        200,
        models.BatchDeleted,
        models.BatchDeleteRequest,
    ),
    Route(
        "GET",
        "/v1/media/{id}",
        media.get_media,
        "Get an image's details",
        "optional",
        200,
        models.MediaObject,
        failures=(errors.NotFound,),
    ),
    Route(
        "PATCH",
        "/v1/media/{id}",
        media.patch_media,
        "Change an image",
        "key",
        200,
        models.MediaObject,
        models.PatchRequest,
        failures=(errors.NotFound,),
    ),
    Route(
        "DELETE",
        "/v1/media/{id}",
        media.delete_media,
        "Delete an image",
        "key or token",
        204,
        failures=(errors.NotFound, errors.WrongDeleteToken),
    ),
    Route(
        "POST",
        "/v1/media/{id}/links",
        links.create_link,
        "Sign a link with dimensions, with an expiry, or to a private image",
        "key",
        200,
        link_models.LinkObject,
        link_models.LinkRequest,
        failures=(errors.NotFound,),
    ),
    Route(
        "GET",
        "/v1/embeds",
        embeds.list_embeds,
        "List your embed profiles",
        "key",
        200,
        embed_models.EmbedList,
    ),
    Route(
        "POST",
        "/v1/embeds",
        embeds.create_embed,
        "Create an embed profile",
        "key",
        201,
        embed_models.EmbedObject,
        embed_models.EmbedRequest,
        failures=(errors.TooManyProfiles,),
    ),
    Route(
        "GET",
        "/v1/embeds/{id}",
        embeds.get_embed,
        "Get an embed profile",
        "key",
        200,
        embed_models.EmbedObject,
        failures=(errors.NotFound,),
    ),
    Route(
        "PATCH",
        "/v1/embeds/{id}",
        embeds.patch_embed,
        "Change an embed profile",
        "key",
        200,
        embed_models.EmbedObject,
        embed_models.EmbedPatchRequest,
        failures=(errors.NotFound,),
    ),
    Route(
        "DELETE",
        "/v1/embeds/{id}",
        embeds.delete_embed,
        "Delete an embed profile",
        "key",
        204,
        failures=(errors.NotFound,),
    ),
    Route(
        "GET",
        "/v1/embeds/{id}/preview",
        embeds.preview_embed,
        "See what each chat will show",
        "key",
        200,
        embed_models.PreviewObject,
        query=embed_models.PreviewQuery,
        failures=(errors.NotFound,),
    ),
    Route(
        "GET",
        "/v1/albums",
        albums.list_albums,
        "List your albums, newest first",
        "key",
        200,
        album_models.AlbumPage,
        query=album_models.AlbumQuery,
    ),
    Route(
        "POST",
        "/v1/albums",
        albums.create_album,
        "Create an album",
        "key",
        201,
        album_models.AlbumObject,
        album_models.AlbumRequest,
    ),
    Route(
        "GET",
        "/v1/albums/{id}",
        albums.get_album,
        "Get an album and its images",
        "key or password",
        200,
        album_models.AlbumWithMedia,
        query=album_models.AlbumQuery,
        failures=(errors.NotFound,),
    ),
    Route(
        "PATCH",
        "/v1/albums/{id}",
        albums.patch_album,
        "Change an album",
        "key",
        200,
        album_models.AlbumObject,
        album_models.AlbumPatchRequest,
        failures=(errors.NotFound,),
    ),
    Route(
        "DELETE",
        "/v1/albums/{id}",
        albums.delete_album,
        "Delete an album; its images stay",
        "key",
        204,
        failures=(errors.NotFound,),
    ),
    Route(
        "PUT",
        "/v1/albums/{id}/media/{media_id}",
        albums.put_album_media,
        "Move an image into an album",
        "key",
        204,
        failures=(errors.NotFound,),
    ),
    Route(
        "DELETE",
        "/v1/albums/{id}/media/{media_id}",
        albums.delete_album_media,
        "Take an image out of an album",
        "key",
        204,
        failures=(errors.NotFound,),
    ),
    Route(
        "GET",
        "/v1/usage",
        account.get_usage,
        "Check what you have used of your plan",
        "key",
        200,
        models.UsageObject,
    ),
    Route("GET", "/v1/keys", account.list_keys, "List API keys", "key", 200, models.KeyList),
    Route(
        "POST",
        "/v1/keys",
        account.create_key,
        "Create an API key",
        "key",
        201,
        models.NewKeyObject,
        models.KeyRequest,
    ),
    Route(
        "DELETE",
        "/v1/keys/{id}",
        account.delete_key,
        "Revoke an API key",
        "key",
        204,
        failures=(errors.NotFound,),
    ),
)
