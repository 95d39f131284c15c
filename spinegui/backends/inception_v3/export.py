"""Writes the whole classifier to ONNX: weights in half precision, computing in single.

A half-precision weight is followed by a Cast that onnxruntime folds when it loads the file, so the
file is half as large and nothing is slower. The weights of our own base are named after their
place in `architecture.build`, which is how retraining finds them again.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from spinegui.backends.base import BackendError
from spinegui.backends.inception_v3.architecture import N_FEATURES, build
from spinegui.backends.inception_v3.classifier import FEATURES, INPUT, PROBABILITIES
from spinegui.backends.inception_v3.weights import BaseWeights, HeadWeights

if TYPE_CHECKING:
    from pathlib import Path

    import onnx
    from numpy.typing import NDArray

OPSET = 17
_LARGE = 256
"""Constants with fewer values stay in single precision."""
_BASE = "base."
_KERNEL = re.compile(r"base\.(\d+)\.kernel")


def write_classifier(
    path: Path, base: BaseWeights, head: HeadWeights, *, temperature: float, size_px: int
) -> None:
    """Write base and head into one network: crops in; probabilities and features out."""
    from onnx import TensorProto, helper

    graph = _Graph()
    image = graph.node("Transpose", [INPUT], perm=[0, 3, 1, 2])
    image = graph.node("Mul", [image, graph.constant("two", np.float32(2))])
    image = graph.node("Sub", [image, graph.constant("one", np.float32(1))])
    features = build(_OnnxOps(graph, base), image)
    graph.node("Identity", [features], output=FEATURES)
    _add_head(graph, head, temperature)
    shape = ["n", size_px, size_px, 3]
    made = helper.make_graph(
        graph.nodes,
        "spinegui inception_v3",
        [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, shape)],
        [
            helper.make_tensor_value_info(
                PROBABILITIES, TensorProto.FLOAT, ["n", len(head.out_bias)]
            ),
            helper.make_tensor_value_info(FEATURES, TensorProto.FLOAT, ["n", N_FEATURES]),
        ],
        graph.initializers,
    )
    _save(made, path)


def _add_head(graph: _Graph, head: HeadWeights, temperature: float) -> None:
    hidden = graph.node("MatMul", [FEATURES, graph.constant("head.hidden", head.hidden)])
    hidden = graph.node("Add", [hidden, graph.constant("head.hidden_bias", head.hidden_bias)])
    hidden = graph.node("Relu", [hidden])
    logits = graph.node("MatMul", [hidden, graph.constant("head.out", head.out)])
    logits = graph.node("Add", [logits, graph.constant("head.out_bias", head.out_bias)])
    logits = graph.node("Div", [logits, graph.constant("temperature", np.float32(temperature))])
    graph.node("Softmax", [logits], output=PROBABILITIES, axis=-1)


class _Graph:
    """Collects nodes and constants."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.initializers: list[Any] = []

    def node(self, kind: str, inputs: list[str], *, output: str = "", **attributes: object) -> str:
        from onnx import helper

        name = output or f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name

    def constant(self, name: str, value: NDArray[np.float32] | np.float32) -> str:
        from onnx import TensorProto, numpy_helper

        array = np.asarray(value, np.float32)
        if array.size < _LARGE:
            self.initializers.append(numpy_helper.from_array(array, name))
            return name
        self.initializers.append(numpy_helper.from_array(array.astype(np.float16), name))
        return self.node("Cast", [name], output=f"{name}:single", to=TensorProto.FLOAT)


class _OnnxOps:
    """Writes what `architecture.build` says as ONNX nodes; a tensor is its name."""

    def __init__(self, graph: _Graph, weights: BaseWeights) -> None:
        self._graph = graph
        self._weights = weights
        self._next = 0

    def conv(
        self, x: str, filters: int, kernel: tuple[int, int], *, stride: int = 1, same: bool = True
    ) -> str:
        i, self._next = self._next, self._next + 1
        weight, bias = self._weights.kernels[i], self._weights.biases[i]
        if weight.shape[0] != filters or weight.shape[2:] != kernel:
            raise ValueError(f"Convolution {i} has weights of another shape.")
        down, across = (kernel[0] // 2, kernel[1] // 2) if same else (0, 0)
        inputs = [
            x,
            self._graph.constant(f"{_BASE}{i}.kernel", weight),
            self._graph.constant(f"{_BASE}{i}.bias", bias),
        ]
        found = self._graph.node(
            "Conv",
            inputs,
            kernel_shape=list(kernel),
            strides=[stride, stride],
            pads=[down, across, down, across],
        )
        return self._graph.node("Relu", [found])

    def max_pool(self, x: str) -> str:
        return self._graph.node("MaxPool", [x], kernel_shape=[3, 3], strides=[2, 2])

    def average(self, x: str) -> str:
        return self._graph.node(
            "AveragePool", [x], kernel_shape=[3, 3], pads=[1, 1, 1, 1], count_include_pad=0
        )

    def halve(self, x: str) -> str:
        return self._graph.node("AveragePool", [x], kernel_shape=[2, 2], strides=[2, 2])

    def concat(self, parts: list[str]) -> str:
        return self._graph.node("Concat", parts, axis=1)

    def mean(self, x: str) -> str:
        return self._graph.node("Flatten", [self._graph.node("GlobalAveragePool", [x])])


def _save(graph: onnx.GraphProto, path: Path) -> None:
    from onnx import checker, helper, save_model

    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="spinegui"
    )
    model.ir_version = 8
    checker.check_model(model)
    save_model(model, str(path))


