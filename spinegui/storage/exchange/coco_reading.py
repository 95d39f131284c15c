"""From a COCO file's JSON to values, checking everything that later steps rely on."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

from spinegui.domain.annotation import ReviewedRegion
from spinegui.domain.detection import How, Origin, ReviewState, Vote
from spinegui.domain.geometry import Box, Point3
from spinegui.domain.image_ref import PixelSize
from spinegui.storage.exchange.coco_values import (
    CHANNEL,
    OWN,
    UNAIDED,
    CocoAnnotation,
    CocoCategory,
    CocoDataset,
    CocoImage,
    Review,
)
from spinegui.storage.strict_json import Fields, StrictJsonError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from spinegui.storage.exchange.coco_values import Id

_TOP = frozenset({"images", "annotations", "categories", OWN})
_IMAGE = frozenset(
    {
        "id", "file_name", "width", "height", "stack", "roi_mask", "pixel_um", "z_step_um",
        "reviewed_regions", OWN,
    }
)  # fmt: skip
_ANNOTATION = frozenset(
    {"id", "image_id", "category_id", "bbox", "z", "z_range", "head_est", "base_est", OWN}
)
_CATEGORY = frozenset({"id", "name"})


def dataset_from_json(value: object, *, any_path: bool = False) -> CocoDataset:
    """Return the checked dataset; raises StrictJsonError naming the entry and the field.

    Refused: identifiers used twice, unknown images and categories, boxes without area or wholly
    outside their image, and, unless `any_path`, file names that lead out of the image folder.
    """
    top = Fields.of(value, "The file")
    images = tuple(
        _image(_entry(item, "Image", i), any_path=any_path)
        for i, item in enumerate(top.items("images"))
    )
    categories = tuple(
        _category(_entry(item, "Category", i)) for i, item in enumerate(top.items("categories"))
    )
    annotations = tuple(
        _annotation(_entry(item, "Annotation", i))
        for i, item in enumerate(top.items("annotations"))
    )
    _check_unique("image", (image.id for image in images))
    _check_unique("category", (category.id for category in categories))
    _check_unique("annotation", (annotation.id for annotation in annotations))
    own = dict(Fields.of(top.values[OWN], "The manifest").values) if top.has(OWN) else {}
    dataset = CocoDataset(images, annotations, categories, own, top.rest(_TOP))
    _check_references(dataset)
    return dataset


def check_inside(name: str) -> str:
    """Return a file name that stays below its folder; raises StrictJsonError for any other.

    Checked by the rules of both systems, whichever we run on: the file may have come from either.
    """
    windows, posix = PureWindowsPath(name), PurePosixPath(name)
    if windows.drive or windows.root or posix.is_absolute() or ".." in windows.parts:
        raise StrictJsonError(f"The file name “{name}” leads out of the image folder.")
    if "\0" in name or not windows.parts:
        raise StrictJsonError(f"“{name}” is not a file name.")
    return name


def _entry(item: object, kind: str, i: int) -> Fields:
    fields = Fields.of(item, f"{kind} no. {i + 1}")
    return Fields(f"{kind} {fields.ident('id')}", fields.values)


def _image(f: Fields, *, any_path: bool) -> CocoImage:
    names = [f.text(key) if f.has(key) else None for key in ("file_name", "stack", "roi_mask")]
    for name in names:
        if name is not None and not any_path:
            check_inside(name)
    image = CocoImage(
        id=f.ident("id"),
        file_name=f.text("file_name"),
        width=_size(f, "width"),
        height=_size(f, "height"),
        stack=names[1],
        roi_mask=names[2],
        pixel_um=f.number("pixel_um") if f.has("pixel_um") else None,
        z_step_um=f.number("z_step_um") if f.has("z_step_um") else None,
        reviewed_regions=_regions(f) if f.has("reviewed_regions") else None,
        own=dict(Fields.of(f.values[OWN], f.where).values) if f.has(OWN) else {},
        extra=f.rest(_IMAGE),
    )
    _check_pixel_size(f, image)
    _check_channel(f, image)
    return image


def _size(f: Fields, key: str) -> int | None:
    if not f.has(key):
        return None
    value = f.whole(key)
    if value <= 0:
        f.fail(key, "a positive number of pixels")
    return value


def _check_pixel_size(f: Fields, image: CocoImage) -> None:
    own = Fields(f.where, image.own)
    if own.has("pixel_y_um"):
        own.number("pixel_y_um")
    try:
        # A z step alone is checked as one, too.
        if image.pixel_size is None and image.z_step_um is not None:
            PixelSize(1.0, 1.0, image.z_step_um, "")
    except ValueError as err:
        raise StrictJsonError(f"{f.where}: {err}") from err


def _check_channel(f: Fields, image: CocoImage) -> None:
    own = Fields(f.where, image.own)
    value = image.own.get(CHANNEL, 0)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        own.fail(CHANNEL, "a channel, counted from 0")


def _regions(f: Fields) -> tuple[ReviewedRegion, ...]:
    regions = []
    for i, item in enumerate(f.items("reviewed_regions")):
        values = {"bbox": item} if isinstance(item, list) else item
        region = Fields.of(values, f"{f.where}, reviewed region no. {i + 1}")
        regions.append(
            ReviewedRegion(
                id=region.text("id") if region.has("id") else str(i),
                image_id=str(f.ident("id")),
                box=_box(region, "bbox"),
                z_range=region.slices("z_range") if region.has("z_range") else None,
                is_unaided=region.values.get(UNAIDED) is True,
            )
        )
    return tuple(regions)


def _annotation(f: Fields) -> CocoAnnotation:
    return CocoAnnotation(
        id=f.ident("id"),
        image_id=f.ident("image_id"),
        category_id=f.ident("category_id"),
        box=_box(f, "bbox"),
        z=f.number("z") if f.has("z") else None,
        z_range=f.slices("z_range") if f.has("z_range") else None,
        head=Point3(*f.numbers("head_est", 3)) if f.has("head_est") else None,
        base=Point3(*f.numbers("base_est", 3)) if f.has("base_est") else None,
        review=_review(Fields.of(f.values[OWN], f.where)) if f.has(OWN) else None,
        extra=f.rest(_ANNOTATION),
    )


def _box(f: Fields, key: str) -> Box:
    try:
        return Box.from_xywh(*f.numbers(key, 4))
    except ValueError as err:
        if isinstance(err, StrictJsonError):
            raise
        raise StrictJsonError(f'{f.where}: "{key}" has no area.') from err


def _review(f: Fields) -> Review:
    try:
        origin, state = Origin(f.text("origin")), ReviewState(f.text("state"))
    except ValueError as err:
        raise StrictJsonError(f"{f.where}: its review state is not one we know.") from err
    scores = Fields.of(f.values["class_scores"], f.where) if f.has("class_scores") else None
    votes = [Fields.of(v, f"{f.where}, vote") for v in f.items("votes")] if f.has("votes") else []
    return Review(
        id=f.text("id") if f.has("id") else "",
        origin=origin,
        state=state,
        score=f.number("score") if f.has("score") else None,
        class_scores=tuple((k, scores.number(k)) for k in scores.values) if scores else (),
        votes=tuple(map(_vote, votes)),
        model=f.text("model") if f.has("model") else None,
        proposed_box=_box(f, "proposed_bbox") if f.has("proposed_bbox") else None,
    )


def _vote(f: Fields) -> Vote:
    try:
        how = How(f.text("how")) if f.has("how") else How.HAND
    except ValueError as err:
        raise StrictJsonError(f"{f.where}: how it was given is not a way we know.") from err
    session = f.text("blind_session") if f.has("blind_session") else ""
    return Vote(f.text("rater"), f.text("label"), f.text("at"), how, session)


def _category(f: Fields) -> CocoCategory:
    return CocoCategory(f.ident("id"), f.text("name"), f.rest(_CATEGORY))


def _check_unique(kind: str, ids: Iterable[Id]) -> None:
    seen: set[Id] = set()
    for entry_id in ids:
        if entry_id in seen:
            raise StrictJsonError(f"Two entries of kind {kind} have the id {entry_id}.")
        seen.add(entry_id)


def _check_references(dataset: CocoDataset) -> None:
    images = {image.id: image for image in dataset.images}
    categories = {category.id for category in dataset.categories}
    for a in dataset.annotations:
        if a.image_id not in images:
            raise StrictJsonError(f"Annotation {a.id} is on an unknown image, {a.image_id}.")
        if a.category_id not in categories:
            raise StrictJsonError(f"Annotation {a.id} has an unknown category, {a.category_id}.")
        image = images[a.image_id]
        if image.width and image.height and a.box.clipped(image.width, image.height) is None:
            raise StrictJsonError(f"Annotation {a.id} lies wholly outside its image.")
