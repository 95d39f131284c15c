"""Learns the expansion: two rectified layers and a logistic output, by stochastic gradients."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from spinegui.backends.classical.logistic import Expansion, Logistic

if TYPE_CHECKING:
    from numpy.typing import NDArray

_JITTER = 0.05


@dataclass(frozen=True)
class Recipe:
    """How to train."""

    components: tuple[int, int] = (110, 70)
    hidden: tuple[int, ...] = (256, 64)
    epochs: int = 18
    batch: int = 512
    rate: float = 1.5e-3
    decay: float = 1e-3
    input_dropout: float = 0.05
    hidden_dropout: float = 0.25
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Basis:
    """Principal components of the two patches, beside standardised numbers.

    Learning on them is faster and smoother than on pixels; afterwards they are multiplied into the
    first layer, so that the shipped layer sees pixels.
    """

    mean: NDArray[np.float32]
    scale: NDArray[np.float32]
    fine: NDArray[np.float32]
    coarse: NDArray[np.float32]

    @classmethod
    def of(cls, numbers: NDArray[np.float32], patches: tuple, components: tuple) -> Basis:
        """Fit to numbers (n, d) and to patches (n, k) fine and coarse, mirrored ones among them."""
        fine, coarse = (_components(p, k) for p, k in zip(patches, components, strict=True))
        return cls(numbers.mean(axis=0), numbers.std(axis=0) + 1e-6, fine, coarse)

    def project(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what the network sees of `Measurements.inputs`."""
        d, k = len(self.mean), len(self.fine)
        x = Expansion(self.mean, self.scale, (), ()).standardised(inputs)
        parts = [x[:, :d], x[:, d : d + k] @ self.fine, x[:, d + k :] @ self.coarse]
        return np.concatenate(parts, axis=1)

    def unfold(self, weights: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return a first layer on pixels that equals `weights` on components."""
        d, k = len(self.mean), self.fine.shape[1]
        parts = [weights[:d], self.fine @ weights[d : d + k], self.coarse @ weights[d + k :]]
        return np.concatenate(parts, axis=0)


def _components(patches: NDArray[np.float32], k: int) -> NDArray[np.float32]:
    """Return (pixels, k) components, half whitened: full whitening would raise the noise."""
    values, vectors = np.linalg.eigh((patches.T @ patches / len(patches)).astype(np.float64))
    order = np.argsort(-values)[:k]
    scaled = vectors[:, order] * 0.7 * (np.maximum(values[order], 0) + 0.02) ** -0.25
    return scaled.astype(np.float32)


@dataclass(frozen=True, eq=False)
class Table:
    """Samples as the network sees them, each also from the other side; targets and weights."""

    inputs: NDArray[np.float32]
    mirrored: NDArray[np.float32]
    targets: NDArray[np.float32]
    weights: NDArray[np.float32]


class Network:
    """Weights and their training state."""

    def __init__(self, n_inputs: int, recipe: Recipe) -> None:
        self.recipe = recipe
        self.draw = np.random.default_rng(recipe.seed)
        sizes = (n_inputs, *recipe.hidden, 1)
        self.weights = [
            (self.draw.normal(size=(a, b)) * np.sqrt(2 / a)).astype(np.float32)
            for a, b in pairwise(sizes)
        ]
        self.weights[-1] *= 0.1
        self.biases = [np.zeros(b, np.float32) for b in sizes[1:]]
        self._means = [np.zeros_like(p) for p in self._parameters()]
        self._squares = [np.zeros_like(p) for p in self._parameters()]
        self._step = 0

    def _parameters(self) -> list[NDArray[np.float32]]:
        return self.weights + self.biases

    def _kept(self, shape: tuple[int, ...], dropout: float) -> NDArray[np.float32]:
        mask = self.draw.random(shape, dtype=np.float32) > dropout
        return mask.astype(np.float32) / np.float32(1 - dropout)

    def learn(
        self, x: NDArray[np.float32], y: NDArray[np.float32], w: NDArray[np.float32], rate: float
    ) -> None:
        """Take one step on a batch."""
        x = x + self.draw.standard_normal(x.shape, dtype=np.float32) * np.float32(_JITTER)
        x = x * self._kept(x.shape, self.recipe.input_dropout)
        layers, masks = [x], []
        for weights, biases in zip(self.weights[:-1], self.biases[:-1], strict=True):
            mask = self._kept((len(x), len(biases)), self.recipe.hidden_dropout)
            layers.append(np.maximum(layers[-1] @ weights + biases, 0) * mask)
            masks.append(mask)
        z = np.clip(layers[-1] @ self.weights[-1] + self.biases[-1], -30, 30)[:, 0]
        error = ((1 / (1 + np.exp(-z)) - y) * w / len(y))[:, None].astype(np.float32)
        by_weight: list[NDArray[np.float32]] = []
        by_bias: list[NDArray[np.float32]] = []
        for i in range(len(self.weights) - 1, -1, -1):
            by_weight.insert(0, layers[i].T @ error)
            by_bias.insert(0, error.sum(axis=0))
            if i:
                error = (error @ self.weights[i].T) * (layers[i] > 0) * masks[i - 1]
        self._move(by_weight + by_bias, rate)

    def _move(self, gradients: list[NDArray[np.float32]], rate: float) -> None:
        """Take one step of Adam with decoupled weight decay."""
        self._step += 1
        one, two = 1 - 0.9**self._step, 1 - 0.999**self._step
        for k, (values, g) in enumerate(zip(self._parameters(), gradients, strict=True)):
            self._means[k] += 0.1 * (g - self._means[k])
            self._squares[k] += 0.001 * (g * g - self._squares[k])
            step = (self._means[k] / one) / (np.sqrt(self._squares[k] / two) + 1e-8)
            pull = self.recipe.decay * values if values.ndim == 2 else 0
            np.subtract(values, np.float32(rate) * (step + pull), out=values)


def train(table: Table, basis: Basis, recipe: Recipe) -> tuple[Expansion, Logistic]:
    """Return the learned expansion and the regression on it."""
    network = Network(table.inputs.shape[1], recipe)
    n, batch = len(table.targets), recipe.batch
    total = recipe.epochs * (n // batch)
    step = 0
    for _ in range(recipe.epochs):
        order = network.draw.permutation(n)
        for start in range(0, n - batch + 1, batch):
            rows = order[start : start + batch]
            here, there = rows[: batch // 2], rows[batch // 2 :]
            x = np.concatenate([table.inputs[here], table.mirrored[there]])
            rate = recipe.rate * 0.5 * (1 + np.cos(np.pi * step / total)) * min(1, step / 100)
            network.learn(x, table.targets[rows], table.weights[rows], rate)
            step += 1
    weights = (basis.unfold(network.weights[0]), *network.weights[1:-1])
    expansion = Expansion(basis.mean, basis.scale, weights, tuple(network.biases[:-1]))
    return expansion, Logistic(
        network.weights[-1][:, 0].astype(float), float(network.biases[-1][0])
    )
