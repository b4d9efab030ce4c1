from __future__ import annotations

from typing import Annotated

from core.imaging.transforms.kinds import Channel, Number

_MIDDLE = 127.5


def contrast(
    channel: Channel,
    contrast: Annotated[
        float,
        Number(
            0,
            10,
            frozenset({1.0}),
            "(channel - 127.5) × value + 127.5: 0 is flat grey, 1 unchanged, more is punchier",
            shown=("0.5", "1.5", "3"),
        ),
    ],
) -> float:
    """(channel - 127.5) × value + 127.5."""
    return (channel - _MIDDLE) * contrast + _MIDDLE
