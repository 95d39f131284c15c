from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import tifffile

from spinegui.backends.base import BackendError
from spinegui.backends.yolo_nas import material
from spinegui.backends.yolo_nas.material import FEWEST_GROUPS, gather, set_aside
from spinegui.backends.yolo_nas.training import create
from spinegui.domain.geometry import Box
from spinegui.storage.training_values import LabelledBox, RejectedBox, TrainingImage, TrainingSet
from spinegui.synthesis.settings import STACK
from tests.backends.detection import Silent
from tests.backends.yolo_nas.stand_ins import volume_of

if TYPE_CHECKING:
    from pathlib import Path

DOTS = [(20.0, 20.0, 0.0), (50.0, 30.0, 0.0), (30.0, 60.0, 0.0)]


def images(folder: Path, n: int, groups: int, **facts: Any) -> list[TrainingImage]:
    """n small images in so many groups, each with one more spine than the one before, up to 3."""
    made = []
    for i in range(n):
        path = folder / f"{i}.tif"
        tifffile.imwrite(path, (volume_of((1, 80, 90), DOTS)[0] * 250).astype(np.uint8))
        spines = tuple(LabelledBox(Box.around(x, y, 12, 12)) for x, y, _ in DOTS[: i % 3 + 1])
        told = {"positives": spines, **facts}
        made.append(TrainingImage(path, f"{i:064}", False, None, group=f"g{i % groups}", **told))
    return made


def gathered(found: list[TrainingImage], *, replay: bool = False) -> tuple[Any, list[str]]:
    reporter = Silent()
    result = gather(TrainingSet(tuple(found)), lambda _: 9.0, reporter, seed=0, replay=replay)
    return result, reporter.lines


def test_that_whole_groups_are_set_aside_to_choose_the_best_epoch_on(tmp_path):
    made = images(tmp_path, 12, 6)
    learn, aside = set_aside(made, 0)
    assert {i.group for i in learn}.isdisjoint({i.group for i in aside})
    assert len(learn) + len(aside) == 12
    assert len(aside) == 2
    assert set_aside(made, 0) == (learn, aside)
    assert len({set_aside(made, seed)[1][0].group for seed in range(9)}) > 1


def test_that_it_is_said_which_images_the_best_epoch_is_chosen_on(tmp_path):
    found, lines = gathered(images(tmp_path, FEWEST_GROUPS, FEWEST_GROUPS))
    assert len(found.scenes) == FEWEST_GROUPS - 1
    (aside,) = found.selection
    assert lines[0].startswith("Learns from ")
    assert f"{7 - len(aside.heads)} spines on 3 images" in lines[0]
    assert ".tif" in lines[1]
    assert "Chooses the best epoch" in lines[1]


def test_that_few_groups_all_teach_and_it_is_said(tmp_path):
    found, lines = gathered(images(tmp_path, 8, FEWEST_GROUPS - 1))
    assert len(found.scenes) == 8
    assert len(found.selection) == 0
    assert "the last one counts" in lines[-1]


def test_that_images_that_cannot_be_measured_on_are_not_set_aside(tmp_path):
    made = images(tmp_path, 8, 8, reviewed_regions=())
    assert set_aside(made, 0) == (made, [])


def test_that_scenes_with_more_spines_are_drawn_more_often_and_empty_ones_too(tmp_path):
    made = images(tmp_path, 2, 2)
    empty = images(tmp_path, 1, 1, positives=())
    found, _ = gathered(made + empty)
    assert found.weights.sum() == pytest.approx(1)
    assert found.weights == pytest.approx(np.array([4, 5, 3]) / 12)


def test_that_images_without_any_decision_teach_nothing(tmp_path):
    made = images(tmp_path, 2, 2) + images(tmp_path, 1, 1, positives=(), reviewed_regions=())
    assert len(gathered(made)[0].scenes) == 2
    rejected = (RejectedBox(Box.around(20, 20, 9, 9)),)
    made[2:] = images(tmp_path, 1, 1, positives=(), negatives=rejected, reviewed_regions=())
    assert len(gathered(made)[0].scenes) == 3


@pytest.mark.parametrize("facts", [{"positives": ()}, {"positives": (), "reviewed_regions": ()}])
def test_that_training_without_an_accepted_spine_is_refused_in_words(tmp_path, facts):
    with pytest.raises(BackendError, match=r"No spine was accepted .* Accept or draw some"):
        gathered(images(tmp_path, 2, 2, **facts))


def test_that_replay_is_a_quarter_of_what_a_shipped_network_sees(tmp_path, monkeypatch):
    monkeypatch.setattr(material, "_REPLAYED", 2)
    monkeypatch.setattr(material, "STACK", replace(STACK, width=128, height=96, n_z=6))
    found, lines = gathered(images(tmp_path, 2, 2), replay=True)
    assert len(found.scenes) == 4
    assert found.weights[2:].sum() == pytest.approx(0.25)
    assert found.weights.sum() == pytest.approx(1)
    assert [s.view.is_stack for s in found.scenes[2:]] == [True, False]
    assert all(len(s.heads) for s in found.scenes[2:])
    assert "25% of what it sees are synthetic" in lines[-1]


@pytest.mark.parametrize(
    ("roles", "settings", "said"),
    [
        (("classifier",), {}, "is a detector. Choose another base"),
        (("detector",), {"colour": "blue"}, "has no setting “colour”. Its settings are "),
        (("detector",), {"variant": "xl"}, "no YOLO-NAS variant “xl”. Choose s, m or l"),
        (("detector",), {"pretrained": "imagenet"}, "are called “coco”"),
    ],
)
def test_that_settings_that_it_does_not_know_are_refused_in_words(roles, settings, said):
    with pytest.raises(BackendError, match=said):
        create(None, roles, settings)


def test_that_a_model_to_continue_from_keeps_its_variant(tmp_path):
    with pytest.raises(BackendError, match="keeps its variant and weights"):
        create(tmp_path, ("detector",), {"variant": "m"})


def test_that_a_damaged_model_to_continue_from_is_refused_in_words(tmp_path):
    with pytest.raises(BackendError, match="Import the model again"):
        create(tmp_path, ("detector",), {})
