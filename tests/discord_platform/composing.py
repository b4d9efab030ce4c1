"""Messages made and changed by what a bot sends, as the platform then shows them."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from discord_platform.messages import COMPONENTS_V2, Message, walk
from discord_platform.world import timestamp

if TYPE_CHECKING:
    from collections.abc import Callable

    from discord_platform.bodies import Body
    from discord_platform.cdn import Cdn
    from discord_platform.world import Account, Channel

SCHEME = "attachment://"
IMAGE_PLACES = ("image", "thumbnail")
ICON_PLACES = ("author", "footer")


def blank(number: str, channel: Channel, author: Account, kind: int = 0) -> dict:
    """The JSON of a message that says nothing yet."""
    return {
        "id": number,
        "type": kind,
        "channel_id": channel.id,
        "author": author.data(),
        "content": "",
        "timestamp": timestamp(),
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "components": [],
        "pinned": False,
        "flags": 0,
    }


def apply(message: Message, body: Body, new_id: Callable[[], str], cdn: Cdn) -> None:
    """Write what the body says into the message. What it does not name stays as it is."""
    payload, data = body.payload, message.data
    if "content" in payload:
        data["content"] = payload["content"] or ""
    if "flags" in payload:
        kept = data["flags"] | payload["flags"] & COMPONENTS_V2
        data["flags"] = kept & ~4 | payload["flags"] & 4
    _attach(message, body, new_id, cdn)
    if "embeds" in payload:
        data["embeds"] = [_shown(embed) for embed in payload["embeds"] or []]
        _resolve_embeds(message)
    if "components" in payload:
        data["components"] = copy.deepcopy(payload["components"] or [])
        number(data["components"])
        _resolve_media(message)


def _attach(message: Message, body: Body, new_id: Callable[[], str], cdn: Cdn) -> None:
    payload, data = body.payload, message.data
    told = {str(one["id"]): one for one in payload.get("attachments") or []}
    if "attachments" in payload:
        data["attachments"] = [one for one in data["attachments"] if one["id"] in told]
        message.hidden = [one for one in message.hidden if one["id"] in told]
    for index, file in body.files.items():
        said = told.get(str(index), {})
        shown = cdn.keep(new_id(), message.channel.id, file, ephemeral=message.ephemeral)
        if said.get("description"):
            shown["description"] = said["description"]
        data["attachments"].append(shown)


def _shown(embed: dict) -> dict:
    shown = {key: value for key, value in embed.items() if value not in (None, "", [])}
    return copy.deepcopy(shown) | {"type": "rich"}


def _resolve_embeds(message: Message) -> None:
    """Attachments that embeds name are shown there, and no longer below the message."""
    everything = message.data["attachments"] + message.hidden
    by_name = {one["filename"]: one for one in everything}
    used = set()
    for embed in message.embeds:
        for place in (*IMAGE_PLACES, *ICON_PLACES):
            key = "url" if place in IMAGE_PLACES else "icon_url"
            url = (embed.get(place) or {}).get(key, "")
            if not url.startswith(SCHEME):
                continue
            found = by_name.get(url.removeprefix(SCHEME))
            if found is None:  # nothing is shown
                embed.pop(place) if place in IMAGE_PLACES else embed[place].pop(key)
                continue
            used.add(found["id"])
            embed[place] |= {key: found["url"], f"proxy_{key}": found["proxy_url"]}
            if place in IMAGE_PLACES:
                embed[place] |= {name: found[name] for name in ("width", "height") if name in found}
    shown_already = {
        image["url"] for e in message.embeds for p in IMAGE_PLACES if (image := e.get(p))
    }
    used |= {one["id"] for one in message.hidden if one["url"] in shown_already}
    message.data["attachments"] = [one for one in everything if one["id"] not in used]
    message.hidden = [one for one in everything if one["id"] in used]


def number(components: list[dict]) -> None:
    """Give each component the id that it lacks."""
    taken = {one["id"] for one in walk(components) if one.get("id")}
    last = 0
    for one in walk(components):
        if not one.get("id"):
            last += 1
            while last in taken:
                last += 1
            one["id"] = last


def _resolve_media(message: Message) -> None:
    by_name = {one["filename"]: one for one in message.data["attachments"]}
    for one in walk(message.data["components"]):
        for media in media_of(one):
            found = by_name.get(media["url"].removeprefix(SCHEME))
            if found and media["url"].startswith(SCHEME):
                media |= {"url": found["url"], "proxy_url": found["proxy_url"]}
                media |= {"attachment_id": found["id"], "content_type": found.get("content_type")}


def media_of(component: dict) -> list[dict]:
    """The media that one component shows."""
    shown = [item.get("media") for item in component.get("items") or []]
    return [one for one in (component.get("media"), component.get("file"), *shown) if one]
