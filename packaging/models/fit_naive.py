"""Fits an embedded model that never saw the MPFI frames nor the Meng dendrites.

    python packaging/models/fit_naive.py --data DATA --out FOLDER

It is the base from which `tests/benchmarks/learning_loop.py` learns those sets: the recipe of the
shipped model on the other data, in vivo stacks and synthetic images. It does not ship.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
from classifier_examples import synthetic
from fit_classical import SOURCES, seal
from fit_classical_classifier import N_SYNTHETIC, best_temperature, fit
from fit_classical_detector import fit_detector

from spinegui.backends.classical.classifier import PARAMETERS

UNSEEN = frozenset({"frames", "cut out"})
N_FOLDS = 5


def fit_classifier(out: Path) -> float:
    """Write `classifier.npz`, fitted on synthetic spines alone; return its temperature."""
    made = synthetic(range(1000, 1000 + N_SYNTHETIC))
    names = np.unique(made.groups)
    fold = {str(name): k % N_FOLDS for k, name in enumerate(names)}
    folds = np.array([fold[str(g)] for g in made.groups])
    probabilities = np.zeros(made.one_hot.shape)
    for k in range(N_FOLDS):
        others = made.take(folds != k)
        # The recipe gives people's spines half of the weight; here the others have all.
        model = fit(others, others)
        probabilities[folds == k] = model.probabilities(made.features[folds == k])
    temperature = best_temperature([(probabilities, made)])
    replace(fit(made, made), temperature=temperature).save(out / PARAMETERS)
    return temperature


def main() -> None:
    """Fit both roles and seal the folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    temperature = fit_classifier(options.out)
    print(f"classifier: temperature {temperature:.2f}", flush=True)
    figures = fit_detector(options.data, options.out, without=UNSEEN)
    seen = tuple(source for source in SOURCES if not source.startswith(("MPFI", "Dendritic")))
    found = {"detector": figures, "classifier": {"temperature": temperature}}
    print(seal(options.out, found, name="naive", sources=seen).sha)


if __name__ == "__main__":
    main()
