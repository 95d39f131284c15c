"""A COCO dataset into a project: the images to add and one undoable edit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from spinegui.domain.annotation import Annotation, ImageChannel, ImageState
from spinegui.domain.detection import Detection, Origin, ReviewState, Vote
from spinegui.domain.edits import Change, Edit
from spinegui.domain.image_ref import Calibration, ImageRef
from spinegui.domain.labels import SPINE_CLASSES, UNSURE
from spinegui.storage.exchange.coco import CocoError, read_coco, resolve_below
from spinegui.storage.exchange.coco_export import imported_extra, raw_image
from spinegui.storage.exchange.coco_values import NO_SPINES
from spinegui.storage.exchange.content import Carried

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from spinegui.domain.labels import LabelSet
    from spinegui.storage.exchange.coco_values import CocoAnnotation, CocoDataset, CocoImage

_MAX_ID_LENGTH = 64


@dataclass(frozen=True, slots=True)
class ImportTarget:
    """The project that a dataset is brought into.

    `image_ref` reads one image file, given its path and the id to use (imaging.opening.image_ref);
    `at` is the time in ISO 8601 UTC; `new_id` gives a fresh identifier at each call.
    """

    images: tuple[ImageRef, ...]
    annotations: Mapping[str, Annotation]
    image_ref: Callable[[Path, str], ImageRef]
    new_id: Callable[[], str]
    at: str
    label_set: LabelSet = SPINE_CLASSES


@dataclass(frozen=True, slots=True)
class CocoImport:
    """What an import would do: nothing is changed until images are added and the edit applied.

    `skipped` counts annotations that the project had already; `carried` belongs into the project's
    settings, merged with what it carries already.
    """

    images: tuple[ImageRef, ...]
    edit: Edit
    label_set: LabelSet
    carried: Carried
    n_detections: int
    skipped: int


def import_coco(path: Path, images_root: Path, target: ImportTarget) -> CocoImport:
    """Read a COCO file and the images it names, and return what would bring them in.

    Annotations become detections of people, each with a vote whose rater is the file's name; what
    this program exported itself comes back as it was. An image that says nothing of reviewed
    regions counts as reviewed. Raises CocoError, and what `image_ref` raises for an image that it
    cannot read.
    """
    dataset = read_coco(path)
    job = _Import(path, images_root, target, dataset)
    for image in dataset.images:
        job.take(image)
    return job.result()


class _Import:
    """One import under way; discarded after `result`."""

    def __init__(self, path: Path, root: Path, target: ImportTarget, dataset: CocoDataset) -> None:
        self._path, self._root, self._target, self._dataset = path, root, target, dataset
        self._labels = dataset.labels()
        self._annotations = dataset.by_image()
        self._known = {image.sha256: image for image in target.images}
        self._used_ids = {
            item_id for a in target.annotations.values() for item_id in (*a.detections, *a.regions)
        }
        self._new: list[ImageRef] = []
        self._changes: list[Change] = []
        self._reviewed: set[str] = set()
        self._carried: dict[str, Mapping[str, object]] = {}
        self._skipped = 0

    def take(self, image: CocoImage) -> None:
        ref = self._find(image)
        self._carried[ref.id] = raw_image(image)
        current = self._target.annotations.get(ref.id) or Annotation(ref.id)
        present = {_place(d) for d in current.visible()}
        for annotation in self._annotations[image.id]:
            detection = self._detection(annotation, ref)
            if _place(detection) in present:
                self._skipped += 1
                continue
            present.add(_place(detection))
            self._changes.append(Change(None, detection))
        self._take_review(image, ref, current)
        self._take_pixel_size(image, ref, current)
        self._take_channel(image, ref, current)

    def _find(self, image: CocoImage) -> ImageRef:
        path = resolve_below(self._root, image.pixels)
        ref = self._target.image_ref(path, self._target.new_id())
        if ref.sha256 not in self._known:
            self._known[ref.sha256] = ref
            self._new.append(ref)
        if (image.width or ref.width, image.height or ref.height) != (ref.width, ref.height):
            raise CocoError(
                f"{image.pixels} has {ref.width} × {ref.height} px, but {self._path.name} says "
                f"{image.width} × {image.height}. Choose the folder with the images it was made "
                "for."
            )
        return self._known[ref.sha256]

    def _detection(self, annotation: CocoAnnotation, ref: ImageRef) -> Detection:
        review = annotation.review
        label = self._labels[annotation.category_id]
        votes = (Vote(self._path.name, label, self._target.at),) if label else ()
        return Detection(
            id=self._id(review.id if review else ""),
            image_id=ref.id,
            box=annotation.box,
            z=annotation.z,
            z_range=annotation.z_range,
            head=annotation.head,
            base=annotation.base,
            origin=review.origin if review else Origin.USER,
            state=review.state if review else ReviewState.ACCEPTED,
            score=review.score if review else None,
            class_scores=review.class_scores if review else (),
            votes=review.votes if review else votes,
            model=review.model if review else None,
            proposed_box=review.proposed_box if review else None,
            extra=imported_extra(annotation),
        )

    def _id(self, wanted: str) -> str:
        is_usable = wanted and len(wanted) <= _MAX_ID_LENGTH and wanted not in self._used_ids
        found = wanted if is_usable else self._target.new_id()
        self._used_ids.add(found)
        return found

    def _take_review(self, image: CocoImage, ref: ImageRef, current: Annotation) -> None:
        if image.reviewed_regions is not None:
            seen = {(r.box, r.z_range) for r in current.regions.values()}
            self._changes += [
                Change(None, replace(region, id=self._id(""), image_id=ref.id))
                for region in image.reviewed_regions
                if (region.box, region.z_range) not in seen
            ]
            return
        # A mask says that only a part was annotated, and proposals that are there already were
        # not looked at: marking the image reviewed would turn both into background.
        undecided = any(not d.is_decided for d in current.detections.values())
        if image.roi_mask or undecided or current.is_reviewed or ref.id in self._reviewed:
            return
        self._reviewed.add(ref.id)
        has_none = image.own.get(NO_SPINES) is True
        state = ImageState(ref.id, is_reviewed=True, has_no_spines=has_none)
        self._changes.append(Change(current.state, state))

    def _take_pixel_size(self, image: CocoImage, ref: ImageRef, current: Annotation) -> None:
        size = image.pixel_size
        is_new = size is not None and ref.pixel_size is None and current.calibration is None
        is_first = not any(
            isinstance(c.after, Calibration) and c.after.image_id == ref.id for c in self._changes
        )
        if size is not None and is_new and is_first:
            self._changes.append(Change(None, Calibration(ref.id, size)))

    def _take_channel(self, image: CocoImage, ref: ImageRef, current: Annotation) -> None:
        is_first = not any(
            isinstance(c.after, ImageChannel) and c.after.image_id == ref.id for c in self._changes
        )
        is_undecided = current.image_channel is None and not current.detections
        if 0 < image.channel < ref.n_channels and is_undecided and is_first:
            self._changes.append(Change(None, ImageChannel(ref.id, image.channel)))

    def result(self) -> CocoImport:
        label_set = self._target.label_set
        for label in self._labels.values():
            if label is not None and label != UNSURE.id:
                label_set = label_set.with_class(label)
        categories = tuple(
            {**c.extra, "id": c.id, "name": c.name} for c in self._dataset.categories
        )
        return CocoImport(
            images=tuple(self._new),
            edit=Edit(f"Import {self._path.name}", tuple(self._changes)),
            label_set=label_set,
            carried=Carried(
                str(self._root.resolve()), self._dataset.extra, categories, self._carried
            ),
            n_detections=sum(isinstance(c.after, Detection) for c in self._changes),
            skipped=self._skipped,
        )


def _place(d: Detection) -> tuple[float | str | None, ...]:
    """Return what two copies of one annotation share: where it is, and what it is called."""
    return (*(round(v, 6) for v in d.box.as_xyxy()), d.z, d.label)
