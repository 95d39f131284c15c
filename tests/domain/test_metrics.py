from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics as peer

from spinegui.domain.bootstrap import draw_weights, estimate, estimate_change
from spinegui.domain.metrics import (
    ClassTable,
    DetectionTable,
    class_statistics,
    detection_statistics,
    precision_recall,
)


def detections(scores, is_match, image=None, truths=(4,)) -> DetectionTable:
    image = np.zeros(len(scores), int) if image is None else np.array(image)
    return DetectionTable(
        np.array(scores, float), np.array(is_match, bool), image, np.array(truths)
    )


def figures(table: DetectionTable | ClassTable) -> dict[str, float]:
    statistics = detection_statistics if isinstance(table, DetectionTable) else class_statistics
    return {k: float(v[0]) for k, v in statistics(table, np.ones((1, table.n_images))).items()}


def random_table(seed: int = 0, n: int = 300, n_images: int = 12) -> DetectionTable:
    rng = np.random.default_rng(seed)
    scores = np.round(rng.random(n), 2)
    return DetectionTable(
        scores, rng.random(n) < scores, rng.integers(0, n_images, n),
        rng.integers(20, 40, n_images),
    )  # fmt: skip


def random_classes(seed: int = 0, n: int = 200, n_images: int = 10) -> ClassTable:
    rng = np.random.default_rng(seed)
    return ClassTable(
        ("a", "b", "c", "d"), rng.integers(0, 3, n), rng.dirichlet(np.ones(4), n),
        rng.integers(0, n_images, n), n_images,
    )  # fmt: skip


def test_that_figures_at_the_cut_are_the_textbooks():
    found = figures(detections([0.9, 0.8, 0.5, 0.4], [True, False, True, True]))
    assert found["precision"] == pytest.approx(2 / 3)
    assert found["recall"] == pytest.approx(2 / 4)
    assert found["f1"] == pytest.approx(4 / 7)
    assert found["count_bias"] == pytest.approx(-1 / 4)
    assert found["count_error"] == pytest.approx(1)


def test_that_ap_is_the_area_under_the_monotone_curve():
    found = figures(detections([0.9, 0.8, 0.7], [True, False, True], truths=(2,)))
    assert found["ap"] == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)
    assert found["best_f1"] == pytest.approx(0.8)
    assert found["best_cut"] == pytest.approx(0.7)


def test_that_ap_with_all_spines_found_agrees_with_the_peer_on_a_falling_curve():
    found = figures(detections([0.9, 0.8, 0.7, 0.6], [True, True, True, False], truths=(3,)))
    assert found["ap"] == peer.average_precision_score([1, 1, 1, 0], [0.9, 0.8, 0.7, 0.6]) == 1


def test_that_equal_scores_stand_or_fall_together():
    ap = [figures(detections([0.5, 0.5], m, truths=(1,)))["ap"] for m in ([1, 0], [0, 1])]
    assert ap == [0.5, 0.5]


def test_that_errors_of_the_count_do_not_cancel_and_bias_does():
    found = figures(detections([0.9] * 4, [1] * 4, [0, 0, 0, 0], truths=(2, 2)))
    assert found["count_bias"] == 0
    assert found["count_error"] == 2


def test_that_nothing_found_is_zero_and_nothing_to_find_is_unknown():
    nothing = figures(detections([], []))
    assert (nothing["ap"], nothing["recall"], nothing["f1"], nothing["count_bias"]) == (0, 0, 0, -1)
    assert np.isnan(nothing["precision"])
    assert np.isnan(nothing["brier"])
    empty = figures(detections([0.9], [False], truths=(0,)))
    assert np.isnan(empty["ap"])
    assert np.isnan(empty["recall"])
    assert empty["precision"] == 0


def test_that_no_cut_is_the_best_where_nothing_found_is_a_spine():
    wrong = figures(detections([0.9, 0.4], [0, 0], truths=(2,)))
    assert wrong["best_f1"] == 0
    assert np.isnan(wrong["best_cut"])


def test_that_weights_count_images_as_often_as_they_say():
    table = random_table()
    weights = draw_weights(table.n_images, resamples=5, seed=3)
    for row in range(5):
        order = np.repeat(np.arange(table.n_images), weights[row].astype(int))
        index = [np.flatnonzero(table.image == i) for i in order]
        copies = np.repeat(np.arange(len(order)), [len(i) for i in index])
        index = np.concatenate(index)
        drawn = DetectionTable(
            table.scores[index], table.is_match[index], copies, table.truths[order]
        )
        wanted = figures(drawn)
        found = detection_statistics(table, weights)
        for name, value in wanted.items():
            assert found[name][row] == pytest.approx(value), name


