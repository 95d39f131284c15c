"""A project's content as a COCO dataset."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from spinegui.domain.consensus import NO_CONSENSUS, consensus
from spinegui.domain.labels import UNSURE
from spinegui.storage.exchange.coco import write_coco
from spinegui.storage.exchange.coco_reading import dataset_from_json
from spinegui.storage.exchange.coco_values import (
    CHANNEL,
    DETECTION_ONLY,
    NO_SPINES,
    OWN,
    CocoAnnotation,
    CocoCategory,
    CocoDataset,
    CocoImage,
    Review,
    label_of,
)
from spinegui.storage.exchange.content import file_names
from spinegui.storage.strict_json import StrictJsonError, parse_strict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from spinegui.domain.consensus import Quorum
    from spinegui.domain.detection import Detection
    from spinegui.domain.image_ref import ImageRef
    from spinegui.storage.exchange.coco_values import Id
    from spinegui.storage.exchange.content import Carried, Content

IMPORTED = "spinegui_imported"
"""In `Detection.extra`: the id and the box that the other fields there were written for."""
_OF_THE_BOX = ("area", "segmentation", "bbox_source", "rle")


def export_coco(content: Content, path: Path, *, overwrite: bool = False) -> None:
    """Write a project's content as one COCO file; raises FileExistsError, OSError."""
    write_coco(to_dataset(content)[0], path, overwrite=overwrite)


def to_dataset(content: Content) -> tuple[CocoDataset, str]:
    """Return a project's content as a dataset and the folder that its file names lie below.

    What other programs wrote into an imported file comes back out; an area or outline that was
    written for a box which people moved since is left out.
    """
    carried = _read_carried(content.carried)
    root, names = file_names(content)
    is_carried_root = root == content.carried.root
    images, image_ids = [], _Ids({k: v.id for k, v in carried.items()})
    for image in content.images:
        known = carried.get(image.id)
        base = known if known is not None and is_carried_root else None
        images.append(_image(content, image, image_ids.take(image.id), names[image.id], base))
    categories = _categories(content)
    by_label = {category.label: category.id for category in reversed(categories)}
    annotations: list[CocoAnnotation] = []
    ids = _Ids(_imported_ids(content))
    for image, entry in zip(content.images, images, strict=True):
        annotations += [
            _annotation(content, d, ids.take(d.id), entry.id, by_label[label_of(d.label)])
            for d in content.detections(image)
        ]
    own = {**content.manifest(), "images_root": root}
    top = content.carried.top
    return CocoDataset(tuple(images), tuple(annotations), categories, own, top), root


class _Ids:
    """Gives each key the id it came with while nobody else has it, else the next free number."""

    def __init__(self, wanted: Mapping[str, Id]) -> None:
        self._wanted = wanted
        self._taken: set[Id] = set()
        self._next = 1 + max((i for i in wanted.values() if isinstance(i, int)), default=0)

    def take(self, key: str) -> Id:
        wanted = self._wanted.get(key)
        if wanted is None or wanted in self._taken:
            wanted = self._next
            self._next += 1
        self._taken.add(wanted)
        return wanted


def _read_carried(carried: Carried) -> dict[str, CocoImage]:
    entries = {"images": list(carried.images.values()), "annotations": [], "categories": []}
    try:
        # Two imports may have used one image id: read them one by one.
        images = [
            dataset_from_json({**entries, "images": [entry]}).images[0]
            for entry in entries["images"]
        ]
    except StrictJsonError:
        return {}
    return dict(zip(carried.images, images, strict=True))


def _image(
    content: Content, image: ImageRef, entry_id: Id, name: str, known: CocoImage | None
) -> CocoImage:
    annotation = content.annotation(image)
    size = content.pixel_size(image)
    own: dict[str, object] = {"image_id": image.id, "sha256": image.sha256}
    if size is not None:
        own["pixel_size_source"] = size.source
        if size.is_anisotropic_xy:
            own["pixel_y_um"] = size.y_um
    if annotation.channel:
        own[CHANNEL] = annotation.channel
    if annotation.has_no_spines:
        own[NO_SPINES] = True
    # An imported stack stands beside the projection that its boxes were drawn on.
    is_imported_stack = known is not None and name == known.stack
    stack = name if image.is_stack or is_imported_stack else None
    file_name = known.file_name if known is not None and is_imported_stack else name
    return CocoImage(
        id=entry_id,
        file_name=file_name,
        width=image.width,
        height=image.height,
        stack=stack,
        roi_mask=known.roi_mask if known else None,
        pixel_um=size.x_um if size else None,
        z_step_um=size.z_um if size else None,
        reviewed_regions=None if annotation.is_reviewed else tuple(annotation.regions.values()),
        own=own,
        extra=known.extra if known else {},
    )


