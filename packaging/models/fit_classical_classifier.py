"""Fit the embedded classifier on the train splits and report how good it is.

    python packaging/models/fit_classical_classifier.py --data DATA [--out FOLDER] [--report FILE]

DATA holds the folder meng_classes. The parameters go to FOLDER/classifier.npz.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from classifier_examples import CLASSES, Samples, joined, meng, synthetic
from classifier_report import cross_validation, synthetic_report, validation_report

from spinegui.backends.classical.class_features import N_MEASURES
from spinegui.backends.classical.class_model import (
    ClassifierParameters,
    balancing_weights,
    fit_softmax,
    softmax,
)
from spinegui.backends.classical.classifier import PARAMETERS

if TYPE_CHECKING:
    from numpy.typing import NDArray

N_SYNTHETIC = 110
N_COSINES = 600
GAMMA = 0.02
PRECISION = 33.0
"""Of the fit: chosen by series-grouped cross-validation within train, as GAMMA was."""
RETRAINING_PRECISION = 80.0
"""Of the prior in retraining; see the model card for what it does."""
VARIANTS = (("given", 0), ("varied", 1), ("varied", 2), ("varied", 3), ("raw", 4), ("raw", 5))


def fit(people: Samples, made: Samples, temperature: float = 1.0) -> ClassifierParameters:
    """Fit on people's classes and on synthetic ones, both with the same weight in all."""
    both = joined([people, made])
    start = _untrained(both.features)
    weights = np.concatenate(
        [
            balancing_weights(people.one_hot),
            balancing_weights(made.one_hot) * len(people) / len(made),
        ]
    )
    weights *= 3000 / weights.sum()
    fitted = fit_softmax(
        start, both.features, both.one_hot, precision=PRECISION, sample_weights=weights
    )
    return replace(fitted, temperature=temperature)


def _untrained(features: NDArray[np.float64]) -> ClassifierParameters:
    rng = np.random.default_rng(0)
    mean, scale = features.mean(axis=0), features.std(axis=0)
    n = features.shape[1] + N_COSINES
    return ClassifierParameters(
        label_ids=CLASSES,
        mean=mean,
        scale=np.maximum(scale, 1e-3),
        directions=rng.normal(0, np.sqrt(2 * GAMMA), (N_MEASURES, N_COSINES)),
        phases=rng.uniform(0, 2 * np.pi, N_COSINES),
        weights=np.zeros((len(CLASSES), n)),
        bias=np.zeros(len(CLASSES)),
        temperature=1.0,
        precision=RETRAINING_PRECISION,
    )


def fold_of(samples: Samples, n_folds: int = 5) -> dict[str, int]:
    """Return the fold of each group; groups with rare classes are dealt out first and evenly."""
    groups = np.unique(samples.groups)
    counts = np.array([samples.one_hot[samples.groups == g].sum(axis=0) for g in groups])
    share = counts / np.maximum(counts.sum(axis=0), 1)
    filled = np.zeros((n_folds, len(CLASSES)))
    folds = {}
    for i in np.argsort(-share.sum(axis=1), kind="stable"):
        cost = (filled + share[i]).max(axis=1) + 0.2 * (filled + share[i]).sum(axis=1)
        best = int(cost.argmin())
        filled[best] += share[i]
        folds[str(groups[i])] = best
    return folds


def out_of_fold(
    people: list[Samples], made: Samples, probes: list[Samples]
) -> list[NDArray[np.float64]]:
    """Return the probabilities (n, k) of each probe's spines by fits that saw none of its group.

    `people` are variants of the same spines, `probes` too; synthetic images have folds as well.
    """
    folds = fold_of(people[0]) | fold_of(made)
    results = [np.zeros((len(p), len(CLASSES))) for p in probes]
    for k in range(5):
        kept = joined([p.take(_in(p, folds, k, inside=False)) for p in people])
        model = fit(kept, made.take(_in(made, folds, k, inside=False)))
        for probe, result in zip(probes, results, strict=True):
            here = _in(probe, folds, k, inside=True)
            result[here] = model.probabilities(probe.features[here])
    return results


def _in(samples: Samples, folds: dict[str, int], k: int, *, inside: bool) -> NDArray[np.bool_]:
    fold = np.array([folds[str(g)] for g in samples.groups])
    return (fold == k) if inside else (fold != k)


def best_temperature(parts: list[tuple[NDArray[np.float64], Samples]]) -> float:
    """Return the temperature under which out-of-fold probabilities are most honest.

    Each part counts the same.
    """

    def loss(temperature: float) -> float:
        losses = []
        for probabilities, samples in parts:
            p = softmax(np.log(probabilities + 1e-12) / temperature)
            losses.append(-np.log(p[np.arange(len(p)), samples.labels] + 1e-12).mean())
        return float(np.mean(losses))

    grid = np.exp(np.linspace(np.log(0.4), np.log(3), 80))
    return float(grid[int(np.argmin([loss(t) for t in grid]))])


def cached(folder: Path | None, name: str, make: object) -> Samples:
    """Return samples from the cache folder, or make and keep them."""
    path = None if folder is None else folder / f"{name}.npz"
    if path is not None and path.exists():
        with np.load(path, allow_pickle=False) as f:
            return Samples(f["features"], f["labels"], f["groups"], f["images"])
    samples = make()  # type: ignore[operator]
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(path, **vars(samples))
    return samples


def fit_classifier(data: Path, out: Path, cache: Path | None = None) -> dict[str, Any]:
    """Write `classifier.npz` into `out` and return the figures."""
    people = [
        cached(cache, f"train_{kind}{seed}", lambda k=kind, s=seed: meng(data, "train", k, s))
        for kind, seed in VARIANTS
    ]
    made = cached(cache, "synthetic", lambda: synthetic(range(1000, 1000 + N_SYNTHETIC)))
    probe = cached(cache, "train_jittered", lambda: meng(data, "train", "jittered", 11))
    given, jittered, invented = out_of_fold(people, made, [people[0], probe, made])
    temperature = best_temperature([(given, people[0]), (invented, made)])
    print(f"temperature {temperature:.2f}")
    model = fit(joined(people), made, temperature)
    out.mkdir(parents=True, exist_ok=True)
    model.save(out / PARAMETERS)
    figures = {
        "temperature": temperature,
        "train_cv": {"given": _accuracy(given, people[0]), "jittered": _accuracy(jittered, probe)},
        "val": validation_report(model, data),
        "train_val_cv": cross_validation(people, made, data, out_of_fold),
        "synthetic": synthetic_report(model),
    }
    return json.loads(json.dumps(figures), parse_float=lambda text: round(float(text), 4))


def _accuracy(probabilities: NDArray[np.float64], samples: Samples) -> float:
    return float((probabilities.argmax(axis=1) == samples.labels).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("resources/models/classical"))
    parser.add_argument("--cache", type=Path, help="keep measured features here between runs")
    parser.add_argument("--report", type=Path, help="write the figures here as JSON")
    args = parser.parse_args()
    report = fit_classifier(args.data, args.out, args.cache)
    text = json.dumps(report, indent=2)
    print(text)
    if args.report:
        args.report.write_text(text)


if __name__ == "__main__":
    main()
