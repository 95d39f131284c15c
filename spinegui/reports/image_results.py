"""Each image's annotated spines and detections: what counts, and which found which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from spinegui.domain.detection import ReviewState
from spinegui.domain.labels import UNSURE
from spinegui.domain.matching import MatchBy, MatchRule, Spines, counted, match
from spinegui.domain.metrics import SCORE_CUT
from spinegui.domain.predictions import Predictions
from spinegui.imaging.opening import open_image
from spinegui.storage.exchange.coco import CocoError, resolve_below

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from spinegui.storage.exchange.coco import CocoAnnotation, CocoDataset, CocoImage
    from spinegui.storage.exchange.coco_values import Id


@dataclass(frozen=True, eq=False)
class ImageResult:
    """One image: the spines and detections that count, and which found which.

    `labels` and `annotation_ids` are parallel to `truth`; `matched` (n,) int64 gives for each of
    the n predictions the index of the spine it found, or -1.
    """

    image: CocoImage
    truth: Spines
    labels: tuple[str | None, ...]
    annotation_ids: tuple[Id, ...]
    predictions: Predictions
    matched: NDArray[np.int64]

    @property
    def is_kept(self) -> NDArray[np.bool_]:
        """Tell (n,) which predictions are at or above the cut."""
        return np.asarray(self.predictions.scores >= SCORE_CUT, np.bool_)

    @property
    def missed(self) -> list[int]:
        """The spines that no detection at or above the cut found."""
        found = set(self.matched[self.is_kept].tolist())
        return [j for j in range(len(self.truth)) if j not in found]

    @property
    def n_errors(self) -> int:
        """False detections and missed spines at the cut."""
        return int((self.is_kept & (self.matched < 0)).sum()) + len(self.missed)


def image_results(
    dataset: CocoDataset,
    images_root: Path,
    predictions: Mapping[int, Predictions] | None,
    match_by: MatchBy,
) -> tuple[ImageResult, ...]:
    """Match the predictions on each image with its annotations; errors as in `evaluate`."""
    annotations, labels = dataset.by_image(), dataset.labels()
    return tuple(
        _image_result(
            image,
            [(a, labels[a.category_id]) for a in annotations[image.id]],
            predictions[i] if predictions is not None else Predictions.empty(""),
            images_root,
            match_by,
        )
        for i, image in enumerate(dataset.images)
    )


def _image_result(
    image: CocoImage,
    annotations: Sequence[tuple[CocoAnnotation, str | None]],
    predictions: Predictions,
    root: Path,
    match_by: MatchBy,
) -> ImageResult:
    accepted = [(a, label) for a, label in annotations if a.state is ReviewState.ACCEPTED]
    truth = _spines([a for a, _ in accepted])
    mask = _mask(image, root)
    is_truth = counted(truth.points, regions=image.reviewed_regions, mask=mask)
    found = Spines.build(predictions.boxes, predictions.z)
    is_found = counted(found.points, regions=image.reviewed_regions, mask=mask)
    truth, found, predictions = (
        truth.take(is_truth),
        found.take(is_found),
        predictions.take(is_found),
    )
    rule = MatchRule(match_by, _pixel_um(image, truth, root))
    kept = [pair for pair, is_in in zip(accepted, is_truth, strict=True) if is_in]
    return ImageResult(
        image=image,
        truth=truth,
        labels=tuple(None if label == UNSURE.id else label for _, label in kept),
        annotation_ids=tuple(a.id for a, _ in kept),
        predictions=predictions,
        matched=match(found, predictions.scores, truth, rule),
    )


def _spines(annotations: Sequence[CocoAnnotation]) -> Spines:
    nowhere = (np.nan, np.nan, np.nan)
    return Spines.build(
        np.array([a.box.as_xyxy() for a in annotations], np.float64).reshape(-1, 4),
        np.array([np.nan if a.z is None else a.z for a in annotations], np.float64),
        np.array([a.head or nowhere for a in annotations], np.float64).reshape(-1, 3),
    )


def _mask(image: CocoImage, root: Path) -> NDArray[np.generic] | None:
    if image.roi_mask is None:
        return None
    with open_image(resolve_below(root, image.roi_mask)) as source:
        size = (source.width, source.height)
        if size != (image.width or source.width, image.height or source.height):
            raise CocoError(
                f"The mask {image.roi_mask} has {source.width} × {source.height} px, its image "
                f"{image.width} × {image.height}. Name the mask that was drawn on this image."
            )
        return np.array(source.plane())


def _pixel_um(image: CocoImage, truth: Spines, root: Path) -> tuple[float, float] | None:
    """Return the pixel size that heads are measured by: the dataset's, else the image's own."""
    size = image.pixel_size
    if size is None and truth.has_head.any():
        with open_image(resolve_below(root, image.pixels)) as source:
            size = source.pixel_size
    return (size.x_um, size.y_um) if size is not None else None
