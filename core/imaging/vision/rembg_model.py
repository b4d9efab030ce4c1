"""Foreground by a neural network, through rembg (the extra `rembg`)."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from core.errors import InvalidInput

if TYPE_CHECKING:
    from pathlib import Path

    from PIL import Image

MODEL_URL = "https://github.com/danielgatis/rembg/releases/download/v0.0.0/u2net.onnx"
"""What `pixferry doctor --fetch-models` fetches: U²-Net (Apache 2.0), 176 MB."""

MODEL_HASH = "md5:60024c5c889badc19c04ad937298a77b"
"""Its checksum, as `rembg.sessions.u2net` has it."""

MODEL_NAME = "u2net.onnx"


class RembgModel:
    """Fulfils `Segmenter`; the model is loaded once, with the first picture.

    Args:
        model: an ONNX file shaped as U²-Net; it is never downloaded here.

    """

    def __init__(self, model: Path | None) -> None:
        """Load nothing yet."""
        self._model = model

    def foreground(self, picture: Image.Image) -> Image.Image:
        (mask,) = self._session.predict(picture.convert("RGB"))
        found: Image.Image = mask
        return found

    @cached_property
    def _session(self) -> Any:
        if self._model is None or not self._model.is_file():
            raise InvalidInput.on(
                "segment",
                "This server can't do segment yet: its operator has not fetched rembg's model "
                "(pixferry doctor --fetch-models).",
            )
        try:
            import onnxruntime
            from rembg.sessions.u2net_custom import U2netCustomSession
        except ModuleNotFoundError as err:
            raise InvalidInput.on(
                "segment",
                "This server can't do segment: its operator has not installed pixferry[rembg].",
            ) from err

        class FromAnywhere(U2netCustomSession):  # type: ignore[misc]  # rembg has no types
            """rembg loads files of its own folder alone; ours is where the operator says."""

            @classmethod
            def download_models(cls, *_: object, model_path: str, **__: object) -> str:
                return model_path

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # workers are as many as there are cores
        return FromAnywhere(FromAnywhere.name(), options, model_path=str(self._model))
