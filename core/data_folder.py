"""What a start needs on disk: folders that can be written, and a key to sign with."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING
from urllib.parse import unquote

from core.service_urls import SQLITE
from core.setting_types import PREFIX, SettingsInvalid

if TYPE_CHECKING:
    from core.settings import Settings

_SECRET_BYTES = 32
_SECRET_MIN = 16
KEY_FILE = "secret_key"
"""The generated key's name in `DATA_DIR`."""


def make_folders(settings: Settings) -> None:
    """Make the folders that a start needs, and see that they can be written.

    Raises:
        SettingsInvalid: names the variable behind the one that can't.
    """
    needed = {settings.data_dir: "DATA_DIR"}
    if settings.s3 is None:
        needed[settings.blob_folder] = "STORAGE_URL" if settings.storage_url else "DATA_DIR"
    if settings.database.startswith(SQLITE):
        database = Path(unquote(settings.database.removeprefix(SQLITE).partition("?")[0]))
        if database.is_dir():
            raise SettingsInvalid(f"{PREFIX}DATABASE_URL: {database} is a folder, not a file")
        needed[database.parent] = "DATABASE_URL" if settings.database_url else "DATA_DIR"
    for folder, variable in needed.items():
        make_folder(folder, f"{PREFIX}{variable}")
    if isinstance(settings.storage_fallback, Path):
        find_folder(settings.storage_fallback, f"{PREFIX}STORAGE_FALLBACK_URL")


def make_folder(folder: Path, variable: str) -> None:
    """Make a folder that is absent, and see that it can be written.

    Raises:
        SettingsInvalid: it can't; the text names the variable.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as err:
        raise SettingsInvalid(_unusable(variable, folder, err)) from err


def find_folder(folder: Path, variable: str) -> None:
    """See that a folder which holds something already is there.

    Raises:
        SettingsInvalid: it is not, so that it is misspelt or not mounted.
    """
    if not folder.is_dir():
        raise SettingsInvalid(
            f"{variable}: there is no folder {folder}; see how it is spelt, and whether its disk "
            "is mounted"
        )


def signing_keys(settings: Settings) -> tuple[str, ...]:
    """The signing keys, newest first; made in `DATA_DIR` on first use if none is set.

    Two processes that start at once agree on one: the file is linked into place whole.

    Raises:
        SettingsInvalid: a key is too short to be safe.
    """
    given = tuple(key.get_secret_value() for key in settings.secret_key)
    if any(len(key) < _SECRET_MIN for key in given):
        raise SettingsInvalid(
            f"{PREFIX}SECRET_KEY is too short: each key needs {_SECRET_MIN} characters or more"
        )
    if given:
        return given
    try:
        found = _own_key(settings.data_dir)
    except (OSError, UnicodeDecodeError) as err:
        raise SettingsInvalid(_unusable(f"{PREFIX}DATA_DIR", settings.data_dir, err)) from err
    if len(found) < _SECRET_MIN:
        raise SettingsInvalid(
            f"{settings.data_dir / KEY_FILE} holds no secret key: put it back, or remove the "
            "file to have another made (links signed with the old one stop working)"
        )
    return (found,)


def _own_key(folder: Path) -> str:
    file = folder / KEY_FILE
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f"{KEY_FILE}.{secrets.token_hex(8)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w") as out:
                out.write(secrets.token_urlsafe(_SECRET_BYTES))
                out.flush()
                os.fsync(out.fileno())
            with suppress(FileExistsError):
                file.hardlink_to(draft)
        finally:
            draft.unlink()
    return file.read_text().strip()


def _unusable(variable: str, folder: Path, err: Exception) -> str:
    reason = err.strerror if isinstance(err, OSError) else str(err)
    return f"{variable}: the folder {folder} can't be used: {reason}"
