"""Logistic regression on a learned expansion of the measurements; fitted with a Gaussian prior."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from spinegui.backends.classical.features import Measurements

_CLIP = 5.0
_ROUNDS = 50


@dataclass(frozen=True, eq=False)
class Expansion:
    """Rectified layers that turn measurements into features; fixed once the model is shipped.

    number_mean, number_scale (d,): standardise the numbers. weights and biases of each layer.
    """

    number_mean: NDArray[np.float32]
    number_scale: NDArray[np.float32]
    weights: tuple[NDArray[np.float32], ...]
    biases: tuple[NDArray[np.float32], ...]

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Expansion:
        """Build from a parameter file's arrays; raises KeyError where one is missing."""
        n = sum(1 for name in arrays if name.startswith("layer_weights_"))
        layers = [np.asarray(arrays[f"layer_weights_{i}"], np.float32) for i in range(n)]
        biases = [np.asarray(arrays[f"layer_biases_{i}"], np.float32) for i in range(n)]
        return cls(
            np.asarray(arrays["number_mean"], np.float32),
            np.asarray(arrays["number_scale"], np.float32),
            tuple(layers),
            tuple(biases),
        )

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return what `from_arrays` reads; layer weights in half precision, to ship little."""
        arrays: dict[str, NDArray[np.generic]] = {
            "number_mean": self.number_mean, "number_scale": self.number_scale
        }  # fmt: skip
        for i, (weights, biases) in enumerate(zip(self.weights, self.biases, strict=True)):
            arrays[f"layer_weights_{i}"] = weights.astype(np.float16)
            arrays[f"layer_biases_{i}"] = biases
        return arrays

    def expand(self, measured: Measurements) -> NDArray[np.float64]:
        """Return (n, h) features, the same for a spine and its mirror image."""
        once = self._forward(measured.inputs())
        other = self._forward(measured.inputs(mirrored=True))
        return (once + other) / 2

    def standardised(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return inputs (n, m) with their numbers, the first d columns, standardised."""
        d = len(self.number_mean)
        numbers = (inputs[:, :d] - self.number_mean) / self.number_scale
        return np.concatenate([np.clip(numbers, -_CLIP, _CLIP), inputs[:, d:]], axis=1)

    def _forward(self, inputs: NDArray[np.float32]) -> NDArray[np.float64]:
        values = self.standardised(inputs)
        for weights, biases in zip(self.weights, self.biases, strict=True):
            values = np.maximum(values @ weights + biases, 0)
        return values.astype(np.float64)


@dataclass(frozen=True, eq=False)
class Logistic:
    """A logistic regression: weights (k,) and bias."""

    weights: NDArray[np.float64]
    bias: float

    def logits(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return (n,) log odds for features (n, k)."""
        return features @ self.weights + self.bias

    def scores(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return (n,) probabilities for features (n, k)."""
        return sigmoid(self.logits(features))

    def rescaled(self, slope: float, shift: float) -> Logistic:
        """Return the regression whose log odds are `slope` times as large, plus `shift`."""
        return Logistic(self.weights * slope, self.bias * slope + shift)

    def towards(self, other: Logistic, share: float) -> Logistic:
        """Return the regression that lies this share, 0 to 1, of the way to another one."""
        weights = self.weights + share * (other.weights - self.weights)
        return Logistic(weights, self.bias + share * (other.bias - self.bias))


def sigmoid(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return probabilities for log odds."""
    result: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-np.clip(logits, -40, 40)))
    return result


def fit_map(
    features: NDArray[np.float64],
    targets: NDArray[np.float64],
    *,
    prior: Logistic,
    precision: NDArray[np.float64],
    sample_weights: NDArray[np.float64] | None = None,
) -> Logistic:
    """Return the most probable regression given samples and a Gaussian prior around `prior`.

    features (n, k), targets (n,) 0 to 1, precision (k + 1,): one over the variance of each weight
    and, last, of the bias. Newton's method with step halving; the problem is convex.
    """
    x = np.concatenate([features, np.ones((len(features), 1))], axis=1)
    weights = np.ones(len(x)) if sample_weights is None else sample_weights
    centre = np.append(prior.weights, prior.bias)
    theta = centre.copy()

    def loss(at: NDArray[np.float64]) -> float:
        z = x @ at
        data = weights @ (np.logaddexp(0, z) - targets * z)
        return float(data + 0.5 * precision @ (at - centre) ** 2)

    current = loss(theta)
    for _ in range(_ROUNDS):
        p = sigmoid(x @ theta)
        gradient = x.T @ (weights * (p - targets)) + precision * (theta - centre)
        curvature = (x * (weights * p * (1 - p))[:, None]).T @ x + np.diag(precision)
        step = np.linalg.solve(curvature, gradient)
        size = 1.0
        while size > 1e-6 and loss(theta - size * step) > current:
            size /= 2
        theta = theta - size * step
        before, current = current, loss(theta)
        if before - current < 1e-9 * max(1.0, abs(before)):
            break
    return Logistic(theta[:-1], float(theta[-1]))
