"""Who fetches pages and pictures with nobody looking at them, told by the user agent."""

from __future__ import annotations

import re
from functools import lru_cache

_LISTS = "https://github.com/omrilotan/isbot, https://github.com/monperrus/crawler-user-agents"

CRAWLERS = (
    # Discordbot, TelegramBot, Twitterbot, LinkedInBot, Slackbot, Googlebot, bingbot, Applebot,
    # redditbot and nearly everybody else; CUBOT makes telephones.
    (r"(?<!cu)bots?(?:\b|_)", _LISTS),
    # SkypeUriPreview, BingPreview, "Snap URL Preview Service", Baiduspider …
    (r"crawl|spider|slurp|scrape|preview|prerender", _LISTS),
    # Discord's media proxy, which says that it is a Firefox of 2021 …
    (r"Firefox/92\.", "https://github.com/FxEmbed/FxEmbed: `firefox/92` is an embedding client"),
    # … or of 2015, on a Mac.
    (r"Macintosh;.* rv:38\.0\).* Firefox/38\.", "https://github.com/SergiX44/XBackBone"),
    # Facebook, Instagram, Threads and iMessage.
    (
        r"facebookexternalhit|facebookcatalog|meta-external",
        "https://developers.facebook.com/docs/sharing/webmasters/web-crawlers",
    ),
    # WhatsApp and Signal; people's browsers within WhatsApp say Mozilla first.
    (r"^WhatsApp/", _LISTS),
    (r"Slack-ImgProxy", "https://api.slack.com/robots"),
    # The Fediverse and Bluesky, and other places where links are shared.
    (r"Mastodon/|Pleroma|Misskey|Lemmy/|Bluesky Cardyb|vkShare|^Viber/", _LISTS),
    # What mail programs show is fetched once for all who read it.
    (r"GoogleImageProxy|YahooMailProxy", _LISTS),
    # Search engines and archives by other names.
    (
        r"Mediapartners-Google|AdsBot-Google|Google-InspectionTool|GoogleOther|APIs-Google",
        "https://developers.google.com/search/docs/crawling-indexing/overview-google-crawlers",
    ),
    (r"YandexImages|Sogou|ia_archiver|archive\.org", _LISTS),
    # Services that embed, and browsers that nobody sits at.
    (r"Iframely|Embedly|HeadlessChrome|Lighthouse", _LISTS),
)
"""What user agents have in them, whatever their case, and who says so."""

_ANY = re.compile("|".join(pattern for pattern, _ in CRAWLERS), re.IGNORECASE)
_LONGEST = 500
"""Characters that are looked at."""


def is_crawler(user_agent: str) -> bool:
    """Whether a user agent is one of those.

    >>> is_crawler("TelegramBot (like TwitterBot)"), is_crawler("Mozilla/5.0 (X11) Firefox/140.0")
    (True, False)
    """
    return _known(user_agent[:_LONGEST])


@lru_cache(maxsize=2_048)
def _known(user_agent: str) -> bool:
    return _ANY.search(user_agent) is not None
