import io
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

from core.imaging.inspection import prepare_pillow
from core.imaging.output import output_format, stays_animated
from core.imaging.render import render
from core.imaging.transforms.recipe import Recipe
from core.model import ImageLimits, Rendered


@pytest.fixture
def _pillow():
    before = Image.MAX_IMAGE_PIXELS
    prepare_pillow(ImageLimits())
    yield
    Image.MAX_IMAGE_PIXELS = before


@dataclass(frozen=True)
class Rendition:
    made: Rendered
    data: bytes

    @property
    def picture(self):
        picture = Image.open(io.BytesIO(self.data))
        picture.load()
        return picture


@pytest.fixture
def rendered(tmp_path, _pillow):
    """Render bytes of a stored format as a query asks; give the rendition."""

    def do(data, stored, animated=False, **query):
        options = {name: query.pop(name) for name in ("segmentation", "encoding") if name in query}
        source, workspace = tmp_path / "stored", tmp_path / "work"
        workspace.mkdir(exist_ok=True)
        source.write_bytes(data)
        recipe = Recipe.read((name, str(value)) for name, value in query.items())
        output = output_format(stored, recipe)
        moves = stays_animated(output, animated=animated)
        made = render(source, workspace, stored, output, recipe, animated=moves, **options)
        assert source.read_bytes() == data
        return Rendition(made, Path(made.file.path).read_bytes())

    return do


@pytest.fixture(params=["vision", "Pillow alone"])
def _engines(request, monkeypatch):
    """With libvips and OpenCV, and where neither is installed."""
    if request.param == "Pillow alone":
        for module in ("cv2", "pyvips"):
            monkeypatch.setitem(sys.modules, module, None)
