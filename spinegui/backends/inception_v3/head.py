"""Trains the head on features: class weights, soft labels, replay, best epoch, calibration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from spinegui.backends.inception_v3.model import compile_model, frameworks
from spinegui.backends.inception_v3.weights import HeadWeights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from spinegui.backends.base import Reporter

    Array = NDArray[np.float32]

EPOCHS = 40
EPOCHS_UNSEEN = 12
"""Where no spines are set aside to choose the best epoch."""
BATCH = 64
PATIENCE = 10
_FRESH_RATE, _CONTINUED_RATE = 1e-3, 3e-4
_REPLAY_WORTH, _NEW_WORTH = 400.0, 3.0
_LEAST_WEIGHT, _MOST_WEIGHT = 0.3, 5.0
_TEMPERATURE_SPREAD = 0.3
_FEW = 10


@dataclass(frozen=True, eq=False)
class HeadData:
    """What the head learns from: features (n, c, d) of c crops a spine and opinions (n, k).

    `selection` (n,) bool marks the spines that choose the epoch and are not learned from.
    replay (m, d) and replay_opinions (m, k) come from the model that training started from.
    """

    features: Array
    opinions: Array
    selection: NDArray[np.bool_]
    replay: Array
    replay_opinions: Array

    @property
    def replay_share(self) -> float:
        """The share of all weight that replay gets: the fewer new spines, the more."""
        n_new = int((~self.selection).sum())
        return 0.0 if len(self.replay) == 0 else _REPLAY_WORTH / (
            _REPLAY_WORTH + _NEW_WORTH * n_new
        )  # fmt: skip


def class_weights(opinions: Array) -> NDArray[np.float64]:
    """Return (k,) weights: the rarer a class, the more one of its spines counts, within limits."""
    counts = opinions.sum(axis=0).astype(np.float64)
    present = counts > 0
    even = counts.sum() / max(int(present.sum()), 1)
    weights = np.clip(np.sqrt(even / np.maximum(counts, 1e-9)), _LEAST_WEIGHT, _MOST_WEIGHT)
    return np.where(present, weights, 1.0)


def training_arrays(data: HeadData) -> tuple[Array, Array, Array, NDArray[np.float64]]:
    """Return features, opinions and weights of all rows, and the class weights used."""
    new = ~data.selection
    n_copies = data.features.shape[1]
    rows = data.features[new].reshape(-1, data.features.shape[2])
    opinions = np.repeat(data.opinions[new], n_copies, axis=0)
    weights = class_weights(np.concatenate([data.opinions[new], data.replay_opinions]))
    of_new = opinions @ weights
    of_replay = data.replay_opinions @ weights
    share, total = data.replay_share, float(len(rows) + len(data.replay))
    of_new = of_new * (1 - share) * total / max(float(of_new.sum()), 1e-9)
    if len(of_replay):
        of_replay = of_replay * share * total / float(of_replay.sum())
    return (
        np.concatenate([rows, data.replay]),
        np.concatenate([opinions, data.replay_opinions]),
        np.concatenate([of_new, of_replay]).astype(np.float32),
        weights,
    )


@dataclass(frozen=True, eq=False)
class FittedHead:
    """The head of the best epoch, its temperature and its figures."""

    weights: HeadWeights
    temperature: float
    metrics: dict[str, float]


def head_weights(head: Any) -> HeadWeights:
    """Return the arrays of the trained layers."""
    hidden, out = head.get_layer("hidden"), head.get_layer("classes")
    return HeadWeights(
        *(np.array(a, np.float32) for a in (*hidden.get_weights(), *out.get_weights()))
    )


def set_head_weights(head: Any, weights: HeadWeights) -> None:
    """Start the trained layers from these arrays."""
    head.get_layer("hidden").set_weights([weights.hidden, weights.hidden_bias])
    head.get_layer("classes").set_weights([weights.out, weights.out_bias])


def fit_head(
    head: Any,
    data: HeadData,
    label_ids: Sequence[str],
    *,
    start: HeadWeights | None,
    epochs: int | None,
    reporter: Reporter,
) -> FittedHead:
    """Train a head made by `model.head_of`, from `start` if given; raises CancelledError."""
    compile_model(head, _FRESH_RATE if start is None else _CONTINUED_RATE)
    if start is not None:
        set_head_weights(head, start)
    x, y, sample_weights, weights = training_arrays(data)
    shown = ", ".join(f"{i} {w:.2f}" for i, w in zip(label_ids, weights, strict=True))
    reporter.log(f"Weights against imbalance: {shown}.")
    n_epochs = epochs or (EPOCHS if data.selection.any() else EPOCHS_UNSEEN)
    selection = Selection(data, label_ids, reporter)
    head.fit(
        x, y, sample_weight=sample_weights, batch_size=BATCH, epochs=n_epochs, verbose=0,
        shuffle=True, callbacks=[_watcher(selection, n_epochs, reporter)],
    )  # fmt: skip
    best = selection.best or head_weights(head)
    set_head_weights(head, best)
    temperature = 1.0
    if int(data.selection.sum()) >= _FEW:
        chosen = data.features[data.selection, 0]
        temperature = best_temperature(best.logits(chosen), data.opinions[data.selection])
    return FittedHead(best, temperature, selection.figures)


class Selection:
    """Chooses the best epoch on spines set aside, and says when to end."""

    def __init__(self, data: HeadData, label_ids: Sequence[str], reporter: Reporter) -> None:
        self.best: HeadWeights | None = None
        self.figures: dict[str, float] = {}
        self._features = data.features[data.selection, 0]
        self._opinions = data.opinions[data.selection]
        self._label_ids = label_ids
        self._reporter = reporter
        self._score, self._since = (-1.0, 0.0), 0

    def judge(self, weights: HeadWeights, epoch: int) -> bool:
        """Report the figures of an epoch and keep it if best; True when it is time to end."""
        if len(self._features) == 0:
            return False
        figures = selection_figures(weights.logits(self._features), self._opinions, self._label_ids)
        for name, value in figures.items():
            self._reporter.metric(name, value, epoch)
        score = (round(figures["validation F1"], 4), -figures["validation loss"])
        self._since += 1
        if score > self._score:
            self.best, self._score, self._since = weights, score, 0
            self.figures = {**figures, "best_epoch": float(epoch)}
        if self._since >= PATIENCE:
            self._reporter.log(f"No better for {PATIENCE} epochs: ended at epoch {epoch}.")
        return self._since >= PATIENCE


def _watcher(selection: Selection, n_epochs: int, reporter: Reporter) -> Any:
    """Return what listens to training: curves, stopping early, cancelling."""
    _, keras, _ = frameworks()

    class Watcher(keras.callbacks.Callback):  # type: ignore[name-defined,misc]  # no types
        def on_train_batch_end(self, batch: int, logs: object = None) -> None:  # noqa: ARG002
            reporter.check_cancelled()

        def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
            reporter.progress(epoch + 1, n_epochs, "Training the head")
            for name in ("loss", "accuracy"):
                reporter.metric(name, float((logs or {})[name]), epoch + 1)
            ended = selection.judge(head_weights(self.model), epoch + 1)
            if reporter.should_stop_early():
                reporter.log(f"Stopped early after epoch {epoch + 1}: the best so far is kept.")
                ended = True
            self.model.stop_training = ended

    return Watcher()


def selection_figures(
    logits: NDArray[np.float64], opinions: Array, label_ids: Sequence[str]
) -> dict[str, float]:
    """Return loss, accuracy and F1 a class and in the mean, against the raters' majority."""
    truth, guess = opinions.argmax(axis=1), logits.argmax(axis=1)
    figures = {
        "validation loss": float(-(opinions * log_softmax(logits)).sum(axis=1).mean()),
        "validation accuracy": float((truth == guess).mean()),
    }
    scores = {}
    for k, label in enumerate(label_ids):
        here = int(((truth == k) & (guess == k)).sum())
        either = int((truth == k).sum() + (guess == k).sum())
        if (truth == k).any():
            scores[f"F1 {label}"] = 2 * here / either
    return {**figures, "validation F1": float(np.mean(list(scores.values()))), **scores}


def log_softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the logarithm of probabilities (n, k)."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    result: NDArray[np.float64] = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return result


def best_temperature(logits: NDArray[np.float64], opinions: Array) -> float:
    """Return the temperature that makes probabilities most honest, near 1 if spines are few."""
    grid = np.exp(np.linspace(np.log(0.4), np.log(4), 120))
    losses = [
        -float((opinions * log_softmax(logits / t)).sum())
        + 0.5 * (np.log(t) / _TEMPERATURE_SPREAD) ** 2
        for t in grid
    ]
    return float(grid[int(np.argmin(losses))])
