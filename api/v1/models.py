"""What /v1 takes and gives. The OpenAPI document is made from these."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    PlainValidator,
    StrictBool,
    StrictInt,
    StrictStr,
    WithJsonSchema,
)

from core import fields
from core.ids import MEDIA_ID
from core.model import Ability


def _caption(value: str) -> str:
    return fields.check_text(value, fields.CAPTION_MAX)


def _metadata(value: str) -> str:
    return fields.check_text(value, fields.METADATA_VALUE_MAX)


def _ttl(value: object) -> timedelta:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError(fields.TTL_SENTENCE)  # noqa: TRY004  pydantic turns ValueError into a refusal
    return fields.parse_ttl(value)


def without_default(schema: dict[str, JsonValue]) -> None:
    """Of a field that is left as it is unless sent: its default here only marks the absence."""
    schema.pop("default", None)


def _form_bool(value: object) -> object:
    if isinstance(value, str) and (found := {"1": True, "true": True, "0": False, "false": False}):
        if value.lower() not in found:
            raise ValueError("It must be 1, 0, true or false.")
        return found[value.lower()]
    return value


def _form_int(value: object) -> object:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:  # noqa: PLR2004  fits any integer column
        return int(value)
    return value


def digits(value: object) -> object:
    if isinstance(value, str) and not (value.isascii() and value.isdigit()):
        raise ValueError("It must be a whole number.")
    return value


_LIFE = (
    "Time to live: seconds, or a span such as 5m, 2h, 7d, 2w; from 300 s to 90 d. "
    "Left out: as long as the plan keeps images."
)
_PUBLIC = "Whether anybody may see it (left out: the team's preference)."

_SPAN = r"^([0-9]{1,8}|[0-9]{1,4}[mhdw])$"

_TEXT: dict[str, JsonValue] = {"pattern": r"^[^\u0000]*$"}
"""What `check_text` judges beside the length, for the documentation."""

Caption = Annotated[
    StrictStr,
    AfterValidator(_caption),
    Field(
        max_length=fields.CAPTION_MAX,
        description="Free text about the image.",
        json_schema_extra=_TEXT,
    ),
]
Ttl = Annotated[
    timedelta,
    PlainValidator(_ttl),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": _SPAN},
                {"type": "integer", "minimum": 300, "maximum": 7_776_000},
            ],
            "description": "Seconds, or a span such as 5m, 2h, 7d, 2w; from 300 s to 90 d.",
        }
    ),
]
ExternalId = Annotated[
    StrictStr,
    AfterValidator(fields.check_external_id),
    Field(
        min_length=1,
        max_length=fields.EXTERNAL_ID_MAX,
        description="Your own id; unique within your team.",
        json_schema_extra=_TEXT,
    ),
]
Reference = Annotated[
    StrictStr,
    AfterValidator(lambda text: fields.check_text(text, 64)),
    Field(max_length=64, description="An album of your team's.", json_schema_extra=_TEXT),
]
ProfileId = Annotated[
    StrictInt, Field(ge=1, le=2**53, description="An embed profile of your team's.")
]
MetadataValue = Annotated[
    StrictStr,
    AfterValidator(_metadata),
    Field(max_length=fields.METADATA_VALUE_MAX, json_schema_extra=_TEXT),
]
IdList = Annotated[
    list[Annotated[StrictStr, Field(max_length=64)]], Field(min_length=1, max_length=100)
]


class UploadRequest(BaseModel):
    """The fields of an upload beside `file`. Any other field is kept as attribution."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, MetadataValue] = Field(init=False)

    caption: Caption | None = None
    ttl: Ttl | None = Field(None, description=_LIFE)
    public: Annotated[StrictBool, BeforeValidator(_form_bool)] | None = Field(
        None, description=_PUBLIC
    )
    external_id: ExternalId | None = None
    album_id: Reference | None = None
    embed_profile_id: Annotated[ProfileId, BeforeValidator(_form_int)] | None = None


class ImportRequest(BaseModel):
    """An address to import from, and the fields of an upload."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, MetadataValue] = Field(init=False)

    url: Annotated[StrictStr, Field(description="Public http(s) address of the picture itself.")]
    caption: Caption | None = None
    ttl: Ttl | None = Field(None, description=_LIFE)
    public: StrictBool | None = Field(None, description=_PUBLIC)
    external_id: ExternalId | None = None
    album_id: Reference | None = None
    embed_profile_id: ProfileId | None = None


class PatchRequest(BaseModel):
    """Changes to an image. Other fields are merged into the attribution; null removes."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, MetadataValue | None] = Field(init=False)

    caption: Caption | None = None
    public: StrictBool = Field(
        True, description="Whether anybody may see it.", json_schema_extra=without_default
    )
    ttl: Ttl | None = Field(
        None, description="Time to live, as on upload; counts from now, null makes permanent."
    )
    album_id: Reference | None = None
    embed_profile_id: ProfileId | None = None


