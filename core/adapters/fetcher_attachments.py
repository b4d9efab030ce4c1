"""Fetches what chat messages carry, from where their platforms keep it and nowhere else."""

from __future__ import annotations

import re
from ipaddress import ip_network
from typing import TYPE_CHECKING

from core.adapters.fetch_url import parse_url
from core.adapters.fetcher import GuardedFetcher
from core.adapters.local_files import SCHEME, refused

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from core.adapters.fetch_body import Sniff
    from core.adapters.fetch_url import FetchUrl
    from core.adapters.local_files import LocalFiles
    from core.model import FetchedFile

CDN = re.compile(
    r"cdn\.discordapp\.com|media\.discordapp\.net|images-ext-[0-9]{1,3}\.discordapp\.net"
)
"""Where Discord keeps attachments, and its proxy of what embeds show; by https on its own port."""

_HTTPS = 443
_EVERYWHERE = (ip_network("0.0.0.0/0"), ip_network("::/0"))


class AttachmentFetcher:
    """A Fetcher of attachments.

    Args:
        origins: scheme, host and port of the platforms' APIs, as the settings have them: files of
            these are fetched wherever they are.
        looks_like_image: see GuardedFetcher.
        user_agent: see GuardedFetcher.
        max_fetches: of each kind of address, at once.
        total_timeout: seconds that one file may take.
        files: fetches what a Bot API server of one's own has put on this disk, if there is one.
    """

    def __init__(
        self,
        origins: Collection[str],
        looks_like_image: Sniff,
        *,
        user_agent: str,
        max_fetches: int,
        total_timeout: float = 30.0,
        files: LocalFiles | None = None,
    ) -> None:
        self._files = files
        self._origins = {_origin(parse_url(f"{origin}/")) for origin in origins}
        self._cdn = GuardedFetcher(
            looks_like_image,
            user_agent=user_agent,
            ports=frozenset({_HTTPS}),
            max_redirects=0,
            max_fetches=max_fetches,
            total_timeout=total_timeout,
        )
        self._own = GuardedFetcher(
            looks_like_image,
            user_agent=user_agent,
            allow=_EVERYWHERE,
            max_redirects=0,
            max_fetches=max_fetches,
            total_timeout=total_timeout,
        )

    async def fetch(self, url: str, target: Path, max_bytes: int) -> FetchedFile:
        """See Fetcher.fetch.

        Raises:
            AddressRefused: the platforms keep nothing there.
        """
        if self._files is not None and url.startswith(SCHEME):
            return await self._files.fetch(url, target, max_bytes)
        found = parse_url(url)
        if _origin(found) in self._origins:
            return await self._own.fetch(url, target, max_bytes)
        if (found.scheme, found.port) == ("https", _HTTPS) and CDN.fullmatch(found.host):
            return await self._cdn.fetch(url, target, max_bytes)
        raise refused()

    async def close(self) -> None:
        """See Fetcher.close."""
        await self._cdn.close()
        await self._own.close()
        if self._files is not None:
            await self._files.close()


def _origin(url: FetchUrl) -> tuple[str, str, int]:
    return url.scheme, url.host, url.port
