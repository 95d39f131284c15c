"""The mission's head on features of people's and synthetic spines, in and out of folds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from classifier_examples import CLASSES

from spinegui.backends.inception_v3.head import BATCH, class_weights, head_weights
from spinegui.backends.inception_v3.model import compile_model, frameworks, head_layers, mirrored

if TYPE_CHECKING:
    from inception_features import Seen
    from numpy.typing import NDArray

    from spinegui.backends.inception_v3.weights import HeadWeights

EPOCHS = 12
RATE = 3e-4
PEOPLES_SHARE = 0.7
"""Of the weight in training the head; the rest is synthetic spines'."""


def train_head(people: Seen, made: Seen, *, seed: int = 1) -> HeadWeights:
    """Train the head on straight and varied crops of both."""
    _, keras, _ = frameworks()
    keras.utils.set_random_seed(seed)
    x, y, weights = [], [], []
    for seen, share in ((people, PEOPLES_SHARE), (made, 1 - PEOPLES_SHARE)):
        of_class = class_weights(seen.opinions)
        rows = np.repeat(seen.opinions, seen.features.shape[1], axis=0)
        x.append(seen.features.reshape(len(rows), -1))
        y.append(rows)
        weight = rows @ of_class
        weights.append(weight * share / weight.sum())
    total = np.concatenate(weights)
    total = total * len(total) / total.sum()
    with mirrored().scope():
        head = keras.Sequential(
            [keras.Input((x[0].shape[1],)), *head_layers(len(CLASSES))], name="head"
        )
        compile_model(head, RATE)
        head.fit(
            np.concatenate(x), np.concatenate(y), sample_weight=total.astype(np.float32),
            batch_size=BATCH, epochs=EPOCHS, verbose=0,
        )  # fmt: skip
    return head_weights(head)


def probabilities(
    head: HeadWeights, features: NDArray[np.float32], temperature: float = 1.0
) -> NDArray[np.float64]:
    logits = head.logits(features) / temperature
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    result: NDArray[np.float64] = odds / odds.sum(axis=1, keepdims=True)
    return result
