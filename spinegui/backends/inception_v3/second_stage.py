"""The optional second stage: head and the base's last convolutions learn together, gently.

Off unless `settings.Settings.unfreeze` says how many. Features of earlier spines would no longer
fit the changed base, so there is no replay: this is for those with many labels of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from spinegui.backends.inception_v3.base import saved_model, weights_of
from spinegui.backends.inception_v3.examples import COPIES, crops_of
from spinegui.backends.inception_v3.head import (
    class_weights,
    head_weights,
    selection_figures,
    set_head_weights,
)
from spinegui.backends.inception_v3.model import compile_model, frameworks, head_layers, hub_layer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from spinegui.backends.base import Reporter
    from spinegui.backends.inception_v3.crops import CropGeometry
    from spinegui.backends.inception_v3.examples import Spine
    from spinegui.backends.inception_v3.weights import BaseWeights, HeadWeights

    Array = NDArray[np.float32]

EPOCHS = 3
RATE = 2e-5
BATCH = 8
"""Spines; each brings all its crops."""
STAGE = "Training the base's last layers"


@dataclass(frozen=True, eq=False)
class SecondStage:
    """What to train on: spines, their opinions (n, k), which of them choose the epoch (n,)."""

    spines: Sequence[Spine]
    opinions: Array
    selection: NDArray[np.bool_]
    label_ids: tuple[str, ...]
    geometry: CropGeometry
    seed: int


def unfreeze(
    task: SecondStage, base: BaseWeights, head: HeadWeights, *, n_trainable: int, strategy: Any,
    reporter: Reporter,
) -> tuple[BaseWeights, HeadWeights]:  # fmt: skip
    """Return base and head of the best epoch, or those given where none was better.

    Without spines set aside the last epoch counts. Raises CancelledError.
    """
    _, keras, _ = frameworks()
    with strategy.scope():
        handle = str(saved_model(base, n_trainable=n_trainable))
        layers = [hub_layer(handle, trainable=True), *head_layers(len(task.label_ids))]
        model = keras.Sequential(layers, name="spines")
        compile_model(model, RATE)
    set_head_weights(model, head)
    reporter.log(f"Second stage: the base's last {n_trainable} convolutions learn too; no replay.")
    best, score = (base, head), _score(model, task, reporter)
    weights = class_weights(task.opinions)
    for epoch in range(EPOCHS):
        losses = []
        for crops, opinions in _batches(task, epoch, reporter):
            found = model.train_on_batch(crops, opinions, sample_weight=opinions @ weights)
            losses.append(float(np.ravel(found)[0]))
        reporter.progress(epoch + 1, EPOCHS, STAGE)
        reporter.metric("second stage loss", float(np.mean(losses)), epoch + 1)
        now = _score(model, task, reporter)
        if now >= score:
            best, score = (weights_of(model.layers[0]).rounded(), head_weights(model)), now
        if reporter.should_stop_early():
            break
    return best


def _batches(task: SecondStage, epoch: int, reporter: Reporter) -> Iterator[tuple[Array, Array]]:
    """Yield crops and opinions of the spines that are learned from, varied anew each epoch."""
    learned = np.flatnonzero(~task.selection)
    some = [task.spines[int(i)] for i in learned]
    opinions = task.opinions[learned]
    seen = crops_of(some, task.geometry, task.seed + 1 + epoch, reporter)
    rows: list[Array] = []
    for i, crops in enumerate(seen):
        rows.append(crops)
        if len(rows) == BATCH or i == len(some) - 1:
            mine = opinions[i + 1 - len(rows) : i + 1]
            yield np.concatenate(rows), np.repeat(mine, COPIES, axis=0)
            rows = []


def _score(model: Any, task: SecondStage, reporter: Reporter) -> tuple[float, float]:
    """Return F1 and the negative loss on the spines set aside."""
    chosen = np.flatnonzero(task.selection)
    if len(chosen) == 0:
        return 0.0, 0.0
    some = [task.spines[int(i)] for i in chosen]
    rows = [
        model.predict_on_batch(crops[:1])
        for crops in crops_of(some, task.geometry, task.seed, reporter)
    ]
    logits = np.log(np.concatenate(rows).astype(np.float64) + 1e-12)
    figures = selection_figures(logits, task.opinions[chosen], task.label_ids)
    return round(figures["validation F1"], 4), -figures["validation loss"]
