"""Two classifiers on the annotated boxes: nothing is matched, nothing is lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spinegui.domain.predictions import Predictions
from spinegui.reports.evaluation import EvaluationError
from spinegui.reports.given_boxes import compare_given_boxes
from tests.support.measured import IDS, PLACES, dataset_of

HERE = Path()


def answers(labels: str) -> Predictions:
    """What a model says of the five annotations of an image, one letter each."""
    boxes = np.array([(x - 3, y - 3, x + 3, y + 3) for x, y in PLACES], float)
    scores = np.array([[0.8, 0.2] if c == "m" else [0.1, 0.9] for c in labels])
    return Predictions.build("m", boxes, np.ones(5), class_ids=IDS, class_scores=scores)


def both(labels: str) -> dict[int, Predictions]:
    return {0: answers(labels), 1: answers(labels)}


def test_that_each_annotation_is_answered_by_its_own_prediction():
    # People say: mushroom, thin, ball (unknown to the model), nothing, mushroom.
    found = compare_given_boxes(dataset_of(), HERE, both("ttmmt"), both("mtmmm"))
    assert (len(found.gained), len(found.lost)) == (0, 0)
    assert [d.truth for d in found.relabelled] == ["mushroom"] * 4
    change = found.changes["class/accuracy"]
    assert change.value == pytest.approx(2 / 3)
    assert (change.n, change.n_images) == (6, 2)
    assert found.after.given_boxes is not None
    assert found.after.given_boxes.table.confusion().tolist() == [[4, 0], [0, 2]]
    assert found.after.detection is None


def test_that_an_annotated_head_far_from_the_box_s_centre_loses_no_spine():
    whole = dataset_of(1, pixel_um=1.0)
    far = tuple(replace(a, head=(a.box.x0, a.box.y0, 0.0)) for a in whole.annotations)
    found = compare_given_boxes(
        replace(whole, annotations=far), HERE, {0: answers("ttttt")}, {0: answers("mtmmm")}
    )
    assert found.after.given_boxes is not None
    assert len(found.after.given_boxes.table.truth) == 3


def test_that_nothing_to_measure_on_is_said():
    with pytest.raises(EvaluationError, match="no annotated spine"):
        compare_given_boxes(dataset_of(0), HERE, {}, {})
