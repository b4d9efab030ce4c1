"""What /v1/embeds takes and gives."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StrictBool,
    StrictStr,
)

from core import embed_rules as rules
from core.chat_limits import BUTTON_LABEL_CHARS, BUTTON_URL_CHARS, COMPONENT_BUTTONS
from core.embeds import Layout, PictureSize
from core.placeholders import PLACEHOLDERS

_TEXT: dict[str, JsonValue] = {"pattern": r"^[^\u0000]*$"}
_NAME: dict[str, JsonValue] = {"pattern": r"^[^\u0000]*[^\u0000\s][^\u0000]*$"}
_ADDRESS: dict[str, JsonValue] = {"pattern": r"^https?://[^\s<>\"'`\\^{|}]+$", "format": "uri"}
_FILLED = f"May hold {', '.join(f'{{{name}}}' for name in PLACEHOLDERS)}."


Name = Annotated[
    StrictStr,
    AfterValidator(rules.check_name),
    Field(
        min_length=1,
        max_length=rules.NAME_MAX,
        description="What you call it.",
        json_schema_extra=_NAME,
    ),
]
Title = Annotated[
    StrictStr,
    AfterValidator(rules.check_title),
    Field(
        max_length=rules.TITLE_MAX,
        description=f"Unset: the caption, else the file's name. {_FILLED}",
        json_schema_extra=_TEXT,
    ),
]
Description = Annotated[
    StrictStr,
    AfterValidator(rules.check_description),
    Field(
        max_length=rules.DESCRIPTION_MAX,
        description="A text under the title. Placeholders as in `title`.",
        json_schema_extra=_TEXT,
    ),
]
Color = Annotated[
    StrictStr,
    AfterValidator(rules.check_color),
    Field(description="`#rrggbb`.", json_schema_extra={"pattern": f"^{rules.COLOR.pattern}$"}),
]
AuthorName = Annotated[
    StrictStr,
    AfterValidator(rules.check_author_name),
    Field(
        max_length=rules.AUTHOR_NAME_MAX,
        description="Who shares it. Placeholders as in `title`.",
        json_schema_extra=_TEXT,
    ),
]
AuthorUrl = Annotated[
    StrictStr,
    AfterValidator(rules.check_url),
    Field(
        max_length=rules.AUTHOR_URL_MAX,
        description="Where the author's name leads.",
        json_schema_extra=_ADDRESS,
    ),
]
SiteName = Annotated[
    StrictStr,
    AfterValidator(rules.check_site_name),
    Field(
        max_length=rules.SITE_NAME_MAX,
        description="Unset: this server's. Placeholders as in `title`.",
        json_schema_extra=_TEXT,
    ),
]
LayoutField = Annotated[
    Layout, Field(description="A card, the picture alone, or Discord's component embed.")
]
ImageField = Annotated[PictureSize, Field(description="How a card shows the picture.")]
Spoiler = Annotated[
    StrictBool, Field(description="Hide the picture until clicked, where a chat can.")
]
Default = Annotated[
    StrictBool,
    Field(description="Applies to all images of your team that have no other; one at a time."),
]


class ButtonObject(BaseModel):
    """A link button of the layout `component`."""

    model_config = ConfigDict(extra="forbid")

    label: Annotated[
        StrictStr,
        AfterValidator(rules.check_label),
        Field(
            min_length=1,
            max_length=BUTTON_LABEL_CHARS,
            description="Placeholders as in `title`.",
            json_schema_extra=_NAME,
        ),
    ]
    url: Annotated[
        StrictStr,
        AfterValidator(rules.check_button_url),
        Field(max_length=BUTTON_URL_CHARS, json_schema_extra=_ADDRESS),
    ]


Buttons = Annotated[
    list[ButtonObject],
    Field(max_length=COMPONENT_BUTTONS, description="Links under a component embed."),
]


class EmbedRequest(BaseModel):
    """A new embed profile."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    title: Title | None = None
    description: Description | None = None
    color: Color | None = None
    author_name: AuthorName | None = None
    author_url: AuthorUrl | None = None
    site_name: SiteName | None = None
    layout: LayoutField = Layout.CARD
    image: ImageField = PictureSize.LARGE
    spoiler: Spoiler = False
    buttons: Buttons = Field(default_factory=list)
    default: Default = False


class EmbedPatchRequest(BaseModel):
    """Changes to an embed profile: what is not sent stays, null clears."""

    # Defaults only mark what was not sent; made by a factory, they stand in no schema.

    model_config = ConfigDict(extra="forbid")

    name: Name = Field(default_factory=str)
    title: Title | None = None
    description: Description | None = None
    color: Color | None = None
    author_name: AuthorName | None = None
    author_url: AuthorUrl | None = None
    site_name: SiteName | None = None
    layout: LayoutField = Field(default_factory=lambda: Layout.CARD)
    image: ImageField = Field(default_factory=lambda: PictureSize.LARGE)
    spoiler: Spoiler = Field(default_factory=bool)
    buttons: Buttons = Field(default_factory=list)
    default: Default = Field(default_factory=bool)


class EmbedObject(BaseModel):
    """An embed profile. Texts stand as they were written, placeholders and all."""

    id: int
    name: str
    title: str | None = Field(None, description="Only if set; so are the next five.")
    description: str | None = None
    color: str | None = None
    author_name: str | None = None
    author_url: str | None = None
    site_name: str | None = None
    layout: Layout
    image: PictureSize
    spoiler: bool
    buttons: list[ButtonObject]
    default: bool = Field(description="Whether it is your team's default.")
    created_at: int = Field(description="Unix seconds.")


class EmbedList(BaseModel):
    """Your embed profiles, oldest first: all of them, since there are few."""

    data: list[EmbedObject]


class PreviewQuery(BaseModel):
    """What to preview."""

    model_config = ConfigDict(extra="ignore")

    media: Annotated[str, Field(max_length=64, description="The id of an image that you see.")]


class ShownObject(BaseModel):
    """What one chat shows; a text that is absent is not shown there."""

    chat: Literal["discord", "telegram"]
    layout: Layout
    image: PictureSize
    title: str | None = None
    description: str | None = None
    site_name: str | None = None
    author_name: str | None = None
    author_url: str | None = None
    color: str | None = None
    spoiler: bool
    buttons: list[ButtonObject]


class FindingObject(BaseModel):
    """What a chat does not show as it was written."""

    chat: Literal["discord", "telegram"]
    field: str
    effect: Literal["cut", "ignored", "refused"]
    message: str


class PreviewObject(BaseModel):
    """What each chat will show of an image's link, and what it cuts, leaves out or refuses."""

    chats: list[ShownObject]
    findings: list[FindingObject]