def read_weights(path: Path) -> tuple[BaseWeights, HeadWeights]:
    """Return base and head of a network that `write_classifier` wrote.

    Raises BackendError where the file is another network.
    """
    import onnx
    from onnx import numpy_helper

    try:
        model = onnx.load(str(path))
        found = {i.name: i for i in model.graph.initializer}
        n = sum(bool(_KERNEL.fullmatch(name)) for name in found)
        read = {
            name: np.asarray(numpy_helper.to_array(value), np.float32)
            for name, value in found.items()
        }
        base = BaseWeights(
            tuple(read[f"{_BASE}{i}.kernel"] for i in range(n)),
            tuple(read[f"{_BASE}{i}.bias"] for i in range(n)),
        )
        head = HeadWeights(
            *(read[f"head.{part}"] for part in ("hidden", "hidden_bias", "out", "out_bias"))
        )
    except Exception as err:  # protobuf and onnx raise whatever the bytes make them raise
        raise BackendError(
            f"The network {path.name} does not hold a base to train on ({err}). "
            "Choose another model to start from."
        ) from err
    return base, head


def convert_classifier(path: Path, model: Any, *, temperature: float, size_px: int) -> None:
    """Write a trained model with a foreign base: any Keras model from crops to probabilities.

    Raises BackendError where the base cannot be converted.
    """
    from onnx import checker, save_model

    from spinegui.backends.inception_v3.model import frameworks

    tf, _, _ = frameworks()
    try:
        import tf2onnx

        spec = tf.TensorSpec((None, size_px, size_px, 3), tf.float32, name=INPUT)
        made, _ = tf2onnx.convert.from_keras(model, (spec,), opset=OPSET)
    except Exception as err:  # the converter raises whatever an unknown operation makes it raise
        raise BackendError(
            f"The trained model cannot be written for onnxruntime ({err}). Choose another base."
        ) from err
    _sharpen(made, temperature)
    _store_in_halves(made)
    checker.check_model(made)
    save_model(made, str(path))


def _sharpen(model: onnx.ModelProto, temperature: float) -> None:
    """Make the network's one output the calibrated probabilities."""
    from onnx import helper

    graph = _Graph()
    (output,) = model.graph.output
    log = graph.node("Log", [output.name], output="calibration:log")
    # Log of a zero would be minus infinity, and divided by nothing still is.
    low = graph.constant("calibration:low", np.float32(-80))
    log = graph.node("Max", [log, low], output="calibration:bounded")
    heat = graph.constant("temperature", np.float32(temperature))
    logits = graph.node("Div", [log, heat], output="calibration:logits")
    graph.node("Softmax", [logits], output=PROBABILITIES, axis=-1)
    model.graph.node.extend(graph.nodes)
    model.graph.initializer.extend(graph.initializers)
    shape = [d.dim_value or "n" for d in output.type.tensor_type.shape.dim]
    found = helper.make_tensor_value_info(PROBABILITIES, output.type.tensor_type.elem_type, shape)
    del model.graph.output[:]
    model.graph.output.append(found)


def _store_in_halves(model: onnx.ModelProto) -> None:
    """Replace large single-precision constants by half-precision ones that are cast."""
    from onnx import TensorProto, helper, numpy_helper

    casts = []
    for value in list(model.graph.initializer):
        array = numpy_helper.to_array(value)
        if array.dtype != np.float32 or array.size < _LARGE:
            continue
        half = f"{value.name}:half"
        casts.append(helper.make_node("Cast", [half], [value.name], to=TensorProto.FLOAT))
        value.CopyFrom(numpy_helper.from_array(array.astype(np.float16), half))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
