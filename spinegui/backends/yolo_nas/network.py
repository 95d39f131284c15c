"""The network: built by super-gradients, fresh or from the weights that a model folder ships."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from spinegui.backends.base import BackendError
from spinegui.backends.yolo_nas import frameworks

if TYPE_CHECKING:
    import torch

VARIANTS = ("s", "m", "l")
_NORM_MOMENTUM = 0.1
"""super-gradients' own 0.03 needs far more steps than a person's corrections give."""


def build(variant: str, *, pretrained: str | None = None) -> torch.nn.Module:
    """Return a network for one class, with random weights or the vendor's. Raises BackendError.

    The vendor's weights are fetched from its server and stand under a licence of their own, so
    they are used only where somebody asked for them.
    """
    frameworks.prepare()
    import torch
    from super_gradients.training import models

    try:
        network: torch.nn.Module = models.get(
            f"yolo_nas_{variant}", num_classes=1, pretrained_weights=pretrained
        )
    except (OSError, RuntimeError) as err:
        raise BackendError(
            f"The vendor's weights could not be fetched ({err}). Go online, or train without them."
        ) from err
    for part in network.modules():
        if isinstance(part, torch.nn.BatchNorm2d):
            part.momentum = _NORM_MOMENTUM
    return network


def raw_outputs(network: Any, images: torch.Tensor) -> Any:
    """Return what the loss takes: logits, distances, anchors, in training or evaluation mode."""
    outputs = network(images)
    return outputs[1] if len(outputs) == 2 else outputs


def boxes_and_scores(network: Any, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return boxes (n, anchors, 4) xyxy px and scores (n, anchors, 1) of a network in eval mode."""
    outputs = network(images)
    # While it is traced for export it returns these alone, otherwise beside the raw outputs.
    decoded = outputs[0] if isinstance(outputs[0], tuple) else outputs
    return decoded[0], decoded[1]
