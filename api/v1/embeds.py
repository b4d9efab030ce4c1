"""/v1/embeds: embed profiles, and what chats make of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from api.body import read_json
from api.identity import identify
from api.keys import CORE, URLS
from api.v1.embed_models import EmbedPatchRequest, EmbedRequest, PreviewQuery
from api.v1.parsing import parse, parse_query
from core.embeds import TEXTS, Button, Look
from core.errors import NotFound
from core.ids import row_number
from core.model import Ability
from core.services.embeds import Revision, look_fields

if TYPE_CHECKING:
    from core.embeds import EmbedProfile
    from core.services.linter import Finding, Shown


async def list_embeds(request: web.Request) -> web.Response:
    """The user's profiles, all of them."""
    caller = await identify(request, Ability.READ, key_needed=True)
    found = await request.app[CORE].embeds.list_all(caller)
    return web.json_response({"data": [embed_json(profile) for profile in found]})


async def create_embed(request: web.Request) -> web.Response:
    """A new profile, up to 25 a user."""
    caller = await identify(request, Ability.WRITE, key_needed=True)
    asked = parse(EmbedRequest, await read_json(request))
    look = Look(**_look(asked.model_dump(exclude={"name", "default"})))
    made = await request.app[CORE].embeds.add(caller, asked.name, look, default=asked.default)
    return web.json_response(embed_json(made), status=201)


async def get_embed(request: web.Request) -> web.Response:
    """One profile of the user's."""
    caller = await identify(request, Ability.READ, key_needed=True)
    return web.json_response(
        embed_json(await request.app[CORE].embeds.get(caller, profile_id(request)))
    )


async def patch_embed(request: web.Request) -> web.Response:
    """Change a profile, and so every preview that is made by it."""
    caller = await identify(request, Ability.WRITE, key_needed=True)
    asked = parse(EmbedPatchRequest, await read_json(request))
    sent = asked.model_dump(include=asked.model_fields_set)
    revision = Revision(sent.pop("name", None), sent.pop("default", None), _look(sent))
    changed = await request.app[CORE].embeds.change(caller, profile_id(request), revision)
    return web.json_response(embed_json(changed))


async def delete_embed(request: web.Request) -> web.Response:
    """Drop a profile; images, albums and chats that had it fall back to the next in order."""
    caller = await identify(request, Ability.WRITE, key_needed=True)
    await request.app[CORE].embeds.delete(caller, profile_id(request))
    return web.Response(status=204)


async def preview_embed(request: web.Request) -> web.Response:
    """What each chat will show of an image's link by this profile, and what it will not."""
    core = request.app[CORE]
    caller = await identify(request, Ability.READ, key_needed=True)
    query = parse_query(PreviewQuery, request)
    profile = await core.embeds.get(caller, profile_id(request))
    media = await core.library.get(query.media, caller)
    src = request.app[URLS].src(media)
    shown, findings = await core.embeds.preview(profile.look, media, src)
    return web.json_response(
        {
            "chats": [_shown_json(one) for one in shown],
            "findings": [_finding_json(one) for one in findings],
        }
    )


def embed_json(profile: EmbedProfile) -> dict[str, Any]:
    """A profile as its user sees it."""
    look = profile.look
    texts = {name: getattr(look, name) for name in TEXTS}
    return {
        "id": profile.id,
        "name": profile.name,
        **{name: text for name, text in texts.items() if text is not None},
        "layout": look.layout.value,
        "image": look.image.value,
        "spoiler": look.spoiler,
        "buttons": _buttons_json(look.buttons),
        "default": profile.default,
        "created_at": int(profile.created_at.timestamp()),
    }


def _look(fields: dict[str, Any]) -> dict[str, Any]:
    """A look's fields of a request's."""
    found = look_fields(fields)
    if "buttons" in found:
        found["buttons"] = tuple(Button(**button) for button in found["buttons"])
    return found


def profile_id(request: web.Request) -> int:
    """Which profile an address names.

    Raises:
        NotFound: none that there could be.
    """
    number = row_number(request.match_info["id"])
    if number is None:
        raise NotFound("There is no such embed profile, or it is not yours.")
    return number


def _buttons_json(buttons: tuple[Button, ...]) -> list[dict[str, str]]:
    return [{"label": button.label, "url": button.url} for button in buttons]


def _shown_json(shown: Shown) -> dict[str, Any]:
    texts = {name: getattr(shown, name) for name in TEXTS}
    return {
        "chat": shown.chat,
        "layout": shown.layout.value,
        "image": shown.picture.value,
        **{name: text for name, text in texts.items() if text is not None},
        "spoiler": shown.spoiler,
        "buttons": _buttons_json(shown.buttons),
    }


def _finding_json(finding: Finding) -> dict[str, str]:
    return {
        "chat": finding.chat,
        "field": finding.field,
        "effect": finding.effect,
        "message": finding.message,
    }
