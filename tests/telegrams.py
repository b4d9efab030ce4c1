"""Answers of the bot on Telegram, as people read them."""

from __future__ import annotations


def links(message) -> list[str]:
    """The links to images in a message, in their order."""
    return [link for link in dict.fromkeys(message.links) if "/a/" not in link]


def asks(message) -> bool:
    """Whether it asks for a reply, as a client shows it."""
    return bool((message.data.get("reply_markup") or {}).get("force_reply"))


def seen(message) -> str:
    """What a message says, as readers see it: without what keeps clients from making links."""
    return message.text.replace("\u2060", "")
