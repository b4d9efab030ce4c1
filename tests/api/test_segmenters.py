"""Who cuts pictures out is the operator's choice: what the choice does, through real HTTP."""

from __future__ import annotations

import numpy as np
import onnx
import pictures
import pytest
from onnx import TensorProto, helper
from PIL import Image


@pytest.fixture
def model(tmp_path):
    """A network shaped as U²-Net, whose mask is the mean of the channels."""
    graph = helper.make_graph(
        [helper.make_node("ReduceMean", ["picture"], ["mask"], axes=[1], keepdims=1)],
        "mean",
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, [1, 3, 320, 320])],
        [helper.make_tensor_value_info("mask", TensorProto.FLOAT, [1, 1, 320, 320])],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    made.ir_version = 8
    onnx.save(made, tmp_path / "mean.onnx")
    return tmp_path / "mean.onnx"


async def test_rembg_cuts_by_the_model_that_it_is_given(local, model):
    """Within the time that a picture has, were it the first one after its installation."""
    ramp = pictures.encoded(Image.linear_gradient("L").resize((300, 200)).convert("RGB"), "PNG")
    async with local(segmenter="rembg", segmenter_model=model) as server:
        _, _, made = await server.upload(ramp, "ramp.png")
        status, _, body = await server.call("GET", f"/{made['id']}.png?segment=foreground")
    assert status == 200, body
    rows = np.asarray(pictures.opened(body).getchannel("A"), float).mean(axis=1) / 255
    assert rows[0] == pytest.approx(0, abs=0.02)
    assert rows[100] == pytest.approx(0.5, abs=0.02)
    assert rows[-1] == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize(
    ("segmenter", "told"), [("off", "does not cut pictures out"), ("rembg", "--fetch-models")]
)
async def test_what_the_server_can_not_cut_out_is_refused_by_name(local, segmenter, told):
    async with local(segmenter=segmenter) as server:
        _, _, made = await server.upload(pictures.jpeg(60, 40))
        status, _, body = await server.call("GET", f"/{made['id']}.jpeg?segment=foreground")
        assert (status, body["error"]) == (422, "validation_error")
        assert told in body["errors"]["segment"][0]
        status, _, _ = await server.call("GET", f"/{made['id']}.jpeg?blur=2")
        assert status == 200
