"""Small training sets on the workshop's images, and sealed training jobs with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from spinegui.domain.geometry import Box
from spinegui.domain.image_ref import PixelSize
from spinegui.imaging.opening import file_sha256
from spinegui.jobs.payloads import TrainPayload
from spinegui.jobs.spec import JobKind, JobSpec, seal
from spinegui.storage.training_set import (
    LabelledBox,
    TrainingImage,
    TrainingSet,
    write_training_set,
)
from tests.support.workshop import SPINES_XY, Workshop

if TYPE_CHECKING:
    from pathlib import Path


def training_set(workshop: Workshop, *names: str) -> TrainingSet:
    """Two of the three dots of each image, as people labelled them."""
    spines = [
        LabelledBox(Box.around(x + 0.5, y + 0.5, 6, 6), label=label)
        for (x, y), label in zip(SPINES_XY, ("mushroom", "thin"), strict=False)
    ]
    images = []
    for i, name in enumerate(names):
        path = workshop.image(name)
        # Files that differ, as images do.
        with path.open("ab") as file:
            file.write(name.encode())
        images.append(
            TrainingImage(
                path, file_sha256(path), stack=False, pixel_size=PixelSize(0.1, 0.1, None, "user"),
                positives=tuple(spines), group=f"{name} {i}",
            )
        )  # fmt: skip
    return TrainingSet(tuple(images))


def train_job(
    workshop: Workshop,
    base: str,
    *,
    validation: TrainingSet | None = None,
    training: TrainingSet | None = None,
    **changes: Any,
) -> Path:
    """Seal a job that trains on two images unless given others."""
    folder = workshop.new_folder()
    training = training or training_set(workshop, f"{folder.name}-a.tif", f"{folder.name}-b.tif")
    write_training_set(training, folder, workshop.folder)
    if validation is not None:
        write_training_set(validation, folder, workshop.folder, name="val.json")
    payload = TrainPayload(
        training_set="training_set.json",
        validation="val.json" if validation else None,
        images_root=str(workshop.folder),
        roles=changes.pop("roles", ("detector", "classifier")),
        base=base,
        name="mine",
        **changes,
    )
    seal(folder, JobSpec(folder.name, JobKind.TRAIN, payload.to_json()))
    return folder
