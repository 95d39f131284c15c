"""What one training run learns from: the annotator's images, images set aside, and replay."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from spinegui.backends.base import BackendError
from spinegui.backends.yolo_nas.scenes import scene_of, synthetic_scene
from spinegui.synthesis.scene import make_image
from spinegui.synthesis.settings import FRAME, STACK

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from spinegui.backends.base import Frame, Reporter
    from spinegui.backends.yolo_nas.scenes import Scene
    from spinegui.storage.training_values import TrainingImage, TrainingSet

FEWEST_GROUPS = 4
"""From this many groups of images on, some are set aside to choose the best epoch on."""

_ASIDE_EVERY = 5
_REPLAYED = 9
_REPLAY_SHARE = 0.25
_REPLAY_SEED = 90_000
_FLAT = 3.0
"""Added to a scene's number of spines as its weight, so that empty ones are learned from too."""


@dataclass(frozen=True, eq=False)
class Material:
    """What to learn from, how often each scene is drawn (adds up to 1), and what to select on."""

    scenes: Sequence[Scene]
    weights: NDArray[np.float64]
    selection: Sequence[Scene]


def gather(
    training: TrainingSet,
    head_px: Callable[[Frame], float],
    reporter: Reporter,
    *,
    seed: int,
    replay: bool,
) -> Material:
    """Read the images that teach something; raises BackendError where none does, ImageReadError.

    `replay` adds synthetic scenes like those that the shipped network learned from, so that it
    does not forget them over a few new images.
    """
    images = [image for image in training.images if _teaches(image)]
    learn, aside = set_aside(images, seed)
    if not any(image.positives for image in learn):
        raise BackendError(
            "No spine was accepted on the images to learn from. Accept or draw some, then train "
            "again."
        )
    scenes = _read(learn, head_px, reporter)
    selection = _read(aside, head_px, reporter)
    _say(learn, aside, reporter)
    weights = np.array([len(scene.heads) + _FLAT for scene in scenes])
    weights = weights / weights.sum()
    if replay:
        old = _replayed(reporter)
        scenes += old
        share = np.full(len(old), _REPLAY_SHARE / len(old))
        weights = np.concatenate([weights * (1 - _REPLAY_SHARE), share])
        reporter.log(f"Replay: {_REPLAY_SHARE:.0%} of what it sees are synthetic scenes.")
    return Material(scenes, weights, selection)


def set_aside(
    images: Sequence[TrainingImage], seed: int
) -> tuple[list[TrainingImage], list[TrainingImage]]:
    """Return images to learn from and to select on, by whole groups; few groups all teach."""
    groups = sorted({image.group for image in images if image.is_measurable and image.positives})
    if len(groups) < FEWEST_GROUPS:
        return list(images), []
    order = np.random.default_rng(seed).permutation(len(groups))
    chosen = {groups[i] for i in order[: max(1, len(groups) // _ASIDE_EVERY)]}
    learn = [image for image in images if image.group not in chosen]
    return learn, [image for image in images if image.group in chosen]


def _teaches(image: TrainingImage) -> bool:
    return bool(image.positives or image.negatives) or image.reviewed_regions != ()


def _read(
    images: Sequence[TrainingImage], head_px: Callable[[Frame], float], reporter: Reporter
) -> list[Scene]:
    scenes: list[Scene] = []
    for done, image in enumerate(images):
        reporter.check_cancelled()
        reporter.progress(done, len(images), "Reading images")
        scenes.append(scene_of(image, head_px))
    return scenes


def _say(
    learn: Sequence[TrainingImage], aside: Sequence[TrainingImage], reporter: Reporter
) -> None:
    spines = sum(len(image.positives) for image in learn)
    reporter.log(f"Learns from {spines} spines on {len(learn)} images.")
    if aside:
        names = ", ".join(sorted(image.file.name for image in aside))
        reporter.log(f"Chooses the best epoch on {len(aside)} others: {names}.")
    else:
        reporter.log("Too few images to choose the best epoch on others: the last one counts.")


def _replayed(reporter: Reporter) -> list[Scene]:
    """Make synthetic scenes of varied brightness and density, every third a stack."""
    scenes: list[Scene] = []
    for seed in range(_REPLAY_SEED, _REPLAY_SEED + _REPLAYED):
        reporter.check_cancelled()
        reporter.progress(seed - _REPLAY_SEED, _REPLAYED, "Making synthetic scenes")
        draw = np.random.default_rng(seed)
        base = STACK if seed % 3 == 0 else replace(FRAME, width=384, height=384)
        settings = replace(
            base,
            photons=base.photons * float(np.exp(draw.normal(0, 0.7))),
            spines_per_um=float(draw.uniform(0.3, 1.4)),
            n_axons=int(draw.integers(0, 6)),
            background=float(draw.uniform(0.03, 0.25)),
        )
        scenes.append(synthetic_scene(make_image(seed, settings)))
    return scenes
