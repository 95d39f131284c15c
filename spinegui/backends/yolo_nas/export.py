"""The network as an ONNX file whose weights are stored in half precision, and back."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from spinegui.backends.base import BackendError
from spinegui.backends.onnx_weights import read_weights, store_halved
from spinegui.backends.yolo_nas.folding import folded
from spinegui.backends.yolo_nas.network import boxes_and_scores, build

NETWORK = "detector.onnx"
_OPSET = 17
_OWN = "network."
_SIDE = 320
_CLOSE_PX, _CLOSE_SCORE = 0.5, 0.02


def export(network: Any, path: Path) -> None:
    """Write a folded network: input `images` (n, 3, Y, X), outputs `boxes`, `scores`.

    Y and X are multiples of 32. Raises BackendError where the file does not answer as the network.
    """
    import torch

    network = network.to("cpu", memory_format=torch.contiguous_format).eval()
    example = torch.rand(1, 3, _SIDE, _SIDE, generator=torch.Generator().manual_seed(0))
    axes = {"images": {0: "n", 2: "height", 3: "width"}}
    with tempfile.TemporaryDirectory(dir=path.parent) as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracer wonders about shapes that are constant here
        full = Path(folder, "full.onnx")
        torch.onnx.export(
            _outputs_of(network), (example,), str(full), dynamo=False, opset_version=_OPSET,
            input_names=["images"], output_names=["boxes", "scores"], dynamic_axes=axes,
        )  # fmt: skip
        store_halved(full, path)
    _check(network, path, example)


def load(path: Path, variant: str) -> Any:
    """Return the folded network of that variant with the weights of an exported file.

    Raises BackendError where they do not fit.
    """
    import torch

    try:
        found = read_weights(path)
    except (OSError, ValueError) as err:
        raise BackendError(
            f"The network {path} cannot be read ({err}). Import the model again."
        ) from err
    weights = {name.removeprefix(_OWN): torch.from_numpy(v) for name, v in found.items()}
    network = folded(build(variant))
    wanted = {name for name, _ in network.named_parameters()}
    try:
        network.load_state_dict({k: v for k, v in weights.items() if k in wanted}, strict=False)
    except RuntimeError as err:
        raise BackendError(f"{path.name} is no YOLO-NAS-{variant.upper()}: {err}") from err
    if missing := wanted - set(weights):
        raise BackendError(
            f"{path.name} lacks {len(missing)} of the network's weights, {min(missing)} for one. "
            "Train from another model."
        )
    return network


def _check(network: Any, path: Path, example: Any) -> None:
    import torch

    from spinegui.backends.onnx_session import open_session

    with torch.inference_mode():
        boxes, scores = (t.numpy() for t in boxes_and_scores(network, example))
    got_boxes, got_scores = open_session(path).run(None, {"images": example.numpy()})
    off = float(np.abs(got_scores - scores).max())
    likely = scores[..., 0] > _CLOSE_SCORE
    apart = float(np.abs(got_boxes - boxes)[likely].max()) if likely.any() else 0.0
    if off > _CLOSE_SCORE or apart > _CLOSE_PX:
        raise BackendError(
            f"The exported network answers otherwise than the trained one (scores by {off:.3f}, "
            f"boxes by {apart:.2f} px). Train again with another seed."
        )


def _outputs_of(network: Any) -> Any:
    """Return the network as a module that returns boxes and scores alone."""
    import torch

    class Outputs(torch.nn.Module):  # type: ignore[misc]  # torch has no types here
        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, images: Any) -> Any:
            return boxes_and_scores(self.network, images)

    return Outputs()
