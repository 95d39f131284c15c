from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from spinegui.backends.yolo_nas.material import Material
from spinegui.backends.yolo_nas.schedule import Plan
from tests.backends.detection import Silent
from tests.backends.yolo_nas.stand_ins import plane_of, scene_with

if TYPE_CHECKING:
    from spinegui.backends.yolo_nas.loop import Training

pytestmark = pytest.mark.logs_warning  # super-gradients logs what it misses

PLAN = Plan(epochs=1, steps=1, seed=0, side=96, batch=1)


def trained(torch: Any, network: Any, selection: list[Any]) -> tuple[Training, dict[str, Any]]:
    """A run whose weights all went up by 2, and the weights before."""
    from spinegui.backends.yolo_nas.blending import copy_of
    from spinegui.backends.yolo_nas.loop import Training

    scene = scene_with(plane_of(100, 100, []))
    before = copy_of(network)
    run = Training(network, Material([scene], np.ones(1), selection), PLAN, Silent())
    with torch.no_grad():
        for parameter in run.network.parameters():
            parameter.add_(2.0)
    return run, before


def gone(run: Training, before: dict[str, Any]) -> set[float]:
    """How far the weights went."""
    now = dict(run.network.named_parameters())
    return {round(float((now[k] - before[k]).detach().mean()), 3) for k in now}


def test_that_without_images_to_choose_on_it_goes_half_of_the_way(torch):
    from spinegui.backends.yolo_nas.blending import settle

    run, before = trained(torch, torch.nn.Conv2d(3, 4, 1), [])
    assert settle(run, before) == 0.5
    assert gone(run, before) == {1.0}


def test_that_of_equally_good_shares_the_one_that_changes_less_is_chosen(torch, network):
    from spinegui.backends.yolo_nas.blending import settle

    # Where there are no spines, all shares are worth the same.
    run, before = trained(torch, network, [scene_with(plane_of(64, 64, []))])
    assert settle(run, before) == 0.25
    assert gone(run, before) == {0.5}
