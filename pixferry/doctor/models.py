"""What cuts foregrounds out: whether it is here, and fetching rembg's model."""

from __future__ import annotations

import errno
import os
import shutil
import time
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click
from rich.filesize import decimal

from core.imaging.vision import rembg_model
from core.setting_types import PREFIX
from pixferry.doctor.findings import Finding, ok, warning, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.settings import Settings

_VISION = "Install it: `.venv/bin/python -m pip install -c constraints.txt -e '.[vision]'`."
_REMBG = "Install it: `.venv/bin/python -m pip install -c constraints.txt -e '.[rembg,vision]'`."
_DRAFT = ".fetching-"
_DRAFT_LIFE = 3_600
"""Seconds without a byte after which a draft is one that a kill has left."""

_PATIENCE = 30
"""Seconds of silence after which a server is given up."""

_CHUNK = 1 << 16


async def check(settings: Settings) -> list[Finding]:
    """Whether `segment=foreground` and `gravity=face` have what they need."""
    found = []
    if find_spec("cv2") is None:
        needs = "`gravity=face`" if settings.segmenter != "grabcut" else "`segment`, `gravity=face`"
        found.append(warning(f"OpenCV is not installed: {needs} are refused with 422.", _VISION))
    if settings.segmenter == "rembg":
        found.append(_rembg(Path(settings.segmentation.model or "")))
    elif settings.segmenter == "off":
        found.append(ok(f"Foregrounds are not cut out: {PREFIX}SEGMENTER is off."))
    elif not found:
        found.append(ok("OpenCV cuts foregrounds out."))
    return found


def _rembg(model: Path) -> Finding:
    if not _has_rembg():
        return wrong(f"{PREFIX}SEGMENTER is rembg, which is not installed.", _REMBG)
    if not model.is_file():
        return wrong(
            f"rembg's model is not there: {model}.", "`pixferry doctor --fetch-models` fetches it."
        )
    return ok(f"rembg cuts foregrounds out by {model} ({decimal(model.stat().st_size)}).")


def fetch(settings: Settings) -> None:
    """Fetch the model that these settings need, if it is not there.

    It has its name when all of it is on disk and its checksum is right, and not before.

    Raises:
        ClickException: it can't be had; the sentence says why, and what to do.
    """
    if settings.segmenter != "rembg":
        _tell(f"{PREFIX}SEGMENTER is {settings.segmenter}, which needs no model.")
        return
    model = Path(settings.segmentation.model or "")
    if model.is_file():
        _tell(f"The model is there already: {model}.")
        return
    if not _has_rembg():
        raise click.ClickException(f"{PREFIX}SEGMENTER is rembg, which is not installed. {_REMBG}")
    try:
        model.parent.mkdir(parents=True, exist_ok=True)
        _clear(model.parent)
        draft = Path(mkdtemp(prefix=_DRAFT, dir=model.parent))
        try:
            _download(draft, rembg_model.MODEL_URL, rembg_model.MODEL_HASH)
            _place(draft / rembg_model.MODEL_NAME, model)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as err:
        raise click.ClickException(_unwritable(model.parent, err)) from err
    _tell(f"The model is in {model} ({decimal(model.stat().st_size)}).")


def _has_rembg() -> bool:
    return all(find_spec(name) for name in ("rembg", "onnxruntime", "pooch"))


def _download(folder: Path, url: str, checksum: str) -> None:
    """Fetch as rembg does, by pooch, into a folder of our own."""
    import pooch
    from requests.exceptions import HTTPError, RequestException

    pooch.get_logger().setLevel("ERROR")
    host = urlsplit(url).hostname
    try:
        with _bar() as bar:
            downloader = pooch.HTTPDownloader(progressbar=bar, chunk_size=_CHUNK, timeout=_PATIENCE)
            name = rembg_model.MODEL_NAME
            pooch.retrieve(url, checksum, fname=name, path=folder, downloader=downloader)
    except HTTPError as err:
        status = err.response.status_code if err.response is not None else "no status"
        raise click.ClickException(
            f"{host} does not give the model: it answers {status} to {url}. Try again later."
        ) from err
    except RequestException as err:
        if isinstance(err.__context__, OSError) and err.__context__.errno == errno.ENOSPC:
            raise err.__context__ from err
        raise click.ClickException(
            f"The model can't be fetched from {host} ({type(err).__name__}). See whether this "
            f"machine reaches it, or put {url} where {PREFIX}SEGMENTER_MODEL says yourself."
        ) from err
    except ValueError as err:  # pooch's word for another checksum
        raise click.ClickException(
            f"What {host} gives is not the model: its checksum is another. Nothing was kept. Try "
            "again; if that does not help, something between here and there changes it."
        ) from err


def _place(draft: Path, model: Path) -> None:
    draft.chmod(0o644)  # the server may run as somebody else
    descriptor = os.open(draft, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    draft.replace(model)


def _clear(folder: Path) -> None:
    """Remove what killed runs have left; what another one fetches right now stays."""
    for left in folder.glob(f"{_DRAFT}*"):
        last = max(one.stat().st_mtime for one in (left, *left.iterdir()))
        if time.time() - last > _DRAFT_LIFE:
            shutil.rmtree(left, ignore_errors=True)


def _unwritable(folder: Path, err: OSError) -> str:
    if err.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"There is no room for the model in {folder}: it takes 176 MB. Nothing was kept."
    return f"The model can't be put into {folder}: {err.strerror or err}."


def _tell(text: str) -> None:
    """On standard error: standard output is the findings'."""
    click.echo(text, err=True)


@contextmanager
def _bar() -> Iterator[Any]:
    """What pooch tells of its progress; False where nobody looks."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield False
        return
    columns = (TextColumn("rembg's model"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        yield _Bar(progress)


class _Bar:
    """A bar as pooch wants it."""

    def __init__(self, progress: Any) -> None:
        self._progress = progress
        self._task = progress.add_task("model", total=None)

    @property
    def total(self) -> int:
        return int(self._progress.tasks[0].total or 0)

    @total.setter
    def total(self, size: int) -> None:
        self._progress.update(self._task, total=size or None)

    def update(self, size: int) -> None:
        self._progress.advance(self._task, size)

    def reset(self) -> None:
        self._progress.update(self._task, completed=0)

    def close(self) -> None:
        """Rich closes it."""