def test_that_blocks_of_resamples_give_the_same(monkeypatch):
    table, weights = random_table(), draw_weights(12, resamples=50)
    whole = detection_statistics(table, weights)
    monkeypatch.setattr("spinegui.domain.metrics._BLOCK", 900)
    for name, value in detection_statistics(table, weights).items():
        np.testing.assert_allclose(value, whole[name])


def test_that_the_curve_falls_from_the_best_cut_on():
    cuts, precision, recall = precision_recall(random_table(), np.ones((1, 12)))
    assert (np.diff(cuts) < 0).all()
    assert (np.diff(recall[0]) >= 0).all()
    assert precision.shape == recall.shape == (1, len(cuts))


def test_that_class_figures_agree_with_the_peer():
    table = random_classes()
    found, truth, said = figures(table), table.truth, table.predicted
    assert found["accuracy"] == pytest.approx(peer.accuracy_score(truth, said))
    recall = peer.recall_score(truth, said, labels=[0, 1, 2], average="macro")
    assert found["balanced_accuracy"] == pytest.approx(recall)
    assert found["kappa"] == pytest.approx(peer.cohen_kappa_score(truth, said))
    precision, recall, f1, _ = peer.precision_recall_fscore_support(
        truth, said, labels=[0, 1, 2], zero_division=np.nan
    )
    for i, label in enumerate("abc"):
        got = [found[f"{name}/{label}"] for name in ("precision", "recall", "f1")]
        assert got == pytest.approx([precision[i], recall[i], f1[i]])
    assert np.isnan(found["recall/d"])
    np.testing.assert_array_equal(
        table.confusion(), peer.confusion_matrix(truth, said, labels=range(4))
    )


def test_that_brier_and_calibration_of_certain_answers_are_known():
    right = ClassTable(("a", "b"), np.array([0, 1]), np.eye(2), np.array([0, 0]), 1)
    wrong = ClassTable(("a", "b"), np.array([1, 0]), np.eye(2), np.array([0, 0]), 1)
    assert (figures(right)["brier"], figures(right)["calibration_error"]) == (0, 0)
    assert (figures(wrong)["brier"], figures(wrong)["calibration_error"]) == (2, 1)


def test_that_calibrated_scores_have_a_small_error_and_boasting_ones_a_large():
    rng = np.random.default_rng(0)
    honest = rng.random(20_000)
    hit, image = rng.random(20_000) < honest, np.zeros(20_000, int)
    good = DetectionTable(honest, hit, image, np.array([20_000]))
    boasting = DetectionTable(np.full(20_000, 0.95), hit, image, np.array([20_000]))
    assert figures(good)["calibration_error"] < 0.02
    assert figures(boasting)["calibration_error"] == pytest.approx(0.45, abs=0.02)
    assert figures(good)["brier"] == pytest.approx(1 / 6, abs=0.01)


def test_that_intervals_hold_the_figure_and_are_the_same_twice():
    table = random_table()

    def once() -> dict:
        return estimate(
            lambda w: detection_statistics(table, w), draw_weights(12, seed=1), len(table.scores)
        )

    first, second = once(), once()
    assert first == second
    for name, e in first.items():
        if name not in ("best_f1", "best_cut", "calibration_error"):  # resampling biases these
            assert e.low <= e.value <= e.high, name
    assert (first["ap"].n, first["ap"].n_images) == (300, 12)


def test_that_the_interval_of_a_share_is_near_the_formulas():
    rng = np.random.default_rng(5)
    n = 400
    table = DetectionTable(np.ones(n), rng.random(n) < 0.7, np.arange(n), np.ones(n, int))
    e = estimate(lambda w: detection_statistics(table, w), draw_weights(n), n)["precision"]
    half = 1.96 * np.sqrt(e.value * (1 - e.value) / n)
    assert e.low == pytest.approx(e.value - half, abs=0.01)
    assert e.high == pytest.approx(e.value + half, abs=0.01)


def test_that_one_image_gives_no_interval_and_none_gives_no_figure():
    one = detections([0.9], [True])
    e = estimate(lambda w: detection_statistics(one, w), draw_weights(1), 1)["recall"]
    assert (e.value, e.low, e.high) == (0.25, None, None)
    none = detections([], [], truths=())
    e = estimate(lambda w: detection_statistics(none, w), draw_weights(0), 0)["ap"]
    assert (e.value, e.low, e.high) == (None, None, None)


def test_that_a_change_is_paired_by_image():
    before = random_table()
    better = DetectionTable(before.scores, before.is_match | True, before.image, before.truths)
    weights = draw_weights(12)
    same = estimate_change(
        lambda w: detection_statistics(before, w), lambda w: detection_statistics(before, w),
        weights, 300,
    )  # fmt: skip
    assert all((e.value, e.low, e.high) == (0, 0, 0) for e in same.values())
    change = estimate_change(
        lambda w: detection_statistics(before, w), lambda w: detection_statistics(better, w),
        weights, 300,
    )  # fmt: skip
    assert change["precision"].low > 0
