"""A training set as values: what people decided, for one job, and what it may not contain."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from spinegui.domain.geometry import overlap_matrix
from spinegui.domain.labels import SPINE_CLASSES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from spinegui.domain.annotation import ReviewedRegion
    from spinegui.domain.detection import Vote
    from spinegui.domain.geometry import Box, Point3
    from spinegui.domain.image_ref import PixelSize

ON_A_SPINE = 0.5
"""A rejected box of which this share lies in a spine's box is about that spine."""
TRAINING_SET = "training_set.json"
VALIDATION_SET = "validation_set.json"


class TrainingSetError(Exception):
    """A training set cannot be made or used; the text says what happened and what to do."""


@dataclass(frozen=True, slots=True)
class LabelledBox:
    """A spine that a person kept. `label` is None where nobody could tell or said its class.

    `is_persons_label` is False for a model's label on a detection that a person accepted.
    """

    box: Box
    z: float | None = None
    z_range: tuple[int, int] | None = None
    label: str | None = None
    head: Point3 | None = None
    base: Point3 | None = None
    votes: tuple[Vote, ...] = ()
    is_persons_label: bool = True


@dataclass(frozen=True, slots=True)
class RejectedBox:
    """A model's detection that a person rejected: a negative, unless it lies on a spine."""

    box: Box
    z: float | None = None
    z_range: tuple[int, int] | None = None


def off_spines(
    rejected: Sequence[RejectedBox], spines: Sequence[LabelledBox]
) -> tuple[RejectedBox, ...]:
    """Return those that teach what is no spine.

    A box on a spine that was kept was rejected as a box, not as a spine: as the second one on it,
    as a part of it that merging left, or because a person drew a better one.
    """
    if not rejected or not spines:
        return tuple(rejected)
    a = np.array([r.box.as_xyxy() for r in rejected], np.float64)
    b = np.array([s.box.as_xyxy() for s in spines], np.float64)
    areas = np.array([r.box.area for r in rejected])[:, None]
    touches = overlap_matrix(a, b) >= ON_A_SPINE * areas
    on_a_spine = {i for i, j in np.argwhere(touches).tolist() if _meet_in_z(rejected[i], spines[j])}
    return tuple(r for i, r in enumerate(rejected) if i not in on_a_spine)


def _meet_in_z(a: RejectedBox, b: LabelledBox) -> bool:
    if a.z_range is None or b.z_range is None:
        return True
    return a.z_range[0] <= b.z_range[1] and b.z_range[0] <= a.z_range[1]


@dataclass(frozen=True, slots=True)
class TrainingImage:
    """One image of a training set.

    `stack` says that `file` holds slices, `channel` which of its channels people looked at;
    `reviewed_regions` None means that all of it was
    reviewed, an empty tuple that nothing was but the listed boxes. `roi_mask` is a 2D image that is
    zero where nobody annotated. Images of one `group` show the same thing.
    """

    file: Path
    sha256: str
    stack: bool
    pixel_size: PixelSize | None
    positives: tuple[LabelledBox, ...] = ()
    negatives: tuple[RejectedBox, ...] = ()
    reviewed_regions: tuple[ReviewedRegion, ...] | None = None
    roi_mask: Path | None = None
    group: str = ""
    channel: int = 0

    @property
    def names(self) -> frozenset[str]:
        """What it goes by: images that share one of these must not be parted by a split."""
        return frozenset((self.sha256, self.group)) - {""}

    @property
    def is_measurable(self) -> bool:
        """Tell whether a model can be measured on it: where nobody looked, none misses a spine."""
        return self.reviewed_regions != ()

    def covers(self, x: float, y: float, z: float | None = None) -> bool:
        """Tell whether a person looked at that point; `roi_mask` is the caller's to read."""
        regions = self.reviewed_regions
        return regions is None or any(region.contains(x, y, z) for region in regions)


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """Images to train on. Raises TrainingSetError where one of them is held out.

    `held_out` names what measures models: SHA-256 of images and names of groups.
    """

    images: tuple[TrainingImage, ...]
    held_out: frozenset[str] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        for image in self.images:
            if image.sha256 in self.held_out or image.group in self.held_out:
                raise TrainingSetError(
                    f"{image.file.name} is held out for measuring models and cannot be trained on. "
                    "Take it out of the training set."
                )

    @property
    def label_ids(self) -> tuple[str, ...]:
        """The labels that occur: the usual ones in their order, then others by name."""
        found = {p.label for image in self.images for p in image.positives if p.label}
        usual = [label for label in SPINE_CLASSES.ids if label in found]
        return (*usual, *sorted(found - set(usual)))

    @property
    def n_positives(self) -> int:
        return sum(len(image.positives) for image in self.images)

    @property
    def n_negatives(self) -> int:
        return sum(len(image.negatives) for image in self.images)

    def identities(self) -> frozenset[str]:
        """Return what another training set must not contain once this one measures models."""
        return frozenset(name for image in self.images for name in (image.sha256, image.group))


def check_apart(training: TrainingSet, validation: TrainingSet) -> None:
    """Raise TrainingSetError where a validation image, or its group, is trained on too."""
    held_out = validation.identities()
    for image in training.images:
        if image.sha256 in held_out or image.group in held_out:
            raise TrainingSetError(
                f"{image.file.name} is in the training set, and it or another image of its group "
                "is in the validation set. Leave it in one of the two."
            )
