"""Hosting an image that lies at a foreign address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import CoreError, FileTooLarge, ImportFailed, UnsupportedImage, UploadFailed
from core.services.uploads import ReceivedFile

if TYPE_CHECKING:
    from pathlib import Path

    from core.model import Caller, Plan
    from core.ports import Fetcher
    from core.services.uploads import Hosted, Uploads, Wishes


class Imports:
    """Fetches, then uploads."""

    def __init__(self, fetcher: Fetcher, uploads: Uploads) -> None:
        self._fetcher = fetcher
        self._uploads = uploads

    async def host(
        self, caller: Caller, plan: Plan, url: str, wishes: Wishes, workspace: Path
    ) -> Hosted:
        """Fetch the address under import's rules and host what it gives.

        Raises:
            CoreError: what Fetcher.fetch and Uploads.host raise.
            ImportFailed: a fault of ours; nothing was kept.
        """
        try:
            found = await self._fetcher.fetch(url, workspace / "fetched", plan.max_file)
            file = ReceivedFile(found.path, found.size, found.name)
            return await self._uploads.host(caller, plan, file, wishes, workspace)
        except (UnsupportedImage, FileTooLarge) as err:  # an import has no field `file`
            raise type(err).on("url", err.public) from err
        except UploadFailed as err:
            raise ImportFailed from err
        except CoreError:
            raise
        except Exception as err:
            raise ImportFailed from err