class BatchPatchRequest(PatchRequest):
    """The same changes to at most 100 images."""

    ids: IdList


class BatchDeleteRequest(BaseModel):
    """At most 100 images to delete."""

    model_config = ConfigDict(extra="forbid")

    ids: IdList


class KeyRequest(BaseModel):
    """A new API key."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[
        StrictStr,
        AfterValidator(lambda text: fields.check_text(text, 200)),
        Field(max_length=200, json_schema_extra=_TEXT),
    ] = ""
    abilities: Annotated[list[Ability], Field(min_length=1, max_length=3)] = Field(
        default_factory=lambda: [Ability.READ, Ability.WRITE]
    )


class ListQuery(BaseModel):
    """What a list may be narrowed to."""

    model_config = ConfigDict(extra="ignore")

    ids: str | None = Field(None, description="Comma-separated ids, at most 100.")
    cursor: str | None = Field(None, max_length=512, description="From the page before.")
    limit: Annotated[int, BeforeValidator(digits)] = Field(
        50, ge=1, le=100, description="Images a page."
    )
    album: Reference | None = Field(None, description="Only this album's.")
    q: Annotated[str, AfterValidator(lambda text: fields.check_text(text, 200))] | None = Field(
        None,
        max_length=200,
        json_schema_extra=_TEXT,
        description="Only those whose caption or file name has these words.",
    )


class MediaObject(BaseModel):
    """A hosted image. Attribution stands beside these fields."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, MetadataValue] = Field(init=False)

    id: str = Field(pattern=f"^{MEDIA_ID.pattern}$")
    link: str = Field(description="The unit of sharing: a page for people, bytes for <img>.")
    caption: str | None = Field(None, description="Only if set.")
    extension: Literal["jpeg", "png", "gif", "webp", "svg", "ico"]
    width: int = Field(description="Pixels as displayed.")
    height: int = Field(description="Pixels as displayed.")
    filesize: int = Field(description="Bytes that `src` serves.")
    created_at: int = Field(description="Unix seconds.")
    expires_at: int | None = Field(None, description="Unix seconds; only if it expires.")
    src: str = Field(description="The bytes.")
    mime: str
    public: bool
    animated: bool
    external_id: str | None = Field(None, description="Shown to its team alone.")
    album_id: str | None = Field(None, description="Shown to its team alone.")
    embed_profile_id: int | None = Field(None, description="Shown to its team alone.")


class UpgradeHint(BaseModel):
    """How to get more than an anonymous upload."""

    type: Literal["register"]
    url: str
    message: str
    label: str


class HostedObject(MediaObject):
    """A new image. Anonymous uploads also have a token to take them back, and a hint."""

    delete_token: str | None = Field(None, description="For `X-Delete-Token`; shown once.")
    upgrade: UpgradeHint | None = None


class MediaPage(BaseModel):
    """A page of images, newest first."""

    data: list[MediaObject]
    next_cursor: str | None
    has_more: bool


class BatchUpdated(BaseModel):
    """How many of the ids were your team's and changed, and what they are now."""

    updated: int
    media: list[MediaObject]


class BatchDeleted(BaseModel):
    """How many of the ids were your team's and are gone."""

    deleted: int


class MonthlyUsage(BaseModel):
    """The calendar month (UTC). Null: unlimited."""

    uploads: int
    uploads_limit: int | None
    uploads_remaining: int | None
    resets_at: int


class TotalUsage(BaseModel):
    """All that is stored. Null: unlimited."""

    media_stored: int
    storage_used_bytes: int
    storage_limit_bytes: int | None
    storage_remaining_bytes: int | None


class UsageObject(BaseModel):
    """What the team has used of its plan."""

    monthly: MonthlyUsage
    totals: TotalUsage
    plan: str


class KeyObject(BaseModel):
    """An API key."""

    id: int
    name: str
    abilities: list[Ability]
    created_at: int
    last_used_at: int | None = Field(description="To the hour.")


class NewKeyObject(KeyObject):
    """A key just made."""

    token: str = Field(description="Shown once; keep it.")


class KeyList(BaseModel):
    """The team's keys, oldest first."""

    data: list[KeyObject]


class Action(BaseModel):
    """What to do next."""

    type: Literal["upgrade", "wait"]
    url: str | None = None
    label: str | None = None
    seconds: int | None = None


class ErrorObject(BaseModel):
    """Every failure."""

    error: str = Field(description="A stable code.")
    message: str = Field(description="A sentence.")
    action: Action | None = None
    errors: dict[str, list[str]] | None = Field(None, description="By field.")
    id: str | None = Field(None, description="With external_id_duplicate: the existing image's.")
    request_id: str | None = Field(None, description="With faults of ours.")


Schema = dict[str, Any]
