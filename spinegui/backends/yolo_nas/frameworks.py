"""Imports PyTorch and super-gradients so that both behave: quiet, and whole beside a CPU build."""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
import types
from pathlib import Path
from typing import Any

from spinegui.backends.base import BackendError

_OPS = ("_C.so", "_C_stable.so", "_C.pyd")
_library: Any = None


def prepare() -> None:
    """Make `import super_gradients` work; to be called before the first one. Raises BackendError.

    It would start a crash reporter, write a log below the home folder and pull TensorFlow in
    through its TensorBoard logger.
    """
    os.environ.setdefault("CRASH_HANDLER", "FALSE")
    os.environ.setdefault("SUPER_GRADIENTS_LOG_DIR", str(Path(tempfile.gettempdir(), "spinegui")))
    # The presence of this module, whatever is in it, tells TensorBoard to do without TensorFlow.
    sys.modules.setdefault("tensorboard.compat.notf", types.ModuleType("notf"))
    try:
        _complete_torchvision()
    except ImportError as err:
        raise BackendError(
            f"Training YOLO-NAS needs the module {err.name}, which is not installed. "
            "`spinegui doctor` says what to install."
        ) from err


def _complete_torchvision() -> None:
    """Define the operators that torchvision's own library brings, where it cannot be loaded.

    torchvision's wheels are built for one build of torch; beside another (a CPU one, for instance)
    the library stays out and the import fails. The detection code needs suppression only.
    """
    global _library  # noqa: PLW0603  once a process, as operators are
    import torch

    spec = importlib.util.find_spec("torchvision")
    if _library is not None or spec is None or spec.origin is None:
        return
    folder = Path(spec.origin).parent
    for name in _OPS:
        if (folder / name).exists():
            try:
                torch.ops.load_library(str(folder / name))
            except OSError:
                break
            return
    _library = torch.library.Library("torchvision", "DEF")
    for name in ("nms", "qnms"):
        _library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        _library.impl(name, _suppress, "CPU")
    import torchvision.extension
    import torchvision.ops.boxes

    torchvision.ops.boxes._assert_has_ops = _nothing  # noqa: SLF001  no other way is offered
    torchvision.extension._assert_has_ops = _nothing  # noqa: SLF001


def _nothing() -> None:
    return


def _suppress(boxes: Any, scores: Any, iou_threshold: float) -> Any:
    """Return the rows of boxes (n, 4) xyxy that no better box overlaps by more, best first."""
    import torch

    order = scores.argsort(descending=True, stable=True)
    corners = boxes[order].float()
    areas = (corners[:, 2:] - corners[:, :2]).clamp(min=0).prod(dim=1)
    alive = torch.ones(len(order), dtype=torch.bool)
    for i in range(len(order)):
        if alive[i]:
            rest = corners[i + 1 :]
            low, high = corners[i, :2].maximum(rest[:, :2]), corners[i, 2:].minimum(rest[:, 2:])
            shared = (high - low).clamp(min=0).prod(dim=1)
            union = areas[i] + areas[i + 1 :] - shared
            alive[i + 1 :] &= shared <= iou_threshold * union
    return order[alive]
