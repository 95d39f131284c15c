"""A COCO dataset as values: images, annotations, categories, and whatever else the file held.

Beside COCO's own fields these are understood; all others travel on in `extra`:
image `stack`, `roi_mask`, `pixel_um`, `z_step_um`, `reviewed_regions`; annotation `z`, `z_range`,
`head_est`, `base_est`. What only this program knows stands in a field `spinegui` of its own, so
that no other program's field is ever overwritten.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from spinegui.domain.detection import Origin, ReviewState
from spinegui.domain.image_ref import PixelSize

if TYPE_CHECKING:
    from spinegui.domain.annotation import ReviewedRegion
    from spinegui.domain.detection import Vote
    from spinegui.domain.geometry import Box, Point3

Id: TypeAlias = int | str
Json: TypeAlias = Mapping[str, object]

OWN = "spinegui"
"""The field that holds what only this program knows."""
CHANNEL = "channel"
"""In `CocoImage.own`: the channel, from 0, that the spines were looked for in."""
NO_SPINES = "no_spines"
"""In `CocoImage.own`: true where a person went through the image and found none."""
UNAIDED = "unaided"
"""In a reviewed region: true where a person looked before seeing what a model had found."""
DETECTION_ONLY = "spine"
"""The category of spines whose class is not said."""


def label_of(name: str | None) -> str | None:
    """Return the label that a class by that name has, None for no name and for `spine`.

    Other programs and their models write "Mushroom" or "long thin".
    """
    label = "_".join((name or "").lower().split())
    return None if label in ("", DETECTION_ONLY) else label


@dataclass(frozen=True, slots=True)
class CocoImage:
    """One image entry. Paths are relative to the dataset's image folder, with forward slashes.

    `reviewed_regions` None means that the whole image counts as reviewed. `own` is what this
    program wrote about it (source of the pixel size, hash, group).
    """

    id: Id
    file_name: str
    width: int | None = None
    height: int | None = None
    stack: str | None = None
    roi_mask: str | None = None
    pixel_um: float | None = None
    z_step_um: float | None = None
    reviewed_regions: tuple[ReviewedRegion, ...] | None = None
    own: Json = field(default_factory=dict)
    extra: Json = field(default_factory=dict)

    @property
    def pixels(self) -> str:
        """The file to detect in: the stack where there is one."""
        return self.stack or self.file_name

    @property
    def channel(self) -> int:
        """The channel to detect in, the first where the file names none."""
        channel = self.own.get(CHANNEL, 0)
        assert isinstance(channel, int)
        return channel

    @property
    def pixel_size(self) -> PixelSize | None:
        """The voxel size the file gives, None where it gives none."""
        if self.pixel_um is None:
            return None
        y_um = self.own.get("pixel_y_um", self.pixel_um)
        source = str(self.own.get("pixel_size_source", "COCO file"))
        assert isinstance(y_um, int | float)
        return PixelSize(self.pixel_um, float(y_um), self.z_step_um, source)


@dataclass(frozen=True, slots=True)
class Review:
    """What this program knew about an annotation when it wrote it."""

    id: str = ""
    origin: Origin = Origin.USER
    state: ReviewState = ReviewState.ACCEPTED
    score: float | None = None
    class_scores: tuple[tuple[str, float], ...] = ()
    votes: tuple[Vote, ...] = ()
    model: str | None = None
    proposed_box: Box | None = None
    consensus: str = ""
    """What the raters came to when it was written; read again from the votes, never from here."""


@dataclass(frozen=True, slots=True)
class CocoAnnotation:
    """One annotation entry; the box may run over the image's edge. `review` None: not ours."""

    id: Id
    image_id: Id
    category_id: Id
    box: Box
    z: float | None = None
    z_range: tuple[int, int] | None = None
    head: Point3 | None = None
    base: Point3 | None = None
    review: Review | None = None
    extra: Json = field(default_factory=dict)

    @property
    def state(self) -> ReviewState:
        """What people decided; another program's annotations count as accepted."""
        return self.review.state if self.review else ReviewState.ACCEPTED


@dataclass(frozen=True, slots=True)
class CocoCategory:
    """One category entry."""

    id: Id
    name: str
    extra: Json = field(default_factory=dict)

    @property
    def label(self) -> str | None:
        """The label it stands for, None for `spine`, which counts for detection only."""
        return label_of(self.name)


@dataclass(frozen=True, slots=True)
class CocoDataset:
    """A whole file; `own` is our manifest where the file has one."""

    images: tuple[CocoImage, ...]
    annotations: tuple[CocoAnnotation, ...]
    categories: tuple[CocoCategory, ...]
    own: Json = field(default_factory=dict)
    extra: Json = field(default_factory=dict)

    def labels(self) -> dict[Id, str | None]:
        """Return the label of each category id."""
        return {category.id: category.label for category in self.categories}

    def by_image(self) -> dict[Id, list[CocoAnnotation]]:
        """Return the annotations of each image id, in file order."""
        found: dict[Id, list[CocoAnnotation]] = {image.id: [] for image in self.images}
        for annotation in self.annotations:
            found[annotation.image_id].append(annotation)
        return found
