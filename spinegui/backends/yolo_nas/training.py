"""Trains the detector on a person's corrections, or afresh."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from spinegui.backends.base import BackendError, CheckpointError, Provenance
from spinegui.backends.classical.detector import ClassicalDetector
from spinegui.backends.classical.head_width import head_px
from spinegui.backends.yolo_nas.blending import copy_of, settle
from spinegui.backends.yolo_nas.calibration import FEWEST_HITS, Calibration, Calibrations, Kind
from spinegui.backends.yolo_nas.material import gather
from spinegui.backends.yolo_nas.network import VARIANTS, build
from spinegui.backends.yolo_nas.parameters import Parameters
from spinegui.backends.yolo_nas.schedule import Plan
from spinegui.storage.resources import resource

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any

    from spinegui.backends.base import Reporter
    from spinegui.backends.yolo_nas.loop import Training
    from spinegui.backends.yolo_nas.material import Material
    from spinegui.storage.training_values import TrainingSet

_KNOWN = {"variant", "pretrained"}
_FRESH_EPOCHS, _MORE_EPOCHS = 60, 12
_FRESH_RATE, _MORE_RATE = 1e-3, 1.5e-4
_STEPS = (6, 100)
_LOOKS = 2.0
"""An epoch is so many crops that each px is seen about this often."""

_SIDES = (160, 320)
_GRID = 32
_FRESH_BATCH = 8
_VENDOR_LICENCE = (
    "Deci's pretrained YOLO-NAS weights: non-commercial use only (super-gradients LICENSE.YOLONAS)"
)


def create(
    base_model_dir: Path | None, roles: tuple[str, ...], settings: Mapping[str, str]
) -> YoloNasTrainer:
    """Return a trainer that continues from a model folder, or begins with random weights.

    Settings: `variant` s, m or l, and `pretrained` "coco" for the vendor's weights, both for a
    fresh start only. Raises BackendError.
    """
    if "detector" not in roles:
        raise BackendError("YOLO-NAS is a detector. Choose another base for the classifier.")
    if unknown := set(settings) - _KNOWN:
        raise BackendError(
            f"YOLO-NAS has no setting “{min(unknown)}”. Its settings are {', '.join(_KNOWN)}."
        )
    if base_model_dir is not None and settings:
        raise BackendError(
            "A model to continue from keeps its variant and weights. Leave these settings out, or "
            "start fresh from yolo_nas."
        )
    if settings.get("variant", "s") not in VARIANTS:
        raise BackendError(
            f"There is no YOLO-NAS variant “{settings['variant']}”. Choose s, m or l."
        )
    if settings.get("pretrained", "coco") != "coco":
        raise BackendError("The vendor's weights are called “coco”. Name these, or none.")
    return YoloNasTrainer(base_model_dir, settings)


class YoloNasTrainer:
    """Fits a network to what people decided; the best epoch is chosen on images set aside."""

    label_ids: tuple[str, ...] = ()

    def __init__(self, base: Path | None, settings: Mapping[str, str]) -> None:
        self._base = base
        self._pretrained = settings.get("pretrained")
        if base is None:
            scale = ClassicalDetector.load(resource("models/classical")).parameters.scale
            self._parameters = Parameters(settings.get("variant", "s"), scale)
        else:
            self._parameters = Parameters.load(base)
        self._settings: dict[str, object] = {}

    @property
    def provenance(self) -> Provenance:
        """How the model was made: what took effect, and whose weights it began with."""
        licence = _VENDOR_LICENCE if self._pretrained else ""
        return Provenance(settings=self._settings, licence=licence)

    def fit(  # noqa: PLR0913  all are asked of every backend
        self,
        training: TrainingSet,
        *,
        out_dir: Path,
        seed: int,
        epochs: int | None,
        reporter: Reporter,
        checkpoint_dir: Path,
        resume: Path | None = None,
    ) -> Mapping[str, float]:
        """Write the network and its settings into `out_dir`; return figures of the training.

        Raises BackendError where there is nothing to learn from, CheckpointError, ImageReadError,
        CancelledError.
        """
        continues = self._base is not None
        widths = partial(head_px, scale=self._parameters.scale)
        material = gather(training, widths, reporter, seed=seed, replay=continues)
        plan = _plan(material, seed=seed, epochs=epochs, continues=continues)
        network = self._network(seed)
        from spinegui.backends.yolo_nas.loop import CHECKPOINT, Training

        before = copy_of(network) if continues else None
        run = Training(network, material, plan, reporter)
        if resume is not None:
            try:
                run.load(resume)
            except ValueError as err:
                raise CheckpointError(str(err)) from err
        run.run(checkpoint_dir / CHECKPOINT)
        reporter.check_cancelled()
        share = 1.0
        if before is not None:
            share = settle(run, before)
            reporter.log(
                f"Goes {share:.0%} of the way from the model before to the one trained on."
            )
        self._settings = self._told(run.plan, share)
        return self._finish(run, out_dir)

    def _network(self, seed: int) -> Any:
        from spinegui.backends.yolo_nas import export, frameworks

        frameworks.prepare()
        import torch

        torch.manual_seed(seed)
        if self._base is not None:
            return export.load(self._base / export.NETWORK, self._parameters.variant)
        return build(self._parameters.variant, pretrained=self._pretrained)

    def _told(self, plan: Plan, share: float) -> dict[str, object]:
        return {
            "variant": self._parameters.variant,
            "pretrained": self._pretrained or "none",
            "epochs": plan.epochs,
            "steps": plan.n_steps,
            "batch": plan.batch,
            "side": plan.side,
            "rate": plan.rate,
            "share": share,
        }

    def _finish(self, run: Training, out_dir: Path) -> dict[str, float]:
        from spinegui.backends.yolo_nas.export import NETWORK, export
        from spinegui.backends.yolo_nas.folding import folded
        from spinegui.backends.yolo_nas.selection import judge

        figures = {"epochs": run.best_epoch + 1.0, "steps": float(run.step)}
        calibrations = self._parameters.calibrations
        aside = run.material.selection
        if aside:
            outcome = judge(aside, run.runner(), run.quiet)
            figures |= {"selection_f1": outcome.best_f1, "selection_spines": float(outcome.n)}
            if outcome.is_hit.sum() >= FEWEST_HITS:
                kinds = {Kind.STACK if s.view.is_stack else Kind.PLANE for s in aside}
                fitted = Calibration.fitted(outcome.scores, outcome.is_hit)
                # What was not among the images set aside keeps what was known of it before.
                kept = dict(calibrations.of_kind or {}) | dict.fromkeys(kinds, fitted)
                calibrations = Calibrations(fitted, kept)
        folded(run.network)
        export(run.network, out_dir / NETWORK)
        replace(self._parameters, calibrations=calibrations).save(out_dir)
        return figures


def _plan(material: Material, *, seed: int, epochs: int | None, continues: bool) -> Plan:
    """Return a plan whose epochs see all that can be learned from a few times."""
    shapes = np.array([scene.view.volume.shape[1:] for scene in material.scenes])
    longest = int(np.median(shapes.min(axis=1)))
    side = int(np.clip(longest // _GRID * _GRID, *_SIDES))
    crops = _LOOKS * sum(
        h * w / side**2 * len(s.view.middles()) ** 0.5
        for s, (h, w) in zip(material.scenes, shapes, strict=True)
    )
    steps = int(np.clip(math.ceil(crops / _FRESH_BATCH), *_STEPS))
    n = epochs or (_MORE_EPOCHS if continues else _FRESH_EPOCHS)
    return Plan(
        epochs=n,
        steps=steps,
        seed=seed,
        side=side,
        batch=_FRESH_BATCH,
        rate=_MORE_RATE if continues else _FRESH_RATE,
        warmup=max(1, min(100, n * steps // 10)),
        patience=None if not material.selection else max(4, n // 3),
    )
