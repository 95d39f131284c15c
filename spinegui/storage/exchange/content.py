"""What of a project goes into an export, and the manifest that says where it came from."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import spinegui
from spinegui.domain.annotation import Annotation
from spinegui.domain.labels import SPINE_CLASSES
from spinegui.storage.strict_json import Fields, StrictJsonError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spinegui.domain.consensus import Quorum
    from spinegui.domain.detection import Detection
    from spinegui.domain.image_ref import ImageRef, PixelSize
    from spinegui.domain.labels import LabelSet

SCORE_CUT = 0.5
MANIFEST_FORMAT = 1
_BOX_CONVENTION = (
    "bbox = x, y, width, height in pixels of the image, x right, y down; (0, 0) is the top-left "
    "corner of the top-left pixel; boxes are half-open and may run over the image's edge; "
    "z and z_range are 0-based slices, z_range inclusive"
)


@dataclass(frozen=True, slots=True)
class Carried:
    """What imported files held that the project has no place for; it goes into the next export.

    `root` is the folder that the file names of `images` (by image id) are relative to. All values
    are JSON objects, so that a project can keep them as a setting.
    """

    root: str | None = None
    top: Mapping[str, object] = field(default_factory=dict)
    categories: tuple[Mapping[str, object], ...] = ()
    images: Mapping[str, Mapping[str, object]] = field(default_factory=dict)

    def merged(self, newer: Carried) -> Carried:
        """Return both; where they differ about the same thing, the newer one counts."""
        fresh = {str(category["name"]).lower() for category in newer.categories}
        kept = [c for c in self.categories if str(c["name"]).lower() not in fresh]
        one_root = not self.images or self.root == newer.root
        return Carried(
            root=newer.root if one_root else None,
            top={**self.top, **newer.top},
            categories=(*kept, *newer.categories),
            images={**self.images, **newer.images},
        )

    def to_json(self) -> dict[str, object]:
        """Return it as a JSON object."""
        return {
            "root": self.root,
            "top": dict(self.top),
            "categories": [dict(category) for category in self.categories],
            "images": {key: dict(image) for key, image in self.images.items()},
        }

    @classmethod
    def from_json(cls, value: object) -> Carried:
        """Return what `to_json` wrote; raises ValueError for anything else."""
        try:
            fields = Fields.of(value, "What was carried")
            top, images = (Fields.of(fields.values.get(key), key) for key in ("top", "images"))
            return cls(
                root=fields.text("root") if fields.has("root") else None,
                top=top.values,
                categories=tuple(Fields.of(c, "").values for c in fields.items("categories")),
                images={key: Fields.of(image, key).values for key, image in images.values.items()},
            )
        except StrictJsonError as err:
            raise ValueError("Not what an import carried.") from err


@dataclass(frozen=True, slots=True)
class Content:
    """One state of a project, as exports read it.

    `seq` is the last edit's number, `at` the time in ISO 8601 UTC; image paths are absolute.
    """

    project: str
    seq: int
    at: str
    images: tuple[ImageRef, ...]
    annotations: Mapping[str, Annotation]
    label_set: LabelSet = SPINE_CLASSES
    score_cut: float = SCORE_CUT
    carried: Carried = field(default_factory=Carried)
    quorum: Quorum | None = None

    def annotation(self, image: ImageRef) -> Annotation:
        """Return an image's annotation, an empty one where it has none."""
        return self.annotations.get(image.id) or Annotation(image.id)

    def detections(self, image: ImageRef) -> list[Detection]:
        """Return what counts on an image: what people kept, and proposals from the cut up.

        In a fixed order, whatever the order of storage: down the image, then across.
        """
        kept = [
            d
            for d in self.annotation(image).visible()
            if d.is_decided or (d.score is not None and d.score >= self.score_cut)
        ]
        return sorted(kept, key=lambda d: (d.box.y0, d.box.x0, d.id))

    def pixel_size(self, image: ImageRef) -> PixelSize | None:
        """Return the voxel size that counts: a person's before the file's, None if unknown."""
        calibration = self.annotation(image).calibration
        return calibration.pixel_size if calibration else image.pixel_size

    def manifest(self) -> dict[str, object]:
        """Return what a reader of the export needs to know, as a JSON object."""
        return {
            "format": MANIFEST_FORMAT,
            "program": f"spinegui {spinegui.__version__}",
            "project": self.project,
            "seq": self.seq,
            "exported_at": self.at,
            "score_cut": self.score_cut,
            "boxes": _BOX_CONVENTION,
            **({"quorum": self.quorum.votes} if self.quorum is not None else {}),
            "classes": [
                {"id": c.id, "name": c.name, "colour": c.colour} for c in self.label_set.classes
            ],
        }


def file_names(content: Content) -> tuple[str, dict[str, str]]:
    """Return the folder that holds all images, and each image's path below it by image id.

    The folder is the one that an import named, while all images lie below it. Where images share
    no folder (two drives), names are made unique and the folder is "".
    """
    paths = {image.id: os.path.normpath(image.path) for image in content.images}
    root = content.carried.root
    if root is None or not all(_is_below(path, root) for path in paths.values()):
        try:
            root = os.path.commonpath([os.path.dirname(path) for path in paths.values()])  # noqa: PTH120  an image may lie on another system's disk
        except ValueError:
            return "", _unique_names(content)
    return root, {
        key: os.path.relpath(path, root).replace("\\", "/") for key, path in paths.items()
    }


def _is_below(path: str, root: str) -> bool:
    try:
        return os.path.commonpath([path, root]) == os.path.normpath(root)
    except ValueError:
        return False


def _unique_names(content: Content) -> dict[str, str]:
    names = {image.id: image.name for image in content.images}
    twice = {name for name in names.values() if list(names.values()).count(name) > 1}
    return {key: f"{key}/{name}" if name in twice else name for key, name in names.items()}
