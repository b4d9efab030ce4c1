"""What Schemathesis sends as files: pictures, and bytes that are none."""

import pictures
import schemathesis
from hypothesis import strategies
from schemathesis.transport.serialization import Binary

FILES = (pictures.jpeg(8, 6), pictures.png(8, 6), pictures.gif(2, 8, 6), pictures.SVG)

schemathesis.openapi.format(
    "binary", (strategies.sampled_from(FILES) | strategies.binary()).map(Binary)
)
