from __future__ import annotations

from typing import Annotated

from core.imaging.transforms.kinds import Channel, Number


def brightness(
    channel: Channel,
    brightness: Annotated[
        float,
        Number(
            0,
            10,
            frozenset({1.0}),
            "channel × value: 0 is black, 1 unchanged, 2 twice as bright",
            shown=("0.5", "1.5", "2"),
        ),
    ],
) -> float:
    """Channel × value."""
    return channel * brightness
