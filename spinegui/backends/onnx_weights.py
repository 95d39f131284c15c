"""Weights inside ONNX files: stored in half precision, computed in single precision.

Every large float32 initialiser becomes a float16 one and a Cast to float32 under the old name.
onnxruntime folds the casts when it opens the file, so nothing is slower and sums stay exact, and
the file is half as large.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_HALF = "half:"
_LARGE = 64
"""Values; smaller arrays, scalars of the graph among them, stay as they are."""


def store_halved(source: Path, target: Path) -> None:
    """Rewrite an ONNX file with its weights in half precision. Raises OSError, ValueError.

    ValueError where a weight is larger than half precision can hold.
    """
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    model = onnx.load(source)
    casts = []
    kept = []
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if tensor.data_type != TensorProto.FLOAT or values.size < _LARGE:
            kept.append(tensor)
            continue
        with np.errstate(over="ignore"):  # looked for in the next line
            half = values.astype(np.float16)
        if not np.isfinite(half).all():
            raise ValueError(f"The weights {tensor.name} do not fit into half precision.")
        kept.append(numpy_helper.from_array(half, _HALF + tensor.name))
        casts.append(
            helper.make_node("Cast", [_HALF + tensor.name], [tensor.name], to=TensorProto.FLOAT)
        )
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    del model.graph.value_info[:]
    onnx.checker.check_model(model)
    onnx.save(model, target)


def read_weights(path: Path) -> dict[str, NDArray[np.float32]]:
    """Return all float weights of an ONNX file by name, as float32.

    Raises OSError, and ValueError where it is no ONNX file.
    """
    import onnx
    from google.protobuf.message import DecodeError
    from onnx import numpy_helper

    try:
        model = onnx.load(path, load_external_data=False)
    except DecodeError as err:
        raise ValueError(f"{path.name} is no ONNX file.") from err
    found: dict[str, NDArray[np.float32]] = {}
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype.kind == "f":
            found[tensor.name.removeprefix(_HALF)] = values.astype(np.float32)
    for node in model.graph.node:
        # Exporters keep one of several equal weights and name the others after it.
        if node.op_type == "Identity" and node.input[0] in found:
            found[node.output[0]] = found[node.input[0]]
    return found
