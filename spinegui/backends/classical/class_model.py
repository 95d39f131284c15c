"""The classifier's parameters: a softmax regression on a fixed expansion of the features."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from spinegui.backends.classical.arrays import are_learned_again, read_arrays, unreadable
from spinegui.backends.classical.class_features import N_MEASURES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]

_ARRAYS = ("mean", "scale", "directions", "phases", "weights", "bias")
_CLIP = 4.0
_GRADIENT_WEIGHT = 0.4
"""Gradient features count less: there are ten times as many of them as measures."""
_NEW_CLASS_BIAS = -3.0
"""A class the shipped model never saw starts out rare, else it would draw from all others."""
_MAX_ROUNDS = 400


@dataclass(frozen=True, eq=False)
class ClassStart:
    """What a person's labels were added to, and the SHA-256 of the images they were given on.

    weights and bias of `label_ids`, as in ClassifierParameters.
    """

    label_ids: tuple[str, ...]
    weights: Matrix
    bias: Matrix
    images: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class ClassifierParameters:
    """All that is learned.

    mean, scale (d,): standardise the features. directions (m, r) and phases (r,): cosines of
    random projections of the m measures, so that classes may have curved borders. weights
    (k, m + gradients + r) and bias (k,), one row a class of `label_ids`; logits are divided by
    `temperature`, which makes the probabilities honest. Precision is that of the Gaussian prior
    around the weights when a person's corrections retrain them.
    """

    label_ids: tuple[str, ...]
    mean: Matrix
    scale: Matrix
    directions: Matrix
    phases: Matrix
    weights: Matrix
    bias: Matrix
    temperature: float
    precision: float
    start: ClassStart | None = None

    @classmethod
    def load(cls, path: Path) -> ClassifierParameters:
        """Read a parameter file; raises BackendError for one that is damaged or not ours."""
        arrays = read_arrays(path)
        try:
            numbers = {name: np.asarray(arrays[name], np.float64) for name in _ARRAYS}
            found = cls(
                label_ids=tuple(str(label) for label in arrays["label_ids"]),
                temperature=float(np.asarray(arrays["temperature"], np.float64)),
                precision=float(np.asarray(arrays["precision"], np.float64)),
                start=_start(arrays),
                **numbers,
            )
            found.check()
        except (ValueError, KeyError, TypeError) as err:
            raise unreadable(path) from err
        return found

    def check(self) -> None:
        """Raise ValueError where the arrays do not fit together."""
        k, d, (m, r) = len(self.label_ids), len(self.mean), self.directions.shape
        shapes = (self.scale.shape, self.phases.shape, self.weights.shape, self.bias.shape)
        if m != N_MEASURES or shapes != ((d,), (r,), (k, d + r), (k,)):
            raise ValueError("The arrays do not fit together.")
        if not all(np.isfinite(a).all() for a in (self.weights, self.bias, self.scale)):
            raise ValueError("A parameter is not a number.")

    def save(self, path: Path) -> None:
        """Write the parameter file; single precision is plenty."""
        arrays = {name: getattr(self, name).astype(np.float32) for name in _ARRAYS}
        if self.start is not None:
            arrays |= {
                "start_label_ids": np.array(self.start.label_ids),
                "start_weights": self.start.weights.astype(np.float32),
                "start_bias": self.start.bias.astype(np.float32),
                "learned_from": np.array(self.start.images, np.str_),
            }
        np.savez_compressed(
            path,
            label_ids=np.array(self.label_ids),
            temperature=np.array(self.temperature),
            precision=np.array(self.precision),
            **arrays,
        )

    def before(self, images: Collection[str]) -> ClassifierParameters:
        """Return the parameters to learn from all labels that people gave on these images.

        Where most of them were learned from since the start, that is the start.
        """
        start = self.start
        if start is None or not are_learned_again(start.images, images):
            return replace(self, start=None)
        return replace(
            self, label_ids=start.label_ids, weights=start.weights, bias=start.bias, start=None
        )

    def learned(self, start: ClassifierParameters, images: Collection[str]) -> ClassifierParameters:
        """Return them as what came of `start` by the labels on these images."""
        kept = ClassStart(start.label_ids, start.weights, start.bias, tuple(images))
        return replace(self, start=kept)

    def expand(self, features: Matrix) -> Matrix:
        """Return (n, m + gradients + r) regressors for features (n, d)."""
        z = np.clip((features - self.mean) / self.scale, -_CLIP, _CLIP)
        measures, gradients = z[:, :N_MEASURES], z[:, N_MEASURES:]
        curved = np.sqrt(2.0) * np.cos(measures @ self.directions + self.phases)
        return np.hstack([measures, _GRADIENT_WEIGHT * gradients, curved])

    def probabilities(self, features: Matrix) -> Matrix:
        """Return (n, k) probabilities for features (n, d)."""
        logits = self.expand(features) @ self.weights.T + self.bias
        return softmax(logits / self.temperature)

    def with_labels(self, label_ids: tuple[str, ...]) -> ClassifierParameters:
        """Return parameters for these classes; known ones keep their weights, new ones have 0."""
        known = {label: i for i, label in enumerate(self.label_ids)}
        weights = np.zeros((len(label_ids), self.weights.shape[1]))
        bias = np.full(len(label_ids), _NEW_CLASS_BIAS)
        for row, label in enumerate(label_ids):
            if label in known:
                weights[row], bias[row] = self.weights[known[label]], self.bias[known[label]]
        return replace(self, label_ids=label_ids, weights=weights, bias=bias)


def _start(arrays: Mapping[str, NDArray[np.generic]]) -> ClassStart | None:
    if "learned_from" not in arrays:
        return None
    weights, bias = (np.asarray(arrays[f"start_{x}"], np.float64) for x in ("weights", "bias"))
    labels = tuple(map(str, arrays["start_label_ids"]))
    if weights.shape[0] != len(labels) or bias.shape != (len(labels),):
        raise ValueError("The arrays do not fit together.")
    return ClassStart(labels, weights, bias, tuple(map(str, arrays["learned_from"])))


def softmax(logits: Matrix) -> Matrix:
    """Return probabilities for logits, each row by itself."""
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    result: Matrix = shifted / shifted.sum(axis=1, keepdims=True)
    return result


def balancing_weights(soft_labels: Matrix, power: float = 1.0) -> Matrix:
    """Return a weight (n,) a sample that lifts rare classes; the weights' mean is 1.

    `power` 1 gives all classes that occur the same total, 0 leaves the samples alike.
    """
    totals = soft_labels.sum(axis=0)
    rarity = np.divide(len(soft_labels), totals, out=np.zeros_like(totals), where=totals > 0)
    weights = soft_labels @ rarity**power
    result: Matrix = weights / max(float(weights.mean()), 1e-12)
    return result


def fit_softmax(
    prior: ClassifierParameters,
    features: Matrix,
    soft_labels: Matrix,
    *,
    precision: float,
    sample_weights: Matrix | None = None,
) -> ClassifierParameters:
    """Return the most probable parameters given samples and a Gaussian prior around `prior`.

    features (n, d); soft_labels (n, k), each row a distribution over the prior's classes.
    `precision` is one over the variance of each weight; the bias is let free ten times as far.
    """
    from scipy.optimize import minimize

    x = np.hstack([prior.expand(features), np.ones((len(features), 1))])
    # What is learnt are the weights at the working temperature, so that T stays honest.
    centre = np.column_stack([prior.weights, prior.bias]) / prior.temperature
    penalty = np.append(np.full(x.shape[1] - 1, precision), precision / 10)
    weights = np.ones(len(x)) if sample_weights is None else sample_weights

    def loss(flat: Matrix) -> tuple[float, Matrix]:
        theta = flat.reshape(centre.shape)
        p = softmax(x @ theta.T)
        away = theta - centre
        data = -float((weights[:, None] * soft_labels * np.log(p + 1e-12)).sum())
        slope = ((p - soft_labels) * weights[:, None]).T @ x + penalty * away
        return data + 0.5 * float((penalty * away**2).sum()), slope.ravel()

    found = minimize(
        loss, centre.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": _MAX_ROUNDS}
    )
    theta = found.x.reshape(centre.shape) * prior.temperature
    return replace(prior, weights=theta[:, :-1], bias=theta[:, -1])
