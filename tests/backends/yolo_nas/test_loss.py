from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from spinegui.backends.yolo_nas.views import BOX_HEADS, HEAD_PX

if TYPE_CHECKING:
    from spinegui.backends.yolo_nas.crops import Crop

pytestmark = pytest.mark.logs_warning  # super-gradients logs what it misses

SIDE = 96


def crop_of(heads: list[tuple[float, float]], known: Any) -> Crop:
    from spinegui.backends.yolo_nas.crops import Crop

    image = np.random.default_rng(0).random((3, SIDE, SIDE)).astype(np.float32)
    size = BOX_HEADS * HEAD_PX
    boxes = np.array([(*h, size, size) for h in heads], np.float32).reshape(-1, 4)
    return Crop(image, boxes, np.broadcast_to(known, (SIDE, SIDE)).copy())


@pytest.fixture
def outputs(torch, network) -> Any:
    """What a network says of two crops, as leaves whose gradients can be read."""
    from spinegui.backends.yolo_nas.network import raw_outputs

    with torch.no_grad():
        raw = raw_outputs(network.eval(), torch.rand(2, 3, SIDE, SIDE))
    return (raw[0].clone().requires_grad_(), raw[1].clone().requires_grad_(), *raw[2:])


def anchors(outputs: Any) -> tuple[np.ndarray, np.ndarray]:
    x, y = outputs[3].numpy().T
    return x, y


def test_that_anchors_count_where_their_centre_was_looked_at(outputs):
    from spinegui.backends.yolo_nas.loss import anchor_weights

    known = np.random.default_rng(1).random((SIDE, SIDE)) < 0.5
    weights = anchor_weights([crop_of([], known), crop_of([], True)])
    x, y = anchors(outputs)
    assert weights.shape == (2, len(x), 1)
    assert (weights[0, :, 0] == known[y.astype(int), x.astype(int)]).all()
    assert weights[1].all()


def test_that_what_nobody_looked_at_adds_nothing_whatever_is_said_there(torch, outputs):
    from spinegui.backends.yolo_nas.loss import ReviewedLoss

    left = np.arange(SIDE) < 48
    # The second crop's box reaches over the edge of what was looked at.
    crops = [crop_of([(24.0, 40.0)], left), crop_of([(45.0, 60.0)], left)]
    loss, _ = ReviewedLoss().of(outputs, crops)
    loss.backward()
    x, _ = anchors(outputs)
    for leaf in outputs[:2]:
        slope = leaf.grad.abs().sum(dim=(0, 2)).numpy()
        assert (slope[x >= 48] == 0).all()
        assert slope[x < 48].any()
    assert (outputs[0].grad[:, x < 48] != 0).all()


def test_that_spines_raise_their_anchors_and_background_lowers_them(torch, outputs):
    from spinegui.backends.yolo_nas.loss import ReviewedLoss

    x, y = anchors(outputs)
    half = BOX_HEADS * HEAD_PX / 2
    # Boxes that fit the spine are worth more than the network's low scores.
    sides = np.stack([x - 28 + half, y - 44 + half, 28 + half - x, 44 + half - y], axis=1)
    strides = outputs[5].numpy()
    bins = np.clip(np.round(sides / strides), 0, 16).astype(int)
    with torch.no_grad():
        outputs[1][0] = 12.0 * torch.eye(17)[bins].reshape(len(x), -1)
    loss, _ = ReviewedLoss().of(outputs, [crop_of([(28.0, 44.0)], True), crop_of([], True)])
    loss.backward()
    slopes = outputs[0].grad[..., 0].numpy()
    assert slopes[0].min() < 0
    best = int(slopes[0].argmin())
    assert np.hypot(x[best] - 28, y[best] - 44) < 12
    assert (slopes[1] > 0).all()


@pytest.mark.parametrize("known", [True, False])
def test_that_crops_without_spines_have_a_loss_too(outputs, known):
    from spinegui.backends.yolo_nas.loss import ReviewedLoss

    loss, parts = ReviewedLoss().of(outputs, [crop_of([], known)] * 2)
    assert bool(np.isfinite(parts.numpy()).all())
    assert (float(loss.detach()) > 0) == known
    loss.backward()
