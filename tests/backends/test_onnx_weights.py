from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from spinegui.backends.base import BackendError
from spinegui.backends.onnx_session import open_session
from spinegui.backends.onnx_weights import read_weights, store_halved

if TYPE_CHECKING:
    from pathlib import Path

onnx: Any = pytest.importorskip("onnx", reason="ONNX files are written where training is installed")

RNG = np.random.default_rng(0)
WEIGHTS = {
    "layer.weight": RNG.normal(0, 0.3, (32, 24)).astype(np.float32),
    "layer.bias": RNG.normal(0, 0.3, 24).astype(np.float32),
}


def write_network(path: Path, weights: dict[str, np.ndarray], twin: str | None = None) -> Path:
    """One layer: answers = rows × weight + bias; `twin` is a second name of the bias."""
    helper, kind = onnx.helper, onnx.TensorProto.FLOAT
    bias = twin or "layer.bias"
    nodes = [helper.make_node("Identity", ["layer.bias"], [twin])] if twin else []
    nodes += [
        helper.make_node("MatMul", ["rows", "layer.weight"], ["product"]),
        helper.make_node("Add", ["product", bias], ["answers"]),
    ]
    graph = helper.make_graph(
        nodes, "layer",
        [helper.make_tensor_value_info("rows", kind, ["n", 32])],
        [helper.make_tensor_value_info("answers", kind, ["n", 24])],
        [onnx.numpy_helper.from_array(values, name) for name, values in weights.items()],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, path)
    return path


@pytest.fixture
def full(tmp_path: Path) -> Path:
    return write_network(tmp_path / "full.onnx", WEIGHTS)


@pytest.fixture
def halved(full: Path) -> Path:
    store_halved(full, full.with_name("halved.onnx"))
    return full.with_name("halved.onnx")


def test_that_a_halved_network_answers_like_the_full_one(full, halved):
    rows = RNG.normal(size=(5, 32)).astype(np.float32)
    answers = [
        open_session(path, threads=1).run(None, {"rows": rows})[0] for path in (full, halved)
    ]
    assert answers[1].dtype == np.float32
    assert answers[1] == pytest.approx(answers[0], abs=5e-3)
    # Computed in single precision: the halved weights themselves explain all that is left.
    weight = WEIGHTS["layer.weight"].astype(np.float16).astype(np.float32)
    assert answers[1] == pytest.approx(rows @ weight + WEIGHTS["layer.bias"], abs=1e-5)


def test_that_a_halved_file_is_about_half_as_large(tmp_path):
    large = {**WEIGHTS, "layer.weight": np.zeros((32, 24), np.float32),
             "unused": np.zeros(100_000, np.float32)}  # fmt: skip
    full = write_network(tmp_path / "full.onnx", large)
    store_halved(full, tmp_path / "halved.onnx")
    assert (tmp_path / "halved.onnx").stat().st_size < 0.55 * full.stat().st_size


@pytest.mark.parametrize("name", ["full.onnx", "halved.onnx"])
def test_that_weights_are_read_back_under_their_names(halved, name):
    found = read_weights(halved.with_name(name))
    assert set(found) == set(WEIGHTS)
    for key, values in found.items():
        assert values.dtype == np.float32
        assert values == pytest.approx(WEIGHTS[key], abs=1e-3)
    assert (found["layer.bias"] == WEIGHTS["layer.bias"]).all()


def test_that_a_weight_stored_once_for_two_is_read_for_both(tmp_path):
    found = read_weights(write_network(tmp_path / "full.onnx", WEIGHTS, twin="other.bias"))
    assert (found["other.bias"] == WEIGHTS["layer.bias"]).all()


def test_that_weights_too_large_for_half_precision_are_refused(tmp_path):
    full = write_network(
        tmp_path / "full.onnx", {**WEIGHTS, "layer.weight": np.full((32, 24), 1e5, np.float32)}
    )
    with pytest.raises(ValueError, match=r"layer\.weight do not fit into half precision"):
        store_halved(full, tmp_path / "halved.onnx")
    assert not (tmp_path / "halved.onnx").exists()


def test_that_what_is_no_onnx_file_is_said_to_be_none(tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(b"\xff\xff\xffnothing of the kind")
    with pytest.raises(ValueError, match=r"model\.onnx is no ONNX file"):
        read_weights(path)
    with pytest.raises(BackendError, match=r"cannot be opened .*Import the model again"):
        open_session(path)
