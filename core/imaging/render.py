"""A stored picture becomes what a link's query asks for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING

from core.image_work import Encoding, Segmentation
from core.imaging import looping
from core.imaging.animation import encode_animation
from core.imaging.declared import refusal
from core.imaging.decode import Decoded, decode, decode_all
from core.imaging.encode import USUAL, encode
from core.imaging.formats import BY_NAME
from core.imaging.metadata.edits import mapped
from core.imaging.output import too_large
from core.imaging.staging import staged
from core.imaging.transforms.pipeline import transformed
from core.imaging.vision.segmenter import chosen
from core.model import Rendered

if TYPE_CHECKING:
    from pathlib import Path

    from PIL import Image

    from core.imaging.encode import Carried
    from core.imaging.formats import Format
    from core.imaging.transforms.frame import Original
    from core.imaging.transforms.recipe import Recipe

_GRAB_CUT = Segmentation()
_DRAWN_BITS = 1
"""A pixel, in the stored file: film takes three, drawings a half."""

_FEW_COLOURS = 16_384
_SAMPLED = 4
"""Colours are counted at a quarter of the scale."""


@dataclass(frozen=True, slots=True)
class _Job:
    """What to do with a picture of that format, and where the result goes."""

    row: Format
    source: Path
    target: Path
    output: str
    recipe: Recipe
    encoding: Encoding
    segmentation: Segmentation


def render(
    source: Path,
    workspace: Path,
    stored: str,
    output: str,
    recipe: Recipe,
    *,
    animated: bool = False,
    encoding: Encoding = USUAL,
    segmentation: Segmentation = _GRAB_CUT,
) -> Rendered:
    """Make a rendition, as a file in `workspace`.

    Args:
        source: the stored picture; what metadata it has goes along.
        workspace: where the new file goes.
        stored: the name of its format.
        output: the name of the rendition's.
        recipe: what to do.
        animated: whether the rendition is to move: the source does, and its format can.
        encoding: the encoders' settings.
        segmentation: who tells foreground from background.

    Raises:
        UnsupportedImage: an animation too large to transform.
        InvalidInput: something is asked for that this server can't do.
        Exception: whatever a decoder makes of a broken file; the worker makes refusals of them.

    """
    target = workspace / "rendition"
    job = _Job(BY_NAME[stored], source, target, output, recipe, encoding, segmentation)
    width, height = (_animation if animated else _still)(job)
    moves = animated and _frames(target, output) > 1
    return Rendered(output, width, height, moves, staged(target))


def _still(job: _Job) -> tuple[int, int]:
    decoded = decode(job.source, job.row, job.recipe)
    picture, carried = _transformed(job, decoded, _original(job, decoded))
    encode(
        picture,
        job.target,
        job.output,
        carried=carried,
        lossless=_is_drawn(job, picture),
        encoding=job.encoding,
    )
    return picture.size


def _animation(job: _Job) -> tuple[int, int]:
    with decode_all(job.source, job.row) as (animation, frames):
        pixels = animation.count * animation.size[0] * animation.size[1]
        if reason := too_large(animation.count, animation.size):
            raise refusal(reason)
        decoded = next(frames)
        original = _original(job, decoded)
        first, carried = _transformed(job, decoded, original)
        others = (_transformed(job, frame, original)[0] for frame in frames)
        times = looping.plays(job.row.name, animation.loop)
        encode_animation(
            replace(
                animation,
                frames=chain([first], others),
                size=first.size,
                loop=looping.loop(job.output, times),
            ),
            job.target,
            job.output,
            carried=carried,
            lossless=_is_drawn(job, first) and _packs_well(job, pixels),
            encoding=job.encoding,
        )
        return first.size


def _transformed(job: _Job, decoded: Decoded, original: Original) -> tuple[Image.Image, Carried]:
    picture, icc = transformed(
        decoded.picture,
        decoded.carried.icc,
        job.recipe,
        original=original,
        segmenter=chosen(job.segmentation),
    )
    return picture, replace(decoded.carried, icc=icc)


def _original(job: _Job, decoded: Decoded) -> Original:
    """With its face, if that is asked for: all frames are cut around the first one's."""
    if job.recipe.get("gravity") != "face":
        return decoded.original
    from core.imaging.vision.faces import find_face  # only the jobs that need its libraries

    return replace(decoded.original, face=find_face(decoded.picture))


def _is_drawn(job: _Job, picture: Image.Image) -> bool:
    """Whether lossless is small as well as true: no photograph, and never approximated."""
    return job.output == "webp" and _is_lossless(job) and has_few_colours(picture)


def _packs_well(job: _Job, pixels: int) -> bool:
    """Whether frames are flat as well as of few colours, which those of a GIF always are.

    Photographs and film, without loss, take three times the time and the room.
    """
    return job.source.stat().st_size * 8 <= pixels * _DRAWN_BITS


def _is_lossless(job: _Job) -> bool:
    if job.row.lossless or job.row.name != "webp":
        return job.row.lossless
    assert job.row.declare
    with mapped(job.source) as data:
        return job.row.declare(data).lossless


def has_few_colours(picture: Image.Image) -> bool:
    """Whether it has at most 16,384 colours, counted at a quarter of its scale."""
    sample = picture.reduce(_SAMPLED) if min(picture.size) >= _SAMPLED else picture
    return sample.getcolors(_FEW_COLOURS) is not None


def _frames(path: Path, output: str) -> int:
    """Count what was written: encoders merge frames that look alike."""
    declare = BY_NAME[output].declare
    assert declare
    with mapped(path) as data:
        return declare(data).frames
