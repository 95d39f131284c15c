"""Freezes what people reviewed into a training job's folder; window and command line alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from spinegui.domain.folds import deal_folds
from spinegui.domain.split import Part
from spinegui.jobs.payloads import TrainPayload
from spinegui.storage.model_manifest import MANIFEST, ROLES, read_manifest
from spinegui.storage.training_set import (
    TRAINING_SET,
    VALIDATION_SET,
    TrainingImage,
    TrainingSet,
    TrainingSetError,
    from_project,
    write_training_set,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spinegui.storage.exchange.content import Content
    from spinegui.storage.model_store import ModelInfo


USUAL_FOLDS = 5
FRESH: Mapping[str, tuple[str, ...]] = {
    "classical": ("detector", "classifier"),
    "yolo_nas": ("detector",),
    "inception_v3": ("classifier",),
}
"""The architectures that a training can start afresh with, and the roles of what comes of it."""


def held_out_set(content: Content, parts: Mapping[str, Part]) -> TrainingSet | None:
    """Return the reviewed images that are held out, or None where there are none to measure on."""
    found: list[TrainingImage] = []
    for part in (Part.TEST, Part.VALIDATION):
        try:
            found += from_project(content, parts=parts, part=part).images
        except TrainingSetError:  # nothing of this part was reviewed
            continue
    # Without a reviewed region nobody knows what a model missed there.
    measurable = tuple(image for image in found if image.is_measurable)
    return TrainingSet(measurable) if measurable else None


def possible_folds(training: TrainingSet, wanted: int = USUAL_FOLDS) -> int:
    """Return into how many folds, up to `wanted`, its measurable images can be dealt; 0 for none.

    Images of one group stay together, so two groups are the least.
    """
    measurable = [image.names for image in training.images if image.is_measurable]
    folds = max(deal_folds(measurable, wanted), default=0) + 1
    return folds if folds > 1 else 0


def by_model(
    active: Mapping[str, ModelInfo],
) -> tuple[tuple[ModelInfo, tuple[str, ...]], ...]:
    """Return each active model once, with the roles that it fills: one training each."""
    models = {model.sha: model for model in active.values()}
    return tuple(
        (model, tuple(role for role in ROLES if role in active and active[role].sha == sha))
        for sha, model in models.items()
    )


def training_backend(base: str) -> str:
    """Return the backend that trains from that `base` of a payload. Raises ModelStoreError."""
    if (Path(base) / MANIFEST).is_file():
        return read_manifest(Path(base), verify=False).backend
    return base


@dataclass(frozen=True, slots=True)
class TrainOrder:
    """What to make: a model of this name, from that one or, by a name of FRESH, afresh.

    `epochs` None leaves it to the backend. `folds` measure it by cross-validation where nothing is
    held out. `roles` None are all that the base has. `settings` go to the backend's trainer.
    `against` is the model that it is compared with, None the base.
    """

    base: ModelInfo | str
    name: str
    epochs: int | None = None
    seed: int = 0
    folds: int = 0
    roles: tuple[str, ...] | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    against: ModelInfo | None = None

    @property
    def trained_roles(self) -> tuple[str, ...]:
        """The roles of the new model."""
        if self.roles is not None:
            return self.roles
        return FRESH[self.base] if isinstance(self.base, str) else self.base.roles


def freeze_training(
    folder: Path, training: TrainingSet, held_out: TrainingSet | None, order: TrainOrder
) -> TrainPayload:
    """Write both sets into the folder and return the payload that names them. Raises OSError."""
    root = Path(training.images[0].file.anchor or "/")
    write_training_set(training, folder, root, name=TRAINING_SET)
    if held_out is not None:
        write_training_set(held_out, folder, root, name=VALIDATION_SET)
    return TrainPayload(
        training_set=TRAINING_SET,
        validation=VALIDATION_SET if held_out is not None else None,
        images_root=str(root),
        roles=order.trained_roles,
        base=order.base if isinstance(order.base, str) else str(order.base.folder),
        name=order.name,
        epochs=order.epochs,
        seed=order.seed,
        folds=order.folds if held_out is None else 0,
        settings=order.settings,
        against=str(order.against.folder) if order.against is not None else None,
    )
