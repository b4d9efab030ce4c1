"""How image work is done, as the operator wants it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Encoding:
    """How hard the encoders of pictures try; chosen by time, size and SSIM.

    Args:
        jpeg_quality: 4:2:0, baseline.
        webp_quality: of lossy WebP.
        webp_method: 0 (fast) to 6 (small).
        webp_method_large: of lossless and of transparent pictures over `webp_large_pixels`,
            where method 2 takes 13 to 18 s, and 1.4 GB, for 48 megapixels.
        webp_large_pixels: see above.
        avif_quality: of AVIF.
        avif_speed: 0 (small) to 10 (fast).
        png_level: zlib's, 0 to 9.
        threads: of an encoder that can use several; how many changes no byte.

    """

    jpeg_quality: int = 82
    webp_quality: int = 81
    webp_method: int = 2
    webp_method_large: int = 0
    webp_large_pixels: int = 8_000_000
    avif_quality: int = 60
    avif_speed: int = 9
    png_level: int = 6
    threads: int = 1


@dataclass(frozen=True, slots=True)
class Segmentation:
    """Who tells a picture's foreground from its background: `grabcut`, `rembg`, or `off`.

    `model`: path of the ONNX model that rembg loads.
    """

    by: str = "grabcut"
    model: str | None = None
