"""What chats take, show and cut, as their documentation says. Each number stands here alone.

Discord: link previews and component embeds of its developer documentation.
"""

from __future__ import annotations

DISCORD_TITLE_BYTES = 70
DISCORD_TITLE_LINES = 3
DISCORD_DESCRIPTION_BYTES = 350
DISCORD_DESCRIPTION_LINES = 20

DISCORD_SITE_NAME_CHARS = 256
"""One character more, and there is no preview at all."""

DISCORD_URL_CHARS = 2_048
"""Likewise."""

DISCORD_ALT_CHARS = 4_096
"""Likewise, for `og:image:alt`."""

DISCORD_AUTHOR_CHARS = 256

COMPONENT_BYTES = 3_000
"""Of the JSON as it stands in the page, escapes at their full length."""

COMPONENT_BUTTONS = 5
BUTTON_LABEL_CHARS = 80
BUTTON_URL_CHARS = 512

COMPONENTS = 40
"""One more, and there is no preview at all."""

GALLERY_ITEMS = 10
"""Over all galleries of one embed."""

GALLERY_ALT_CHARS = 1_024
SECTION_TEXTS = 3

PREVIEW_IMAGES = 4
"""Pictures that are shown of several `og:image`."""

PREVIEW_SIDE = 1_280
PREVIEW_BYTES = 5 << 20
"""What a preview's picture may be, so that every chat shows it."""
