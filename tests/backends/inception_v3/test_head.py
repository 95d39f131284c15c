from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from spinegui.backends.base import BackendError, CheckpointError
from spinegui.backends.inception_v3.examples import (
    Replay,
    all_labels,
    labelled_spines,
    selection_groups,
    soft_labels,
)
from spinegui.backends.inception_v3.feature_file import FeatureFile
from spinegui.backends.inception_v3.head import (
    HeadData,
    Selection,
    best_temperature,
    class_weights,
    log_softmax,
    selection_figures,
    training_arrays,
)
from spinegui.backends.inception_v3.weights import REPLAY, Description, HeadWeights
from spinegui.domain.detection import Vote
from spinegui.domain.geometry import Box
from spinegui.storage.training_values import LabelledBox, TrainingImage, TrainingSet
from tests.backends.inception_v3.material import Listener, training_set

if TYPE_CHECKING:
    from pathlib import Path

LABELS = ("mushroom", "thin", "stubby", "filopodia")


def votes(*labels: str) -> tuple[Vote, ...]:
    return tuple(Vote(f"rater {i}", x, "2026-01-01T00:00:00Z") for i, x in enumerate(labels))


def head(k: int = 4, seed: int = 0) -> HeadWeights:
    rng = np.random.default_rng(seed)
    shapes = ((6, 5), (5,), (5, k), (k,))
    return HeadWeights(*(rng.normal(0, 1, shape).astype(np.float32) for shape in shapes))


def data(n: int = 20, m: int = 30, chosen: int = 4) -> HeadData:
    rng = np.random.default_rng(1)
    opinions = np.eye(4, dtype=np.float32)[rng.integers(0, 4, n)]
    return HeadData(
        rng.normal(0, 1, (n, 3, 6)).astype(np.float32),
        opinions,
        np.arange(n) < chosen,
        rng.normal(0, 1, (m, 6)).astype(np.float32),
        np.eye(4, dtype=np.float32)[rng.integers(0, 4, m)],
    )


def test_that_votes_make_soft_labels_and_unsure_spines_teach_nothing(tmp_path: Path) -> None:
    box = Box(0, 0, 9, 9)
    spines = (
        LabelledBox(box, votes=votes("thin", "thin", "mushroom", "unsure")),
        LabelledBox(box, label="unsure"),
        LabelledBox(box, votes=votes("unsure")),
        LabelledBox(box),
        LabelledBox(box, label="stubby"),
    )
    image = TrainingImage(
        tmp_path / "a.tif", "0" * 64, stack=False, pixel_size=None, positives=spines
    )
    found = labelled_spines(TrainingSet((image,)))
    assert len(found) == 2
    rows = soft_labels(found, LABELS)
    np.testing.assert_allclose(rows[0], [1 / 3, 2 / 3, 0, 0], atol=1e-6)
    np.testing.assert_allclose(rows[1], [0, 0, 1, 0])


def test_that_new_labels_come_after_the_known_ones(tmp_path: Path) -> None:
    spines = labelled_spines(training_set(tmp_path, ["thin", "branched", "atypical"]))
    assert all_labels(LABELS, spines) == (*LABELS, "atypical", "branched")


def test_that_the_groups_that_choose_the_epoch_hold_a_fifth_of_every_class(tmp_path: Path) -> None:
    spines = labelled_spines(training_set(tmp_path, LABELS, n_images=10))
    chosen = selection_groups(spines, LABELS, seed=3)
    assert len(chosen) == 2
    assert chosen == selection_groups(spines, LABELS, seed=3)
    assert selection_groups(spines[:16], LABELS, seed=3) == frozenset()
    assert selection_groups(spines[:8] * 4, LABELS, seed=3) == frozenset()


def test_that_a_rare_class_counts_more_within_limits() -> None:
    opinions = np.repeat(np.eye(4, dtype=np.float32), [90, 9, 1, 0], axis=0)
    weights = class_weights(opinions)
    assert weights[0] < 1 < weights[1] < weights[2] <= 5
    assert weights[3] == 1


def test_that_replay_has_the_share_of_weight_that_is_said() -> None:
    few, many = data(n=12, m=50), data(n=400, m=50)
    assert few.replay_share > 0.8
    assert many.replay_share < 0.3
    for some in (few, many):
        x, y, weights, _ = training_arrays(some)
        assert len(x) == len(y) == len(weights)
        assert weights[-50:].sum() / weights.sum() == pytest.approx(some.replay_share, rel=1e-3)
    without = training_arrays(data(m=0))
    assert len(without[0]) == 16 * 3


