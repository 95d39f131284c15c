from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spinegui.backends.base import BackendError, Frame
from spinegui.backends.classical.class_model import (
    ClassifierParameters,
    balancing_weights,
    fit_softmax,
    softmax,
)
from spinegui.backends.classical.class_training import (
    ClassExamples,
    examples_in,
    extended_labels,
    joined,
    opinion_of,
    refit_classifier,
    soft_labels,
)
from spinegui.backends.classical.classifier import load
from spinegui.domain.detection import Vote
from spinegui.domain.geometry import Box
from spinegui.storage.resources import resource
from spinegui.storage.training_values import LabelledBox

BOX = Box(0, 0, 10, 10)


@pytest.fixture(scope="module")
def shipped() -> ClassifierParameters:
    return load(resource("models/classical")).parameters


def votes(*labels: str) -> tuple[Vote, ...]:
    return tuple(Vote(f"rater {i}", x, "2026-01-01T00:00:00Z") for i, x in enumerate(labels))


def clouds(
    parameters: ClassifierParameters, n: int, k: int = 4, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Made-up features of k well-parted classes, n each."""
    rng = np.random.default_rng(seed)
    centres = np.random.default_rng(99).normal(0, 1.5, (k, len(parameters.mean)))
    z = np.repeat(centres, n, axis=0) + rng.normal(0, 1, (n * k, len(parameters.mean)))
    return parameters.mean + z * parameters.scale, np.repeat(np.arange(k), n)


def test_that_raters_who_differ_make_a_soft_label() -> None:
    spine = LabelledBox(BOX, votes=votes("thin", "thin", "mushroom", "unsure"))
    assert opinion_of(spine) == pytest.approx({"thin": 2 / 3, "mushroom": 1 / 3})


def test_that_unsure_raters_say_nothing() -> None:
    assert opinion_of(LabelledBox(BOX, label="thin", votes=votes("unsure"))) == {}
    assert opinion_of(LabelledBox(BOX, label="unsure")) == {}
    assert opinion_of(LabelledBox(BOX)) == {}


def test_that_an_imported_label_without_votes_counts() -> None:
    assert opinion_of(LabelledBox(BOX, label="stubby")) == {"stubby": 1.0}


def test_that_examples_leave_out_spines_without_a_class() -> None:
    frame = Frame(np.random.default_rng(0).poisson(9, (1, 60, 60)).astype(np.uint8), None)
    spines = [LabelledBox(Box(10, 10, 20, 20), label="thin"), LabelledBox(Box(30, 30, 44, 40))]
    found = examples_in(frame, spines)
    assert found is not None
    assert found.opinions == ({"thin": 1.0},)
    assert found.features.shape[0] == 1
    assert examples_in(frame, spines[1:]) is None


def test_that_soft_labels_follow_the_order_of_labels() -> None:
    part = ClassExamples(np.zeros((1, 3)), ({"thin": 0.5, "mine": 0.5},))
    both = joined([part, ClassExamples(np.ones((1, 3)), ({"mushroom": 1.0},))])
    labels = extended_labels(("mushroom", "thin"), both)
    assert labels == ("mushroom", "thin", "mine")
    assert soft_labels(both, labels).tolist() == [[0, 0.5, 0.5], [1, 0, 0]]


def test_that_few_labels_change_the_shipped_fit_little_and_many_overrule_it(
    shipped: ClassifierParameters,
) -> None:
    features, truth = clouds(shipped, 60)
    others, _ = clouds(shipped, 60, seed=1)
    before = shipped.probabilities(others)
    few = refit_classifier(shipped, features[::60], np.eye(4)[truth[::60]], shipped.label_ids)
    many = refit_classifier(shipped, features, np.eye(4)[truth], shipped.label_ids)
    moved_few = np.abs(few.probabilities(others) - before).mean()
    moved_many = np.abs(many.probabilities(others) - before).mean()
    assert moved_few < moved_many
    assert (many.probabilities(others).argmax(axis=1) == truth).mean() > 0.95


def test_that_a_firm_prior_keeps_every_probability(shipped: ClassifierParameters) -> None:
    features, truth = clouds(shipped, 10)
    firm = replace(shipped, precision=1e9)
    again = refit_classifier(firm, features, np.eye(4)[truth], shipped.label_ids)
    assert again.probabilities(features) == pytest.approx(shipped.probabilities(features), abs=1e-4)


def test_that_a_class_of_ones_own_is_learnt(shipped: ClassifierParameters) -> None:
    features, truth = clouds(shipped, 40, k=5)
    labels = (*shipped.label_ids, "ball")
    fitted = refit_classifier(shipped, features, np.eye(5)[truth], labels)
    assert fitted.label_ids == labels
    probes, expected = clouds(shipped, 20, k=5, seed=2)
    assert (fitted.probabilities(probes).argmax(axis=1) == expected).mean() > 0.9


def test_that_a_new_class_starts_out_rare(shipped: ClassifierParameters) -> None:
    features, _ = clouds(shipped, 10)
    wider = shipped.with_labels((*shipped.label_ids, "ball"))
    assert wider.probabilities(features)[:, 4].mean() < 0.1


def test_that_retraining_twice_gives_the_same_parameters(shipped: ClassifierParameters) -> None:
    features, truth = clouds(shipped, 20)
    fits = [
        refit_classifier(shipped, features, np.eye(4)[truth], shipped.label_ids) for _ in range(2)
    ]
    assert np.array_equal(fits[0].weights, fits[1].weights)


def test_that_soft_labels_end_in_soft_probabilities(shipped: ClassifierParameters) -> None:
    features, _ = clouds(shipped, 40, k=1)
    halves = np.tile([0.5, 0.5, 0.0, 0.0], (len(features), 1))
    loose = replace(shipped, precision=0.01)
    p = refit_classifier(loose, features, halves, shipped.label_ids).probabilities(features)
    assert p[:, :2].mean(axis=0) == pytest.approx([0.5, 0.5], abs=0.05)


def test_that_balancing_gives_all_classes_the_same_total() -> None:
    one_hot = np.eye(3)[[0] * 8 + [1] * 4 + [2]]
    weights = balancing_weights(one_hot)
    totals = weights @ one_hot
    assert totals == pytest.approx(np.full(3, totals[0]))
    assert weights.mean() == pytest.approx(1)
    assert balancing_weights(one_hot, 0.0) == pytest.approx(np.ones(13))


def test_that_softmax_survives_large_logits() -> None:
    assert softmax(np.array([[1e4, 0.0], [-1e4, 0.0]])) == pytest.approx(np.array([[1, 0], [0, 1]]))


def test_that_parameters_come_back_from_their_file(
    shipped: ClassifierParameters, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("model") / "classifier.npz"
    shipped.save(path)
    again = ClassifierParameters.load(path)
    features, _ = clouds(shipped, 5)
    assert again.label_ids == shipped.label_ids
    assert again.probabilities(features) == pytest.approx(shipped.probabilities(features), abs=1e-4)


def test_that_labels_trained_on_before_do_not_count_twice(
    shipped: ClassifierParameters, tmp_path_factory: pytest.TempPathFactory
) -> None:
    taught = shipped.with_labels((*shipped.label_ids, "ball"))
    path = tmp_path_factory.mktemp("model") / "taught.npz"
    taught.learned(shipped, ["a", "b", "c"]).save(path)
    found = ClassifierParameters.load(path)
    # All of them and a new one; a fold of cross-validation, which leaves one out.
    for images in (["d", "c", "b", "a"], ["a", "c"]):
        again = found.before(images)
        assert (again.label_ids, again.start) == (shipped.label_ids, None)
        np.testing.assert_allclose(again.weights, shipped.weights, rtol=1e-6)
    # Without what it was taught on, what it learned there has to be kept.
    elsewhere = found.before(["c", "d"])
    assert elsewhere.label_ids == taught.label_ids
    np.testing.assert_allclose(elsewhere.bias, found.bias)


@pytest.mark.parametrize("damage", ["missing", "cut", "text", "wrong shape"])
def test_that_damaged_parameters_are_refused_in_words(
    damage: str, shipped: ClassifierParameters, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("model") / "classifier.npz"
    shipped.save(path)
    if damage == "missing":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:500])
    elif damage == "text":
        path.write_text("not parameters")
    else:
        replace(shipped, bias=np.zeros(7)).save(path)
    with pytest.raises(BackendError, match="Import the model again"):
        ClassifierParameters.load(path)


def test_that_a_fit_without_samples_worth_is_the_prior(shipped: ClassifierParameters) -> None:
    features, truth = clouds(shipped, 3)
    same = fit_softmax(
        shipped, features, np.eye(4)[truth], precision=1.0, sample_weights=np.zeros(12)
    )
    assert same.weights == pytest.approx(shipped.weights, abs=1e-6)
