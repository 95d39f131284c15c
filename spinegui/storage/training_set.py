"""Training sets from COCO files and projects, into job folders and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from spinegui.domain.detection import How, Origin, ReviewState
from spinegui.domain.labels import UNSURE
from spinegui.domain.split import Part
from spinegui.storage.exchange.coco import (
    CocoAnnotation,
    CocoCategory,
    CocoDataset,
    CocoError,
    CocoImage,
    Review,
    read_coco,
    resolve_below,
    write_coco,
)
from spinegui.storage.exchange.coco_values import CHANNEL, DETECTION_ONLY
from spinegui.storage.files import sha256_of
from spinegui.storage.training_values import (
    TRAINING_SET,
    VALIDATION_SET,
    LabelledBox,
    RejectedBox,
    TrainingImage,
    TrainingSet,
    TrainingSetError,
    check_apart,
    off_spines,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from spinegui.domain.annotation import Annotation
    from spinegui.domain.image_ref import ImageRef
    from spinegui.storage.exchange.content import Content

__all__ = [
    "TRAINING_SET",
    "VALIDATION_SET",
    "LabelledBox",
    "RejectedBox",
    "TrainingImage",
    "TrainingSet",
    "TrainingSetError",
    "check_apart",
    "from_coco",
    "from_project",
    "read_training_set",
    "write_training_set",
]

_FORMAT = 1
_GROUP_FIELDS = ("group", "animal", "series")


def from_coco(
    path: Path, images_root: Path, *, held_out: frozenset[str] = frozenset()
) -> TrainingSet:
    """Return the training set that a COCO file describes; every image is read once, to hash it.

    Images without `reviewed_regions` count as reviewed. Images share a group where they share a
    field `group`, `animal` or `series`. Raises CocoError, TrainingSetError.
    """
    dataset = read_coco(path)
    annotations, labels = dataset.by_image(), dataset.labels()
    images = []
    for image in dataset.images:
        file = resolve_below(images_root, image.pixels)
        mask = resolve_below(images_root, image.roi_mask) if image.roi_mask else None
        sha = _hash(file)
        images.append(
            _training_image(image, annotations[image.id], labels, files=(file, mask), sha=sha)
        )
    if not images:
        raise TrainingSetError(f"{path.name} lists no images. Choose another file.")
    return TrainingSet(tuple(images), held_out)


def from_project(
    content: Content,
    *,
    parts: Mapping[str, Part],
    part: Part = Part.TRAIN,
    groups: Mapping[str, str] | None = None,
) -> TrainingSet:
    """Return the reviewed part of a project's images that belong to `part`.

    What nobody looked at is left out: positives are accepted detections, negatives are proposals
    that a person rejected (`off_spines`), and images without any decision do not appear. `parts`
    is the project's stored split by image id; images of other parts are named as held out. Raises
    TrainingSetError where nothing was reviewed yet.
    """
    groups = groups or {}
    used = [image for image in content.images if parts.get(image.id) is part]
    reviewed = [image for image in used if content.annotation(image).has_decisions]
    if not reviewed:
        raise TrainingSetError(
            f"No image of the {part} part was reviewed yet. Review an image or a region first."
        )
    held_out: set[str] = set()
    if part is Part.TRAIN:
        for image in content.images:
            if parts.get(image.id, Part.TRAIN) is not Part.TRAIN:
                held_out |= {image.sha256, groups.get(image.id, image.sha256)}
    return TrainingSet(
        tuple(_project_image(content, i, groups.get(i.id, i.sha256)) for i in reviewed),
        frozenset(held_out),
    )


def _project_image(content: Content, image: ImageRef, group: str) -> TrainingImage:
    annotation = content.annotation(image)
    positives = tuple(_positives(annotation))
    rejected = [
        RejectedBox(d.box, d.z, d.z_range)
        for d in annotation.detections.values()
        if d.state is ReviewState.REJECTED and d.origin is Origin.MODEL
    ]
    return TrainingImage(
        file=Path(image.path),
        sha256=image.sha256,
        stack=image.is_stack,
        pixel_size=content.pixel_size(image),
        positives=positives,
        negatives=off_spines(rejected, positives),
        reviewed_regions=None if annotation.is_reviewed else tuple(annotation.regions.values()),
        group=group,
        channel=annotation.channel,
    )


def _positives(annotation: Annotation) -> Iterable[LabelledBox]:
    for d in annotation.detections.values():
        if d.state is ReviewState.ACCEPTED:
            label = None if d.label == UNSURE.id else d.label
            yield LabelledBox(
                d.box, d.z, d.z_range, label, d.head, d.base, d.votes,
                is_persons_label=d.is_labelled_by_hand,
            )  # fmt: skip


def write_training_set(
    training: TrainingSet, folder: Path, images_root: Path, *, name: str = TRAINING_SET
) -> Path:
    """Write a training set into a job folder as a COCO file and return its path.

    Images stay where they are: the file holds their paths, below `images_root` where they lie
    there, and their hashes. Raises OSError.
    """
    labels = (DETECTION_ONLY, *training.label_ids)
    categories = tuple(CocoCategory(i + 1, label) for i, label in enumerate(labels))
    ids = {label: i + 1 for i, label in enumerate(labels)}
    images = tuple(_coco_image(im, i, images_root) for i, im in enumerate(training.images))
    annotations: list[CocoAnnotation] = []
    for i, image in enumerate(training.images):
        annotations += _coco_annotations(image, i, ids, first=len(annotations))
    own = {"training_set": _FORMAT, "held_out": sorted(training.held_out)}
    path = folder / name
    write_coco(CocoDataset(images, tuple(annotations), categories, own), path)
    return path


def read_training_set(path: Path, images_root: Path, *, verify: bool = True) -> TrainingSet:
    """Read what `write_training_set` wrote; with `verify`, check every image against its hash.

    Raises TrainingSetError where the file is damaged, an image is gone or changed, or held out.
    """
    try:
        dataset = read_coco(path, any_path=True)
    except CocoError as err:
        raise TrainingSetError(str(err)) from err
    if "training_set" not in dataset.own:
        raise TrainingSetError(f"{path.name} is not a training set. Prepare the job again.")
    annotations, labels = dataset.by_image(), dataset.labels()
    images = []
    for image in dataset.images:
        file, sha = images_root / image.pixels, str(image.own.get("sha256", ""))
        if verify and _hash(file) != sha:
            raise TrainingSetError(
                f"{file.name} is not the image that was annotated: it changed since. Put the "
                "original back, or open the project and check it."
            )
        mask = images_root / image.roi_mask if image.roi_mask else None
        images.append(
            _training_image(image, annotations[image.id], labels, files=(file, mask), sha=sha)
        )
    held_out = dataset.own.get("held_out")
    names = held_out if isinstance(held_out, list) else []
    return TrainingSet(tuple(images), frozenset(str(n) for n in names))


def _hash(file: Path) -> str:
    try:
        return sha256_of(file)
    except OSError as err:
        raise TrainingSetError(
            f"{file} cannot be read ({err.strerror or err}). Bring the image back or relink it."
        ) from err


def _training_image(
    image: CocoImage,
    annotations: Sequence[CocoAnnotation],
    labels: Mapping[int | str, str | None],
    *,
    files: tuple[Path, Path | None],
    sha: str,
) -> TrainingImage:
    positives = tuple(
        _labelled(a, labels[a.category_id]) for a in annotations if a.state is ReviewState.ACCEPTED
    )
    rejected = [
        RejectedBox(a.box, a.z, a.z_range)
        for a in annotations
        if a.review is not None
        and a.review.origin is Origin.MODEL
        and a.state is ReviewState.REJECTED
    ]
    return TrainingImage(
        file=files[0],
        sha256=sha,
        stack=image.stack is not None,
        pixel_size=image.pixel_size,
        positives=positives,
        negatives=off_spines(rejected, positives),
        reviewed_regions=image.reviewed_regions,
        roi_mask=files[1],
        group=_group(image, sha),
        channel=image.channel,
    )


def _labelled(a: CocoAnnotation, label: str | None) -> LabelledBox:
    votes = a.review.votes if a.review else ()
    by_hand = any(vote.how is How.HAND for vote in votes)
    is_persons = a.review is None or by_hand or a.review.origin is Origin.USER
    known = None if label == UNSURE.id else label
    return LabelledBox(
        a.box, a.z, a.z_range, known, a.head, a.base, votes, is_persons_label=is_persons
    )


def _group(image: CocoImage, sha: str) -> str:
    named = image.own.get("group")
    if isinstance(named, str) and named:
        return named
    for field in _GROUP_FIELDS:
        value = image.extra.get(field)
        if isinstance(value, int | str) and value != "":
            return f"{field} {value}"
    return sha


def _coco_image(image: TrainingImage, image_id: int, root: Path) -> CocoImage:
    size = image.pixel_size
    own: dict[str, object] = {"sha256": image.sha256, "group": image.group, CHANNEL: image.channel}
    if size is not None:
        own |= {"pixel_size_source": size.source, "pixel_y_um": size.y_um}
    name = _name_below(image.file, root)
    return CocoImage(
        id=image_id,
        file_name=name,
        stack=name if image.stack else None,
        roi_mask=_name_below(image.roi_mask, root) if image.roi_mask else None,
        pixel_um=size.x_um if size else None,
        z_step_um=size.z_um if size else None,
        reviewed_regions=image.reviewed_regions,
        own=own,
    )


def _name_below(file: Path, root: Path) -> str:
    absolute = file.absolute()
    if absolute.is_relative_to(root.absolute()):
        return absolute.relative_to(root.absolute()).as_posix()
    return absolute.as_posix()


def _coco_annotations(
    image: TrainingImage, image_id: int, ids: Mapping[str, int], *, first: int
) -> list[CocoAnnotation]:
    entries: list[CocoAnnotation] = []
    for p in image.positives:
        origin = Origin.USER if p.is_persons_label else Origin.MODEL
        category = ids[p.label or DETECTION_ONLY]
        review = Review(origin=origin, votes=p.votes)
        entries.append(
            CocoAnnotation(
                first + len(entries), image_id, category, p.box, p.z, p.z_range, p.head, p.base,
                review,
            )
        )  # fmt: skip
    rejected = Review(origin=Origin.MODEL, state=ReviewState.REJECTED)
    for n in image.negatives:
        new, kind = first + len(entries), ids[DETECTION_ONLY]
        entries.append(CocoAnnotation(new, image_id, kind, n.box, n.z, n.z_range, review=rejected))
    return entries
