"""How often an animation plays, which each format counts in its own way.

GIF's block says how often it is repeated, and lacks where it plays once; WebP and APNG say how
often it plays. 0 is for ever in all of them.
"""

from __future__ import annotations

MOST = 65_535
"""What 16 bits hold."""


def plays(format_name: str, loop: int | None) -> int:
    """Give how often it plays; 0: for ever.

    >>> plays("gif", None), plays("gif", 2), plays("webp", 2)
    (1, 3, 2)
    """
    if format_name == "gif":
        return 1 if loop is None else loop and loop + 1
    return loop or 0


def loop(format_name: str, times: int) -> int | None:
    """Say in a format's way how often it plays.

    >>> loop("gif", 1), loop("gif", 3), loop("png", 3)
    (None, 2, 3)
    """
    if format_name == "gif":
        return None if times == 1 else times and min(times - 1, MOST)
    return min(times, MOST)
