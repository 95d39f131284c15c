"""Figures of the InceptionV3 classifier: cross-validation by series, `val`, synthetic spines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
from classifier_report import figures
from inception_features import KINDS, joined
from inception_head import probabilities, train_head

from spinegui.backends.inception_v3.head import best_temperature

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from inception_features import Seen
    from numpy.typing import NDArray

    from spinegui.backends.inception_v3.weights import HeadWeights


def cross_validation(
    folds: Sequence[tuple[Seen, Seen, Seen]], val: Sequence[Path]
) -> tuple[dict[str, Any], float]:
    """Return the figures over train and val, each spine by a base and a head without its series.

    A fold is what was taught of people's spines, of synthetic ones, and what was left out. Not
    fitted again in a fold: the first stage of the base, which saw synthetic spines only, the
    estimate of head size, and every choice of settings. Also returns the temperature that makes
    the probabilities of the train spines most honest.
    """
    people = joined([left_out for _, _, left_out in folds])
    heads = [train_head(taught, made) for taught, made, _ in folds]
    found = {
        kind: np.concatenate(
            [
                probabilities(head, left_out.probes[kind])
                for head, (_, _, left_out) in zip(heads, folds, strict=True)
            ]
        )
        for kind in KINDS
    }
    is_val = np.isin(people.images, [path.stem.replace("_", " ") for path in val])
    logits = np.log(np.concatenate([found[kind][~is_val] for kind in KINDS[:2]]) + 1e-12)
    opinions = np.concatenate([people.opinions[~is_val]] * 2)
    temperature = best_temperature(logits, opinions)
    result = {}
    for name, index in (("train_val_cv", is_val | True), ("train_cv", ~is_val)):
        chosen = people.take(index)
        result[name] = {
            kind: _rounded(figures(_at(found[kind][index], temperature), chosen.samples(kind)))
            for kind in KINDS
        }
    return result, temperature


def _at(found: NDArray[np.float64], temperature: float) -> NDArray[np.float64]:
    powers = (found + 1e-12) ** (1 / temperature)
    result: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
    return result


def validation(head: HeadWeights, temperature: float, val: Seen, made: Seen) -> dict[str, Any]:
    """Return the figures on val, which nothing was chosen by, and on synthetic spines."""
    parts = {
        name: {
            kind: _rounded(
                figures(probabilities(head, seen.probes[kind], temperature), seen.samples(kind))
            )
            for kind in KINDS
        }
        for name, seen in (("val", val), ("synthetic", made))
    }
    return {**parts, "temperature": round(temperature, 4)}


def _rounded(value: dict[str, Any]) -> dict[str, Any]:
    rounded: dict[str, Any] = json.loads(
        json.dumps(value), parse_float=lambda text: round(float(text), 4)
    )
    return rounded
