"""Answers to interactions over REST: the first response, the original, and what follows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord_platform import bodies, refusals
from discord_platform.composing import apply, blank, number
from discord_platform.interactions import (
    AUTOCOMPLETE,
    CHOICES,
    COMMAND,
    COMPONENT,
    DEFER,
    DEFER_UPDATE,
    FOLLOW_UPS_WHEN_USER_INSTALLED,
    MODAL,
    MODAL_SUBMIT,
    REPLY,
    TOKEN_LIFE,
    UPDATE,
    Interaction,
)
from discord_platform.messages import COMPONENTS_V2, EPHEMERAL, LOADING, Message
from discord_platform.rules.choices import check_choices
from discord_platform.rules.form import Faults
from discord_platform.rules.messages import check_edit, check_message
from discord_platform.rules.modals import check_modal

if TYPE_CHECKING:
    from aiohttp import web
    from discord_platform.bodies import Body
    from discord_platform.stand_in import Discord

ANSWERS = {  # which callbacks answer which kind of interaction
    COMMAND: {REPLY, DEFER, MODAL},
    COMPONENT: {REPLY, DEFER, DEFER_UPDATE, UPDATE, MODAL},
    AUTOCOMPLETE: {CHOICES},
    MODAL_SUBMIT: {REPLY, DEFER, DEFER_UPDATE, UPDATE},
}
ON_A_MESSAGE = {DEFER_UPDATE, UPDATE}
SETTABLE = EPHEMERAL | COMPONENTS_V2 | 1 << 2 | 1 << 12
ANSWER, ANSWER_TO_COMMAND = 19, 20  # types of messages


async def callback(discord: Discord, request: web.Request) -> dict | None:
    interaction = discord.interactions.get(request.match_info["token"])
    if interaction is None or interaction.id != request.match_info["interaction"]:
        raise refusals.unknown_interaction(blame=False)
    body = await bodies.read(request, interaction.attachment_limit)
    if interaction.callback is not None:
        raise refusals.already_acknowledged(blame=interaction.deliveries == 1)
    if interaction.age > interaction.first_response:
        raise refusals.unknown_interaction(blame=True)
    kind, data = body.payload.get("type"), body.payload.get("data") or {}
    faults = Faults()
    allowed = ANSWERS[interaction.type]
    if kind not in allowed or (kind in ON_A_MESSAGE and interaction.source is None):
        faults.add(("type",), "BASE_TYPE_CHOICES", f"Value must be one of {sorted(allowed)}.")
        faults.refuse()
    try:
        _respond(discord, interaction, kind, bodies.Body(data, body.files))
    except refusals.Refused as refused:
        refused.errors = {"data": refused.errors} if refused.errors else {}
        raise
    if request.query.get("with_response") in {"1", "true", "True"}:
        return _described(interaction)
    return None


def _respond(discord: Discord, interaction: Interaction, kind: int, body: Body) -> None:
    data = body.payload
    if kind == CHOICES:
        check_choices(data)
    elif kind == MODAL:
        check_modal(data)
        number(data["components"])
    elif kind == REPLY:
        check_message(body, discord.note)
        interaction.original = _new(discord, interaction, body)
        discord.publish(interaction.original)
    elif kind == DEFER:
        flags = data.get("flags", 0) & SETTABLE | LOADING
        interaction.original = _new(discord, interaction, bodies.Body({"flags": flags}, {}))
        discord.publish(interaction.original)
    else:
        interaction.original = interaction.source
        if kind == UPDATE:
            check_edit(interaction.source, body, discord.note)
            interaction.source.interaction = interaction
            apply(interaction.source, body, discord.ids.new, discord.cdn)
            discord.republish(interaction.source)
    interaction.acknowledge(kind, data)


def _new(discord: Discord, interaction: Interaction, body: Body) -> Message:
    kind = ANSWER_TO_COMMAND if interaction.type == COMMAND else ANSWER
    data = blank(discord.ids.new(), interaction.channel, discord.app.account, kind)
    data |= {
        "application_id": discord.app.id,
        "webhook_id": discord.app.id,
        "interaction_metadata": {
            "id": interaction.id,
            "type": interaction.type,
            "user": interaction.account.data(),
            "authorizing_integration_owners": interaction.owners,
        },
    }
    data["flags"] = body.payload.get("flags", 0) & (SETTABLE | LOADING)
    viewer = interaction.account.id if data["flags"] & EPHEMERAL else None
    message = Message(data, interaction.channel, discord.cdn, viewer, interaction)
    apply(message, body, discord.ids.new, discord.cdn)
    return message


def _described(interaction: Interaction) -> dict:
    about = {"id": interaction.id, "type": interaction.type}
    resource: dict = {"type": interaction.callback}
    if interaction.callback in {REPLY, DEFER, UPDATE}:
        message = interaction.original
        about |= {
            "response_message_id": message.id,
            "response_message_loading": message.loading,
            "response_message_ephemeral": message.ephemeral,
        }
        resource["message"] = message.data
    return {"interaction": about, "resource": resource}


# After the first response


def interaction_of(discord: Discord, request: web.Request) -> Interaction:
    if request.match_info["app"] != discord.app.id:
        raise refusals.unknown("Webhook", 10015, blame=True)
    found = discord.interactions.get(request.match_info["token"])
    if found is None or found.age > TOKEN_LIFE:
        raise refusals.invalid_webhook_token()
    if found.callback is None:
        raise refusals.unknown("Webhook", 10015, blame=True)
    return found


def message_of(interaction: Interaction, request: web.Request) -> Message:
    number = request.match_info["message"]
    known = [interaction.original, interaction.source, *interaction.followups]
    if number == "@original":
        found = interaction.original
    else:
        found = next((one for one in known if one is not None and one.id == number), None)
    if found is None or found.deleted:
        raise refusals.unknown_message()
    return found


async def one(discord: Discord, request: web.Request) -> dict:
    return message_of(interaction_of(discord, request), request).data


async def change(discord: Discord, request: web.Request) -> dict:
    interaction = interaction_of(discord, request)
    body = await bodies.read(request, interaction.attachment_limit)
    message = message_of(interaction, request)
    _change(discord, interaction, message, body)
    return message.data


def _change(discord: Discord, interaction: Interaction, message: Message, body: Body) -> None:
    check_edit(message, body, discord.note)
    apply(message, body, discord.ids.new, discord.cdn)
    message.interaction = interaction
    discord.republish(message)
    interaction.changed.fire()


async def remove(discord: Discord, request: web.Request) -> None:
    interaction = interaction_of(discord, request)
    discord.remove(message_of(interaction, request))
    interaction.changed.fire()


async def follow_up(discord: Discord, request: web.Request) -> dict:
    interaction = interaction_of(discord, request)
    body = await bodies.read(request, interaction.attachment_limit)
    interaction.follow_ups_sent += 1
    many = interaction.follow_ups_sent > FOLLOW_UPS_WHEN_USER_INSTALLED
    if interaction.only_user_installed and many:
        raise refusals.too_many_follow_ups()
    original = interaction.original
    if original is not None and original.loading and not original.deleted:
        _change(discord, interaction, original, body)  # the first one fills what was deferred
        return original.data
    check_message(body, discord.note)
    message = _new(discord, interaction, body)
    message.data["type"] = ANSWER
    interaction.followups.append(message)
    discord.publish(message)
    interaction.changed.fire()
    if original is not None:
        original.changed.fire()
    return message.data


HOOK = "/webhooks/{app}/{token}"
ROUTES = [
    ("POST", "/interactions/{interaction}/{token}/callback", callback),
    ("POST", HOOK, follow_up),
    ("GET", f"{HOOK}/messages/{{message}}", one),
    ("PATCH", f"{HOOK}/messages/{{message}}", change),
    ("DELETE", f"{HOOK}/messages/{{message}}", remove),
]
