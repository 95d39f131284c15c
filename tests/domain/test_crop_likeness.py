"""Features of crops: blind to turning, brightness and contrast; outliers and likeness."""

from __future__ import annotations

import numpy as np
import pytest

from spinegui.domain.crop_likeness import (
    ANGLES,
    RADII,
    appearance,
    features,
    likeness,
    outlyingness,
    ring_points,
)


def rings(kind: str, turn: float = 0.0, gain: float = 1.0, offset: float = 0.0) -> np.ndarray:
    """A blob with a neck, or a bar through the middle, seen on rings."""
    x, y = ring_points()
    across = x * np.cos(turn) + y * np.sin(turn)
    along = -x * np.sin(turn) + y * np.cos(turn)
    if kind == "blob":
        values = np.exp(-(x**2 + y**2) * 8) + 0.6 * ((np.abs(across) < 0.12) & (along > 0))
    else:
        values = (np.abs(across) < 0.2).astype(float)
    return (gain * values + offset).astype(np.float32)


def group(kind: str, n: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    turns = rng.uniform(0, 2 * np.pi, n)
    noise = rng.normal(0, 0.05, (n, RADII, ANGLES)).astype(np.float32)
    return np.stack([rings(kind, turn) for turn in turns]) + noise


def points_of(shapes: np.ndarray) -> np.ndarray:
    n = len(shapes)
    return features(shapes, np.full((n, 2), 10.0), np.zeros((n, 0)))


@pytest.mark.parametrize("turn", [0.0, np.pi / 2, np.pi, 6 * 2 * np.pi / ANGLES])
def test_that_a_turned_spine_looks_the_same(turn: float) -> None:
    a, b = appearance(np.stack([rings("blob"), rings("blob", turn)]))
    other = appearance(rings("bar")[None])[0]
    assert np.linalg.norm(a - b) < 0.1 * np.linalg.norm(a - other)


def test_that_brightness_and_contrast_do_not_count() -> None:
    a, b = appearance(np.stack([rings("blob"), rings("blob", gain=30, offset=500)]))
    assert a == pytest.approx(b, abs=1e-4)


def test_that_a_crop_of_one_grey_has_features_too() -> None:
    assert np.isfinite(appearance(np.full((2, RADII, ANGLES), 7, np.float32))).all()
    assert np.isfinite(points_of(np.zeros((1, RADII, ANGLES), np.float32))).all()


def test_that_the_bar_among_blobs_is_the_outlier() -> None:
    shapes = np.concatenate([group("blob", 20, 0), group("bar", 1, 1)])
    assert outlyingness(points_of(shapes), ["thin"] * 21).argmax() == 20


def test_that_swapped_labels_come_first() -> None:
    shapes = np.concatenate([group("blob", 30, 0), group("bar", 30, 1)])
    labels = ["mushroom"] * 30 + ["thin"] * 30
    labels[3], labels[41] = "thin", "mushroom"
    unlike = outlyingness(points_of(shapes), labels)
    assert set(np.argsort(-unlike)[:2]) == {3, 41}


def test_that_a_label_of_one_spine_is_suspect() -> None:
    unlike = outlyingness(points_of(group("blob", 5, 0)), ["thin"] * 4 + ["stubby"])
    assert np.isinf(unlike[4])
    assert np.isfinite(unlike[:4]).all()


def test_that_many_of_a_label_are_compared_with_an_even_sample() -> None:
    rng = np.random.default_rng(0)
    points = np.concatenate([rng.normal(0, 1, (4500, 3)), [[30.0, 0, 0]]])
    assert outlyingness(points, ["thin"] * 4501).argmax() == 4500


def test_that_the_most_alike_come_first_and_itself_is_nearest() -> None:
    shapes = np.concatenate([group("blob", 10, 0), group("bar", 10, 1)])
    alike = likeness(points_of(shapes), 4)
    assert alike[4] == alike.max() == 0
    assert set(np.argsort(-alike)[:10]) == set(range(10))


def test_that_size_and_the_models_opinion_count() -> None:
    shapes = np.concatenate([group("blob", 12, 0)])
    sizes = np.full((12, 2), 10.0)
    sizes[5] = 40
    shares = np.tile([0.9, 0.1], (12, 1))
    shares[7] = [0.1, 0.9]
    shares[8] = np.nan
    points = features(shapes, sizes, shares)
    away = outlyingness(points, ["thin"] * 12)
    assert set(np.argsort(-away)[:2]) <= {5, 7}
    assert np.isfinite(points).all()
