"""The detector as it runs: onnxruntime, numpy and scipy, no training framework."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from spinegui.backends.base import BackendError
from spinegui.backends.classical.boxes import fit_boxes
from spinegui.backends.classical.head_width import head_px
from spinegui.backends.classical.working import slab
from spinegui.backends.onnx_session import open_session
from spinegui.backends.yolo_nas.calibration import kind_of
from spinegui.backends.yolo_nas.linking import find
from spinegui.backends.yolo_nas.parameters import Parameters
from spinegui.backends.yolo_nas.views import view_of
from spinegui.domain.predictions import Predictions

if TYPE_CHECKING:
    from pathlib import Path

    import onnxruntime as ort
    from numpy.typing import NDArray

    from spinegui.backends.base import Frame, Reporter
    from spinegui.backends.yolo_nas.linking import Found
    from spinegui.backends.yolo_nas.views import View

NETWORK, INPUT = "detector.onnx", "images"


class YoloNasDetector:
    """Finds heads with the network; the box of each is then fitted to head and neck."""

    def __init__(self, session: ort.InferenceSession, parameters: Parameters, name: str) -> None:
        self._session = session
        self.parameters = parameters
        self._name = name

    @classmethod
    def load(cls, model_dir: Path) -> YoloNasDetector:
        """Load from a model folder; raises BackendError."""
        parameters = Parameters.load(model_dir)
        session = open_session(model_dir / NETWORK)
        if [i.name for i in session.get_inputs()] != [INPUT] or len(session.get_outputs()) != 2:
            raise BackendError(
                f"The network in {model_dir} is no YOLO-NAS. Import the model again."
            )
        return cls(session, parameters, model_dir.name)

    def detect(self, frame: Frame, *, min_score: float, reporter: Reporter) -> Predictions:
        """Return all detections scored at least `min_score`; one a spine, also in a stack."""
        width = head_px(frame, self.parameters.scale)
        view = view_of(frame, width)
        found = find(view, self.run, reporter)
        scores = self.parameters.calibrations.of(kind_of(frame))(found.scores)
        kept = scores >= min_score
        heads = found.points[kept] / (view.ratio_x, view.ratio_y, 1.0)
        planes = slab(frame, view.z_um)
        boxes, bases = fit_boxes(planes, heads, scores[kept], width, reporter)
        base = np.concatenate([bases, heads[:, 2:]], axis=1)
        if not view.is_stack:
            return Predictions.build(self._name, boxes, scores[kept], head=heads, base=base)
        return Predictions.build(
            self._name, boxes, scores[kept], z=heads[:, 2], z_range=_slices(found, view)[kept],
            head=heads, base=base,
        )  # fmt: skip

    def run(self, images: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return boxes (n, anchors, 4) xyxy px and scores (n, anchors) of images (n, 3, Y, X)."""
        boxes, scores = self._session.run(None, {INPUT: images})
        return np.asarray(boxes), np.asarray(scores)[..., 0]


def _slices(found: Found, view: View) -> NDArray[np.int64]:
    """Return (n, 2) the first and the last slice of the slabs that show each spine well."""
    last = len(view.volume) - 1
    low, high = np.floor(found.z_range[:, 0]), np.ceil(found.z_range[:, 1])
    result: NDArray[np.int64] = np.clip(np.stack([low, high], axis=1), 0, last).astype(np.int64)
    return result
