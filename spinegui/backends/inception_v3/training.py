"""Retrains the classifier on a person's labels: features of the frozen base once, then the head."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from spinegui.backends.base import BackendError, Provenance
from spinegui.backends.inception_v3 import examples, export, features
from spinegui.backends.inception_v3.chosen_base import SHIPPED, ChosenBase
from spinegui.backends.inception_v3.examples import COPIES, Replay, Spine
from spinegui.backends.inception_v3.feature_file import FeatureFile
from spinegui.backends.inception_v3.features import FEWEST_SPINES
from spinegui.backends.inception_v3.head import FittedHead, HeadData, class_weights, fit_head
from spinegui.backends.inception_v3.model import build_model, frameworks, head_of, mirrored
from spinegui.backends.inception_v3.second_stage import SecondStage, unfreeze
from spinegui.backends.inception_v3.settings import Settings, changed, read_settings
from spinegui.backends.inception_v3.weights import NETWORK, Description
from spinegui.storage.model_manifest import read_manifest
from spinegui.storage.resources import resource

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from spinegui.backends.base import Reporter
    from spinegui.storage.training_values import TrainingSet

    Array = NDArray[np.float32]

_REPLAY_ROWS = 600


def create(
    base_model_dir: Path | None,
    roles: tuple[str, ...],
    settings: Mapping[str, str] | None = None,
) -> InceptionTrainer:
    """Return a trainer that continues from a model folder, or from the shipped model.

    Settings: `hub`, `trusted` and `unfreeze`; they outrank environment and file. Raises
    BackendError.
    """
    if roles and "classifier" not in roles:
        raise BackendError(
            "inception_v3 classifies spines and finds none. Train yolo_nas or classical to find."
        )
    chosen = changed(read_settings(), settings) if settings else None
    return InceptionTrainer(base_model_dir or resource(SHIPPED), chosen)


@dataclass(frozen=True, eq=False)
class _Run:
    """What stays the same throughout one training."""

    spines: list[Spine]
    parent: Description
    strategy: Any
    seed: int
    epochs: int | None
    reporter: Reporter


@dataclass(frozen=True, eq=False)
class _Learned:
    """The whole model with its trained head, and what the head was trained on."""

    model: Any
    fitted: FittedHead
    data: HeadData


class InceptionTrainer:
    """Makes a new classifier from a training set; the base stays as it is."""

    def __init__(
        self, parent: Path, settings: Settings | None = None, strategy: Any = None
    ) -> None:
        """Continue from `parent`, on all GPUs unless a `tf.distribute` strategy is given."""
        self._parent = parent
        self._settings = settings
        self._strategy = strategy
        self._labels: tuple[str, ...] = ()
        self._provenance = Provenance()

    @property
    def label_ids(self) -> tuple[str, ...]:
        """The classes the new model tells apart; read after `fit`."""
        return self._labels

    @property
    def provenance(self) -> Provenance:
        """Which base it is, how crops were cut; where the shipped model was continued, its past."""
        return self._provenance

    def fit(  # noqa: PLR0913  as the protocol has it
        self,
        training: TrainingSet,
        *,
        out_dir: Path,
        seed: int,
        epochs: int | None,
        reporter: Reporter,
        checkpoint_dir: Path | None = None,
        resume: Path | None = None,
    ) -> Mapping[str, float]:
        """Write network, description and replay into `out_dir`; return figures of the fit.

        With `checkpoint_dir` the features computed so far are kept there; `resume` is such a file.
        Raises BackendError where nothing can be learned, CheckpointError where `resume` is of no
        use, ImageReadError, CancelledError.
        """
        spines = examples.labelled_spines(training)
        parent = Description.load(self._parent)
        _check_enough(spines)
        reporter.check_cancelled()
        tf, keras, _ = frameworks()
        keras.utils.set_random_seed(seed)
        tf.config.experimental.enable_op_determinism()
        settings = self._settings or read_settings()
        base = ChosenBase.choose(self._parent, parent, settings)
        self._labels = examples.all_labels(parent.label_ids, spines)
        strategy = self._strategy or mirrored()
        _say_device(tf, strategy, len(spines), reporter)
        key = features.key_of(spines, base.sha256, parent.geometry, seed)
        kept = FeatureFile.open(checkpoint_dir, resume, key)
        run = _Run(spines, parent, strategy, seed, epochs, reporter)
        learned = self._learn(run, base, kept)
        if settings.unfreeze and base.weights is not None:
            base = self._unfrozen(run, base, learned, settings.unfreeze)
            learned = self._learn(run, base, FeatureFile(None, ""))
        reporter.check_cancelled()
        self._provenance = _provenance(self._parent, base, parent)
        self._write(out_dir, learned, base, parent)
        return _figures(learned.fitted, learned.data)

    def _learn(self, run: _Run, base: ChosenBase, kept: FeatureFile) -> _Learned:
        """Look at all spines with a base, and train the head on what it saw."""
        with run.strategy.scope():
            model = build_model(base.handle, len(self._labels), strategy=run.strategy)
        seen = features.look(
            model.layers[0], run.spines, run.parent.geometry, seed=run.seed, kept=kept,
            reporter=run.reporter,
        )  # fmt: skip
        data = self._head_data(seen, run.spines[: len(seen)], base, run.seed, run.reporter)
        start = base.head and base.head.with_labels(base.label_ids, self._labels)
        with run.strategy.scope():
            head = head_of(model, seen.shape[2])
            fitted = fit_head(
                head, data, self._labels, start=start, epochs=run.epochs, reporter=run.reporter
            )
        return _Learned(model, fitted, data)

    def _unfrozen(
        self, run: _Run, base: ChosenBase, learned: _Learned, n_trainable: int
    ) -> ChosenBase:
        assert base.weights is not None
        data = learned.data
        spines = run.spines[: len(data.opinions)]
        task = SecondStage(
            spines, data.opinions, data.selection, self._labels, run.parent.geometry, run.seed
        )
        weights, head = unfreeze(
            task, base.weights, learned.fitted.weights, n_trainable=n_trainable,
            strategy=run.strategy, reporter=run.reporter,
        )  # fmt: skip
        return ChosenBase.own(weights, head, self._labels, None)

    def _head_data(
        self, seen: Array, spines: list[Spine], base: ChosenBase, seed: int, reporter: Reporter
    ) -> HeadData:
        groups = examples.selection_groups(spines, self._labels, seed)
        selection = np.array([spine.group in groups for spine in spines])
        if groups:
            images = {s.image.sha256 for s, chosen in zip(spines, selection, strict=True) if chosen}
            reporter.log(
                f"{selection.sum()} spines of {len(images)} images choose the best epoch and are "
                f"not learned from; {(~selection).sum()} are learned from."
            )
        else:
            reporter.log("Too few images to set some aside: the number of epochs is fixed.")
        n_labels = len(self._labels)
        replay = base.replay
        data = HeadData(
            seen,
            examples.soft_labels(spines, self._labels),
            selection,
            np.zeros((0, seen.shape[2]), np.float32) if replay is None else replay.features,
            np.zeros((0, n_labels), np.float32)
            if replay is None
            else replay.for_labels(self._labels),
        )
        reporter.log(
            f"Replay of the earlier training: {len(data.replay)} spines, "
            f"{data.replay_share:.0%} of the weight."
        )
        return data

    def _write(
        self, out_dir: Path, learned: _Learned, base: ChosenBase, parent: Description
    ) -> None:
        model, fitted, data = learned.model, learned.fitted, learned.data
        path = out_dir / NETWORK
        if base.weights is not None:
            export.write_classifier(
                path, base.weights, fitted.weights, temperature=fitted.temperature,
                size_px=parent.geometry.size_px,
            )  # fmt: skip
        else:
            export.convert_classifier(
                path, model, temperature=fitted.temperature, size_px=parent.geometry.size_px
            )
        weights = class_weights(np.concatenate([data.opinions, data.replay_opinions]))
        description = replace(
            parent, label_ids=self._labels, temperature=fitted.temperature, hub_handle=base.name,
            hub_sha256=base.sha256, class_weights=tuple(round(float(w), 4) for w in weights),
        )  # fmt: skip
        description.save(out_dir)
        _next_replay(data, self._labels, base.sha256).save(out_dir)


def _provenance(folder: Path, base: ChosenBase, parent: Description) -> Provenance:
    past = read_manifest(folder, verify=False)
    settings = {"hub": base.name, "hub_sha256": base.sha256, **parent.geometry.to_json()}
    return Provenance(settings, past.licence, past.sources, past.trained_on)


def _check_enough(spines: list[Spine]) -> None:
    if len(spines) < FEWEST_SPINES:
        raise BackendError(
            f"Only {len(spines)} spines of the training set have a class. "
            f"Give at least {FEWEST_SPINES} spines a class and train again."
        )


def _say_device(tf: Any, strategy: Any, n_spines: int, reporter: Reporter) -> None:
    gpus = tf.config.list_physical_devices("GPU")
    n = strategy.num_replicas_in_sync
    if gpus:
        reporter.log(f"Training on {len(gpus)} GPU ({n} replicas), {n_spines} labelled spines.")
    else:
        seconds = 30 + 0.12 * n_spines * COPIES
        reporter.log(
            f"No GPU: about {max(1, round(seconds / 60))} min on {os.cpu_count()} CPU cores "
            f"({n} replica), {n_spines} labelled spines, {COPIES} crops each."
        )


def _next_replay(data: HeadData, label_ids: tuple[str, ...], sha: str) -> Replay:
    """Return what the next training replays: this one's spines and as much of the old as fits."""
    new = data.features[:, 0]
    n_old = min(len(data.replay), max(_REPLAY_ROWS - len(new), _REPLAY_ROWS // 2))
    n_new = min(len(new), _REPLAY_ROWS - n_old)
    rng = np.random.default_rng(0)
    old_rows = np.sort(rng.permutation(len(data.replay))[:n_old])
    new_rows = np.sort(rng.permutation(len(new))[:n_new])
    return Replay(
        np.concatenate([data.replay[old_rows], new[new_rows]]),
        np.concatenate([data.replay_opinions[old_rows], data.opinions[new_rows]]),
        label_ids,
        sha,
    )


def _figures(fitted: FittedHead, data: HeadData) -> dict[str, float]:
    right = fitted.weights.logits(data.features[:, 0]).argmax(1) == data.opinions.argmax(1)
    learned = ~data.selection
    return {
        "classifier_examples": float(learned.sum()),
        "classifier_agreement": float(right[learned].mean()),
        "selection_examples": float(data.selection.sum()),
        "replay_share": data.replay_share,
        "temperature": fitted.temperature,
        **fitted.metrics,
    }