def _categories(content: Content) -> tuple[CocoCategory, ...]:
    """Return the imported categories, then the project's classes, then other labels in use."""
    labels = {label_of(d.label) for image in content.images for d in content.detections(image)}
    wanted = [DETECTION_ONLY] if None in labels else []
    wanted += [*content.label_set.ids, *([UNSURE.id] if UNSURE.id in labels else [])]
    wanted += sorted(label for label in labels if label is not None)
    found = list(_carried_categories(content.carried.categories))
    next_id = 1 + max((c.id for c in found if isinstance(c.id, int)), default=0)
    taken = {category.label for category in found}
    for name in wanted:
        fresh = CocoCategory(next_id, name)
        if fresh.label not in taken:
            found.append(fresh)
            taken.add(fresh.label)
            next_id += 1
    return tuple(found)


def _carried_categories(entries: Iterable[Mapping[str, object]]) -> Iterable[CocoCategory]:
    seen: set[Id] = set()
    for entry in entries:
        extra = {key: value for key, value in entry.items() if key not in ("id", "name")}
        entry_id = entry["id"]
        assert isinstance(entry_id, int | str)
        if entry_id not in seen:
            seen.add(entry_id)
            yield CocoCategory(entry_id, str(entry["name"]), extra)


def _imported_ids(content: Content) -> dict[str, Id]:
    ids: dict[str, Id] = {}
    for image in content.images:
        for d in content.detections(image):
            found = _imported(extra_of(d)).get("id")
            if isinstance(found, int | str):
                ids[d.id] = found
    return ids


def extra_of(detection: Detection) -> dict[str, object]:
    """Return the foreign fields of a detection as a JSON object."""
    value = parse_strict(detection.extra) if detection.extra else {}
    return dict(value) if isinstance(value, dict) else {}


def _imported(extra: Mapping[str, object]) -> Mapping[str, object]:
    value = extra.get(IMPORTED)
    return value if isinstance(value, dict) else {}


def _annotation(
    content: Content, d: Detection, entry_id: Id, image_id: Id, category_id: Id
) -> CocoAnnotation:
    extra = extra_of(d)
    drawn_for = _imported(extra).get("bbox")
    extra.pop(IMPORTED, None)
    if drawn_for != list(d.box.as_xyxy()):
        extra = {key: value for key, value in extra.items() if key not in _OF_THE_BOX}
    extra = {"area": round(d.box.area, 6), "iscrowd": 0, **extra}
    return CocoAnnotation(
        id=entry_id,
        image_id=image_id,
        category_id=category_id,
        box=d.box,
        z=d.z,
        z_range=d.z_range,
        head=d.head,
        base=d.base,
        review=review_of(d, content.quorum),
        extra=extra,
    )


def review_of(d: Detection, quorum: Quorum | None = None) -> Review:
    """Return what only this program knows about a detection; its consensus where asked for."""
    said = ""
    if quorum is not None and d.votes:
        said = consensus(d, quorum).label or NO_CONSENSUS
    return Review(
        d.id, d.origin, d.state, d.score, d.class_scores, d.votes, d.model, d.proposed_box, said
    )


def imported_extra(annotation: CocoAnnotation) -> str:
    """Return what `Detection.extra` keeps of an imported annotation, as JSON text."""
    mark = {"id": annotation.id, "bbox": list(annotation.box.as_xyxy())}
    return json.dumps({**annotation.extra, IMPORTED: mark}, sort_keys=True, allow_nan=False)


def raw_image(image: CocoImage) -> dict[str, object]:
    """Return the part of an image entry that a project has no place for."""
    entry = {**image.extra, "id": image.id, "file_name": image.file_name}
    if image.stack:
        entry["stack"] = image.stack
    if image.roi_mask:
        entry["roi_mask"] = image.roi_mask
    return {key: value for key, value in entry.items() if key != OWN}
