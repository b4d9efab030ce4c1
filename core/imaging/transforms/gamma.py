from __future__ import annotations

from typing import Annotated

from core.imaging.transforms.kinds import Channel, Number


def gamma(
    channel: Channel,
    gamma: Annotated[
        float,
        Number(
            0,
            10,
            frozenset({0.0, 1.0}),
            "255 × (channel / 255) ^ value: below 1 lightens midtones; 0 and 1 change nothing",
            shown=("0.5", "2"),
        ),
    ],
) -> float:
    """255 × (channel / 255) ^ value."""
    return float(255 * (channel / 255) ** gamma)
