"""The loss: only where people looked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from super_gradients.training.losses import PPYoloELoss
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spinegui.backends.yolo_nas.crops import Crop

STRIDES = (8, 16, 32)


class ReviewedLoss(PPYoloELoss):  # type: ignore[misc]  # comes without types
    """PP-YOLOE's loss (Xu et al. 2022, arXiv:2203.16250) with anchors that do not count.

    An anchor whose centre lies where nobody looked adds nothing, whatever it says; its pixels are
    seen all the same.
    """

    def __init__(self, num_classes: int = 1) -> None:
        super().__init__(num_classes=num_classes, use_static_assigner=False)
        self._counts: torch.Tensor | None = None

    def of(self, outputs: Any, crops: Sequence[Crop]) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the loss of a batch and its parts: classes, IoU, distribution, their sum."""
        device = outputs[0].device
        self._counts = torch.from_numpy(anchor_weights(crops)).to(device)
        rows = [
            np.concatenate([np.full((len(c.boxes), 1), i), np.zeros((len(c.boxes), 1)), c.boxes], 1)
            for i, c in enumerate(crops)
        ]
        targets = torch.from_numpy(np.concatenate(rows).astype(np.float32)).to(device)
        loss, parts = self(tuple(_full(o) for o in outputs), targets)
        return loss, parts

    @override
    def _varifocal_loss(
        self, pred_logits: Any, gt_score: Any, label: Any, alpha: float = 0.75, gamma: float = 2.0
    ) -> Any:
        """Return the sum over anchors that count (Zhang et al. 2021, arXiv:2008.13367, eq. 2)."""
        score = pred_logits.sigmoid()
        weight = alpha * score.pow(gamma) * (1 - label) + gt_score * label
        loss = torch.nn.functional.binary_cross_entropy_with_logits(
            pred_logits, gt_score, reduction="none"
        )
        return (weight * loss * self._counts).sum()

    @override
    def _bbox_loss(
        self,
        pred_dist: Any,
        pred_bboxes: Any,
        anchor_points: Any,
        assigned_labels: Any,
        assigned_bboxes: Any,
        assigned_scores: Any,
        reg_max: int,
    ) -> Any:
        """Return the sums of the IoU and distribution losses over anchors that count."""
        counts = self._counts[..., 0] > 0  # type: ignore[index]  # set by `of`
        labels = assigned_labels.masked_fill(~counts, self.num_classes)
        return super()._bbox_loss(
            pred_dist, pred_bboxes, anchor_points, labels, assigned_bboxes, assigned_scores, reg_max
        )


def anchor_weights(crops: Sequence[Crop]) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Return (batch, anchors, 1) float32: 1 where the anchor's centre lies in a known px."""
    rows = []
    for crop in crops:
        grids = [crop.known[s // 2 :: s, s // 2 :: s].ravel() for s in STRIDES]
        rows.append(np.concatenate(grids))
    return np.stack(rows).astype(np.float32)[..., None]


def _full(value: Any) -> Any:
    """Return a half-precision tensor in full precision, in which losses are computed."""
    return value.float() if torch.is_tensor(value) and value.is_floating_point() else value
