"""What img.pro's API 1.0 takes and gives."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    StrictStr,
    WithJsonSchema,
)

from api.v1.models import Caption, digits, without_default
from core import fields
from core.file_names import FILE_NAME_MAX, check_file_name
from core.tags import TAG_MAX, TAGS_MAX, TagMode, clean_tags

IDS_MAX = 100
OFFSET_MAX = 1_000_000_000
_BOOLS: dict[object, bool] = {"1": True, "0": False, "true": True, "false": False}


def _public(value: object) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value) if isinstance(value, int) else value
    if isinstance(text, str) and text.lower() in _BOOLS:
        return _BOOLS[text.lower()]
    raise ValueError("Public must be 1 or 0, or true or false")


def _ttl(value: object) -> timedelta:
    sentence = "TTL must be seconds, or a duration such as 5m, 2h, 7d or 2w"
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError(sentence)  # noqa: TRY004  pydantic turns ValueError into a refusal
    span = fields.parse_span(value, timedelta(0), timedelta.max, sentence)
    if span < fields.TTL_MIN:
        raise ValueError("TTL must be at least 5 minutes (300 seconds)")
    if span > fields.TTL_MAX:
        raise ValueError("TTL must be at most 90 days (7,776,000 seconds)")
    return span


def _words(value: object) -> list[str]:
    """A list as it comes: separated by commas, or an array."""
    if isinstance(value, str):
        return value.split(",")
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return value
    raise ValueError("Tags must be text separated by commas, or a list of texts")


def _tags(value: object) -> tuple[str, ...]:
    return clean_tags(_words(value))


def _wanted_tags(value: object) -> tuple[str, ...]:
    return clean_tags(_words(value), IDS_MAX)


def _ids(value: str) -> tuple[str, ...]:
    ids = tuple(dict.fromkeys(one for each in value.split(",") if (one := each.strip())))
    if len(ids) > IDS_MAX:
        raise ValueError(f"Maximum {IDS_MAX} ids allowed")
    return ids


def _some_ids(value: str) -> tuple[str, ...]:
    ids = _ids(value)
    if not ids:
        raise ValueError("Name at least one id")
    return ids


_TEXT_OR_LIST = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}

Tags = Annotated[
    tuple[str, ...],
    PlainValidator(_tags),
    WithJsonSchema(
        {
            **_TEXT_OR_LIST,
            "description": f"Separated by commas; at most {TAGS_MAX}, {TAG_MAX} characters each.",
        }
    ),
]
Ttl = Annotated[
    timedelta,
    PlainValidator(_ttl),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": fields.SPAN_PATTERN},
                {"type": "integer", "minimum": 300, "maximum": 7_776_000},
            ],
            "description": "Seconds, or a duration such as 5m, 2h, 7d, 2w; 5 minutes to 90 days.",
        }
    ),
]
Public = Annotated[
    bool,
    PlainValidator(_public),
    WithJsonSchema(
        {
            "anyOf": [{"type": "boolean"}, {"enum": [1, 0, "1", "0", "true", "false"]}],
            "description": "Whether anybody may see it.",
        }
    ),
]
_IDS = WithJsonSchema(
    {"type": "string", "description": f"Comma-separated UIDs, at most {IDS_MAX}."}
)


class UploadRequest(BaseModel):
    """The fields of an upload beside `file`."""

    model_config = ConfigDict(extra="forbid")

    description: Caption | None = None
    tags: Tags | None = None
    ttl: Ttl | None = None
    public: Public | None = None


class ImportRequest(UploadRequest):
    """An address to import from, and the fields of an upload."""

    url: StrictStr = Field(description="Public http(s) address of the picture itself.")


class PatchRequest(BaseModel):
    """Changes to an image; what is not sent stays."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[StrictStr, AfterValidator(check_file_name)] = Field(
        "",
        max_length=FILE_NAME_MAX,
        description="The extension stays what it is.",
        json_schema_extra=without_default,
    )
    description: Caption | None = None
    tags: Tags | None = None
    public: Public = Field(True, json_schema_extra=without_default)


class BatchPatchRequest(PatchRequest):
    """The same changes to several images."""

    tag_mode: TagMode = Field(TagMode.REPLACE, description="What becomes of the tags there are.")


class ListQuery(BaseModel):
    """What a list may be narrowed to."""

    model_config = ConfigDict(extra="ignore")

    limit: Annotated[int, BeforeValidator(digits)] = Field(
        50, ge=1, le=100, description="Items per page."
    )
    cursor: str | None = Field(None, max_length=512, description="From the page before.")
    offset: Annotated[int, BeforeValidator(digits)] = Field(
        0, ge=0, le=OFFSET_MAX, description="Deprecated: use cursor."
    )
    ids: Annotated[tuple[str, ...], BeforeValidator(_ids), _IDS] | None = None
    tags: Annotated[
        tuple[str, ...],
        BeforeValidator(_wanted_tags),
        WithJsonSchema({"type": "string", "description": "Filter by tags, comma-separated."}),
    ] = Field((), json_schema_extra=without_default)
    tag_mode: Literal["any", "all"] = Field("any", description="Those with any of them, or all.")


class IdsQuery(BaseModel):
    """Which images a batch is for."""

    model_config = ConfigDict(extra="ignore")

    ids: Annotated[tuple[str, ...], BeforeValidator(_some_ids), _IDS]


class Size(BaseModel):
    """One size of an image that was made."""

    src: str
    width: int
    height: int
    filesize: int


class Media(BaseModel):
    """A hosted image."""

    id: str
    name: str = Field(description="Original filename.")
    url: str | None = Field(None, description="Public sharing URL; only of public images.")
    src: str = Field(description="The bytes.")
    width: int
    height: int
    filesize: int
    description: str | None = Field(None, description="Only if set.")
    tags: list[str] | None = Field(None, description="Only if it has any.")
    expires_at: int | None = Field(None, description="Unix seconds; only if it expires.")
    sizes: dict[Literal["s", "m", "l", "xl", "xxl"], Size] | None = Field(
        None, description="The sizes made so far."
    )


class MediaList(BaseModel):
    """A page of images, newest first."""

    data: list[Media]
    next_cursor: str | None = Field(None, description="Only if there is more.")
    has_more: bool


class BatchUpdated(BaseModel):
    """Those of the images that are the team's, as they are now."""

    updated: int
    media: list[Media]


class DeletedIds(BaseModel):
    """What became of each id."""

    deleted: list[str]
    not_found: list[str]


class BatchDeleted(BaseModel):
    """How many of the ids were the team's and are gone."""

    deleted: int
    not_found: int
    ids: DeletedIds


class Service(BaseModel):
    """What this is."""

    name: str
    version: str
    documentation: str
    endpoints: dict[str, str]


class Failure(BaseModel):
    """Every failure: `code`, or for wrong fields `errors` by field."""

    error: str
    code: str | None = None
    errors: dict[str, list[str]] | None = None
