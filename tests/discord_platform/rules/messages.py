"""Rules for messages, new and changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord_platform.messages import COMPONENTS_V2
from discord_platform.refusals import empty_message
from discord_platform.rules.components import check_layout, check_rows
from discord_platform.rules.embeds import check_embeds
from discord_platform.rules.form import Faults, Spot

if TYPE_CHECKING:
    from collections.abc import Callable

    from discord_platform.bodies import Body
    from discord_platform.messages import Message

CONTENT_MAX, ATTACHMENTS_MAX, ALT_MAX, STICKERS_MAX, MENTIONS_MAX = 2000, 10, 1024, 3, 100
LEGACY = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
BITS = 32  # of flags
SCHEME = "attachment://"


def check_message(body: Body, note: Callable[[str, str], None]) -> None:
    """A new message; it must say something."""
    _check(body, {}, [], note)


def check_edit(message: Message, body: Body, note: Callable[[str, str], None]) -> None:
    """A change of a message; something must be left of it."""
    _check(body, message.data, [*message.data["attachments"], *message.hidden], note)


def _check(body: Body, before: dict, attached: list[dict], note) -> None:
    faults = Faults()
    form = Spot(body.payload, faults)
    if not form.table(required=True):
        faults.refuse()
    form["content"].text(0, CONTENT_MAX)
    form["tts"].flag()
    check_embeds(form["embeds"])
    form["sticker_ids"].items(0, STICKERS_MAX)
    flags = form["flags"].number(0, 2**BITS - 1) or 0
    _check_mentions(form["allowed_mentions"])
    names = _check_attachments(form["attachments"], body, attached)
    layout = bool((flags | before.get("flags", 0)) & COMPONENTS_V2)
    if layout:
        _check_no_legacy(form, before)
        check_layout(form["components"], names) if form["components"].given else None
    else:
        check_rows(form["components"])
    faults.refuse()
    after = {key: before.get(key) for key in ("content", "embeds", "components")} | body.payload
    seen = ("components",) if layout else ("content", "embeds", "sticker_ids", "poll")
    if not any(after.get(key) for key in seen) and (layout or not names):
        raise empty_message()
    _note_lost_pictures(body.payload.get("embeds") or [], names, note)


def _check_no_legacy(form: Spot, before: dict) -> None:
    for name in ("content", "embeds", "sticker_ids", "poll"):
        value = form[name].value if name in form.value else before.get(name)
        if value:
            message = f"The '{name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
            form[name].blame(LEGACY, message)


def _check_attachments(attachments: Spot, body: Body, attached: list[dict]) -> set[str]:
    """Check them; gives the names that the message will have."""
    kept = {one["id"]: one["filename"] for one in attached}
    names = {file.clean_name for file in body.files.values()}
    listed = attachments.items(0, ATTACHMENTS_MAX)
    total = len(body.files) + (0 if attachments.given else len(kept))
    for one in listed:
        if not one.table(required=True) or not one["id"].need():
            continue
        number = str(one["id"].value)
        one["description"].text(0, ALT_MAX)
        one["filename"].text(1, 1024)
        is_file = number.isdecimal() and int(number) in body.files
        if number in kept:
            total += 1
            names.add(kept[number])
        elif not is_file:
            message = "The attachment is neither sent nor of this message."
            one["id"].blame("ATTACHMENT_NOT_FOUND", message)
    if total > ATTACHMENTS_MAX:
        message = f"Must be {ATTACHMENTS_MAX} or fewer in length."
        attachments.blame("BASE_TYPE_MAX_LENGTH", message)
    return names if attachments.given else names | set(kept.values())


def _check_mentions(allowed: Spot) -> None:
    if not allowed.table():
        return
    parsed = {one.one_of("roles", "users", "everyone") for one in allowed["parse"].items(0, 3)}
    for name in ("users", "roles"):
        listed = allowed[name].items(0, MENTIONS_MAX)
        if listed and name in parsed:
            message = f"parse:[{name!r}] and {name}: [ids...] are mutually exclusive."
            allowed[name].blame("MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", message)
    allowed["replied_user"].flag()


def _note_lost_pictures(embeds: list[dict], names: set[str], note) -> None:
    """The platform shows nothing in place of a file that is not there, and does not say so."""
    for embed in embeds:
        for place in ("image", "thumbnail"):
            url = (embed.get(place) or {}).get("url", "")
            if url.startswith(SCHEME) and url.removeprefix(SCHEME) not in names:
                note("embeds", f"the {place} {url} is not among the files {sorted(names)}")
