"""Two models side by side: gained, lost, relabelled, and what changed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spinegui.domain.geometry import Box
from spinegui.reports.comparison import compare
from tests.support.measured import PLACES, dataset_of, predictions_at


def test_that_a_comparison_lists_gained_lost_and_relabelled(tmp_path):
    before = predictions_at(PLACES[:3], [0.9] * 3, "mmm", model="old")
    after = predictions_at(
        [(x + 1, y) for x, y in (*PLACES[1:4], (55, 35))], [0.9] * 4, "tmmm", model="new"
    )
    result = compare(dataset_of(), tmp_path, dict.fromkeys((0, 1), before),
                     dict.fromkeys((0, 1), after))  # fmt: skip
    gained = [d for d in result.gained if d.image_id == 0]
    assert [(d.box.center, d.is_spine) for d in gained] == [((11, 30), True), ((56, 35), False)]
    lost = [d for d in result.lost if d.image_id == 0]
    assert [(d.box.center, d.truth, d.after) for d in lost] == [((10, 10), "mushroom", None)]
    changed = [d for d in result.relabelled if d.image_id == 0]
    assert [(d.before.label, d.after.label, d.truth) for d in changed] == [
        ("mushroom", "thin", "thin")
    ]
    assert result.changes["precision"].value == pytest.approx(3 / 4 - 1)
    assert result.changes["class/accuracy"].value == pytest.approx(1 - 1 / 2)


def test_that_a_model_compared_with_itself_changed_nothing(tmp_path):
    same = dict.fromkeys((0, 1), predictions_at(PLACES, [0.9] * 5, "mmtmt"))
    result = compare(dataset_of(), tmp_path, same, same)
    assert (result.gained, result.lost, result.relabelled) == ((), (), ())
    for e in result.changes.values():
        assert e.value in (0, None)
        assert e.low in (0, None)


def test_that_slices_tell_spines_apart_that_lie_above_one_another(tmp_path):
    flat = predictions_at(PLACES[:1], [0.9])
    low, high = replace(flat, z=np.array([2.0])), replace(flat, z=np.array([9.0]))
    result = compare(dataset_of(1), tmp_path, {0: low}, {0: high})
    assert [d.z for d in result.gained] == [9.0]
    assert [d.z for d in result.lost] == [2.0]
    assert result.gained[0].box == Box(6, 6, 14, 14)
