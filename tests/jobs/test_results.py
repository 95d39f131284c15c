from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from spinegui.domain.predictions import Predictions
from spinegui.jobs.results import ResultError, load_predictions, save_predictions

if TYPE_CHECKING:
    from pathlib import Path

ARRAYS = ("boxes", "scores", "class_scores", "z", "z_range", "head", "base")


def some_predictions() -> Predictions:
    return Predictions.build(
        "classical@12345678",
        np.array([[1.5, 2, 3, 4], [-2, 0, 5, 9]]),
        np.array([0.9, 0.25]),
        class_ids=("mushroom", "thin"),
        class_scores=np.array([[0.75, 0.25], [0.5, 0.5]]),
        z=np.array([3.0, np.nan]),
        z_range=np.array([[2, 4], [-1, -1]]),
    )


@pytest.mark.parametrize("predictions", [some_predictions(), Predictions.empty("none")])
def test_that_predictions_survive_the_file(tmp_path: Path, predictions: Predictions) -> None:
    path = tmp_path / "000000.npz"
    save_predictions(path, predictions)
    found = load_predictions(path)
    assert (found.model, found.class_ids) == (predictions.model, predictions.class_ids)
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(found, name), getattr(predictions, name))
        assert getattr(found, name).dtype == getattr(predictions, name).dtype
    assert [p.name for p in tmp_path.iterdir()] == ["000000.npz"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no zip at all"])
def test_that_a_damaged_result_is_said_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "000000.npz"
    path.write_bytes(content)
    with pytest.raises(ResultError, match="Run the detection again"):
        load_predictions(path)


def test_that_a_truncated_result_is_said_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "000000.npz"
    save_predictions(path, some_predictions())
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(ResultError):
        load_predictions(path)


def test_that_a_lone_array_is_no_result(tmp_path: Path) -> None:
    path = tmp_path / "000000.npz"
    with path.open("wb") as file:
        np.save(file, np.zeros(3))
    with pytest.raises(ResultError):
        load_predictions(path)


def test_that_a_result_cannot_carry_code(tmp_path: Path) -> None:
    path = tmp_path / "000000.npz"
    np.savez(path, model=np.array([print], dtype=object), boxes=np.zeros((0, 4)))
    with pytest.raises(ResultError):
        load_predictions(path)
