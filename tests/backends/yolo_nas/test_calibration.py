from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinegui.backends.base import Frame
from spinegui.backends.yolo_nas.calibration import Calibration, Calibrations, Kind, kind_of

SLOPES, SHIFTS = st.floats(0.3, 3.0), st.floats(-2.0, 2.0)


def logit(p: np.ndarray) -> np.ndarray:
    return np.log(p / (1 - p))


@pytest.mark.parametrize(("slope", "shift"), [(1.0, 0.0), (2.0, -1.0), (0.5, 0.7)])
def test_that_a_fit_recovers_what_made_the_scores_wrong(slope, shift):
    rng = np.random.default_rng(0)
    scores = rng.uniform(0.02, 0.98, 20_000)
    is_hit = rng.random(20_000) < 1 / (1 + np.exp(-(slope * logit(scores) + shift)))
    fitted = Calibration.fitted(scores, is_hit)
    assert fitted.slope == pytest.approx(slope, abs=0.1)
    assert fitted.shift == pytest.approx(shift, abs=0.1)
    likely = fitted(scores) > 0.75
    assert is_hit[likely].mean() == pytest.approx(fitted(scores[likely]).mean(), abs=0.02)


@settings(deadline=None)
@given(slope=SLOPES, shift=SHIFTS, scores=st.lists(st.floats(0, 1), min_size=2, max_size=20))
def test_that_the_order_of_scores_stays_and_they_remain_probabilities(slope, shift, scores):
    ordered = np.sort(np.array(scores))
    after = Calibration(slope, shift)(ordered)
    assert (np.diff(after) >= 0).all()
    assert ((after >= 0) & (after <= 1)).all()


@pytest.mark.parametrize("hits", [True, False])
def test_that_a_fit_to_one_sided_outcomes_stays_finite_and_keeps_the_order(hits):
    fitted = Calibration.fitted(np.linspace(0.1, 0.9, 40), np.full(40, hits))
    assert fitted.slope > 0
    assert np.isfinite(fitted.shift)


def test_that_scores_stay_as_they_are_until_something_is_fitted():
    scores = np.array([0.1, 0.5, 0.93])
    assert Calibrations().of(Kind.STACK)(scores) == pytest.approx(scores)


@given(
    usual=st.builds(Calibration, SLOPES, SHIFTS),
    kinds=st.dictionaries(st.sampled_from(Kind), st.builds(Calibration, SLOPES, SHIFTS)),
)
def test_that_calibrations_come_back_from_json(usual, kinds):
    before = Calibrations(usual, kinds)
    after = Calibrations.from_json(json.loads(json.dumps(before.to_json())))
    assert after.usual == usual
    assert all(after.of(kind) == before.of(kind) for kind in Kind)


@pytest.mark.parametrize(
    "data",
    [{}, {"usual": 1}, {"usual": [1]}, {"usual": [1, None]}, {"usual": [-1, 0]},
     {"usual": [1, 0], "video": [1, 0]}],
)  # fmt: skip
def test_that_damaged_calibrations_are_refused(data):
    with pytest.raises((KeyError, TypeError, ValueError)):
        Calibrations.from_json(data)


def test_that_kinds_of_images_are_told_apart():
    noise = np.random.default_rng(0).integers(1, 99, (1, 50, 50)).astype(np.uint8)
    cut_out = noise * (np.arange(50) < 3)[:, None].astype(np.uint8)
    kinds = [kind_of(Frame(pixels, None)) for pixels in (noise, cut_out, np.repeat(noise, 2, 0))]
    assert kinds == [Kind.PLANE, Kind.CUT_OUT, Kind.STACK]