def test_that_spines_that_choose_the_epoch_are_not_learned_from() -> None:
    some = data(n=10, m=0, chosen=10 - 1)
    x, _, _, _ = training_arrays(some)
    np.testing.assert_array_equal(x, some.features[9])


def test_that_a_head_that_gets_more_labels_answers_as_before_on_the_old_ones() -> None:
    old = head()
    new = old.with_labels(LABELS, ("branched", *LABELS))
    x = np.random.default_rng(2).normal(0, 1, (7, 6)).astype(np.float32)
    np.testing.assert_allclose(new.logits(x)[:, 1:], old.logits(x), rtol=1e-6)


def test_that_the_best_epoch_is_kept_and_training_ends_when_none_is_better() -> None:
    some, listener = data(chosen=20), Listener()
    selection = Selection(some, LABELS, listener)
    ended = [selection.judge(head(seed=seed), seed + 1) for seed in range(3)]
    best = selection.best
    for epoch in range(4, 40):
        if selection.judge(head(seed=0), epoch):
            break
    assert ended == [False] * 3
    assert epoch < 20
    assert selection.best is best
    assert "No better" in listener.said[-1]
    assert len(listener.curve("validation F1")) == epoch
    assert {name for name, _, _ in listener.metrics} >= {"validation loss", "F1 mushroom"}


def test_that_figures_count_only_classes_that_occur() -> None:
    opinions = np.eye(4, dtype=np.float32)[[0, 0, 1, 1]]
    logits = 9.0 * np.eye(4)[[0, 1, 1, 1]]
    found = selection_figures(logits, opinions, LABELS)
    assert found["validation accuracy"] == 0.75
    assert found["F1 mushroom"] == pytest.approx(2 / 3)
    assert found["validation F1"] == pytest.approx((2 / 3 + 4 / 5) / 2)
    assert "F1 stubby" not in found


def test_that_the_temperature_makes_boasting_honest_and_leaves_few_spines_alone() -> None:
    rng = np.random.default_rng(4)
    truth = rng.integers(0, 4, 3000)
    honest = rng.normal(0, 1, (3000, 4)) + 1.0 * np.eye(4)[truth]
    opinions = np.eye(4, dtype=np.float32)[truth]
    assert best_temperature(3 * honest, opinions) == pytest.approx(3, rel=0.1)
    assert best_temperature(3 * honest[:1], opinions[:1]) == pytest.approx(1, abs=0.2)
    np.testing.assert_allclose(np.exp(log_softmax(honest)).sum(axis=1), 1)


def test_that_replay_survives_its_file_and_damage_is_told(tmp_path: Path) -> None:
    replay = Replay(np.ones((3, 2048), np.float32), np.eye(3, dtype=np.float32), LABELS[:3], "ab")
    replay.save(tmp_path)
    found = Replay.load(tmp_path)
    assert found is not None
    assert found.label_ids == LABELS[:3]
    assert found.base_sha256 == "ab"
    np.testing.assert_array_equal(found.for_labels(("new", *LABELS))[:, 1:4], np.eye(3))
    (tmp_path / REPLAY).write_bytes(b"PK nothing")
    with pytest.raises(BackendError, match="Import the model again"):
        Replay.load(tmp_path)
    (tmp_path / REPLAY).unlink()
    assert Replay.load(tmp_path) is None


def test_that_features_kept_are_gone_on_from_only_by_the_same_training(tmp_path: Path) -> None:
    listener = Listener()
    kept = FeatureFile.open(tmp_path, None, "key")
    for i in range(9):
        kept.add(np.full((8, 2, 3), i, np.float32), listener)
    (path,) = listener.checkpoints
    again = FeatureFile.open(tmp_path, path, "key")
    np.testing.assert_array_equal(again.rows, kept.rows[:64])
    with pytest.raises(CheckpointError, match="another training"):
        FeatureFile.open(tmp_path, path, "other")
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(CheckpointError, match="cut short"):
        FeatureFile.open(tmp_path, path, "key")


def test_that_a_description_survives_its_file_and_nonsense_is_told(tmp_path: Path) -> None:
    written = Description(LABELS, temperature=1.5, class_weights=(1.0, 2.0, 1.0, 1.0))
    written.save(tmp_path)
    assert Description.load(tmp_path) == written
    Description(("a", "a")).save(tmp_path)
    with pytest.raises(BackendError, match="labels or a temperature"):
        Description.load(tmp_path)
    (tmp_path / "classifier.json").write_text('{"label_ids": []}')
    with pytest.raises(BackendError, match="Import the model again"):
        Description.load(tmp_path)
