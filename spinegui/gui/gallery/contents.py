"""What the gallery holds: every spine of an image or of the project, filtered and ordered."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from spinegui.domain.annotation import ImageChannel
from spinegui.domain.crop_list import CropFilter, ranked
from spinegui.domain.detection import Detection
from spinegui.domain.image_ref import Calibration
from spinegui.gui.shown_list import reading_order
from spinegui.imaging.crops import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from spinegui.domain.edits import Edit
    from spinegui.domain.image_ref import ImageRef
    from spinegui.gui.document import Document

LARGEST_SHARE = 98.0
"""The common scale fits so many per cent of the spines; the few larger ones are shown smaller."""
CONTEXT = 1.4
"""A picture is so many times as wide as the spine's box: a spine is told by what it stands on."""


class Order(StrEnum):
    """What the crops are sorted by."""

    SCORE = "score"
    OUTLIER = "outlier"
    SIMILARITY = "similarity"
    SIZE = "size"
    IMAGE = "image"


LEARNT = frozenset((Order.OUTLIER, Order.SIMILARITY))
"""Orders that come from comparing pixels: they stand until they are asked for again."""
FALLING = frozenset((Order.OUTLIER, Order.SIMILARITY, Order.SIZE))
"""Orders that begin with the most, by themselves."""


@dataclass(frozen=True, slots=True)
class Crop:
    """A spine with what it takes to show it. `um` is the size of a pixel, None where unknown."""

    detection: Detection
    image: ImageRef
    um: float | None
    channel: int = 0

    @property
    def extent_px(self) -> float:
        """The longer side of its box."""
        return max(self.detection.box.width, self.detection.box.height)

    def place(self, side_px: float) -> Place:
        """Return the square of that width about it, in its best-focus slice."""
        x, y = self.detection.box.center
        z = self.detection.z
        return Place(self.image.path, x, y, side_px, None if z is None else round(z), self.channel)


class Contents:
    """The crops by id, and `ids`: those that the filter admits, in their order.

    The order is of all crops, shown or not, so that one that comes back through an undo comes back
    to its place.
    """

    def __init__(self) -> None:
        self.crops: dict[str, Crop] = {}
        self.filter = CropFilter()
        self.order = Order.SCORE
        self.is_reversed = False
        self.ids: tuple[str, ...] = ()
        self.is_calibrated = False
        self.field = 1.0
        """The common width of all pictures, in µm where every image has a size, else in px."""
        self._learnt: Mapping[str, float] = {}
        self._sorted: tuple[str, ...] = ()
        self._labels: dict[str, str | None] = {}
        """The label under which each crop is shown, None where under no label."""

    # -- reading -----------------------------------------------------------------------------

    def detections(self, ids: Sequence[str]) -> list[Detection]:
        return [self.crops[i].detection for i in ids if i in self.crops]

    def ids_of_any_label(self) -> tuple[str, ...]:
        """Return what the filter admits, whatever label it asks for, in the project's order."""
        return tuple(i for i, label in self._labels.items() if label is not None)

    def counts(self) -> Counter[str]:
        """Return how many spines of each label the filter admits, whatever label it asks for."""
        return Counter(label for label in self._labels.values() if label is not None)

    def width_px(self, crop: Crop, *, to_fit: bool) -> float:
        """Return how wide its picture is, in px of its image."""
        fitting = crop.extent_px * CONTEXT
        if to_fit:
            return fitting
        return max(self.common_px(crop), crop.extent_px * 1.1)

    def common_px(self, crop: Crop) -> float:
        """Return the common width in px of its image."""
        return self.field / crop.um if self.is_calibrated and crop.um else self.field

    # -- changing ----------------------------------------------------------------------------

    def load(self, document: Document | None, image_ids: Sequence[str]) -> None:
        """Hold all spines of these images."""
        crops = []
        for image_id in image_ids if document is not None else ():
            assert document is not None
            found = document.annotation(image_id)
            size = document.pixel_size(image_id)
            image, um = document.images[image_id], size.x_um if size else None
            spines = sorted(found.detections.values(), key=reading_order)
            crops += [Crop(spine, image, um, found.channel) for spine in spines]
        self.hold(crops)

    def hold(self, crops: Iterable[Crop]) -> None:
        """Hold these crops, in the project's order, and choose a common scale for them."""
        self.crops = {crop.detection.id: crop for crop in crops}
        self._set_scale()
        self._ask_all()
        self.sort()

    def follow(self, edit: Edit, document: Document, image_ids: Sequence[str]) -> None:
        """Take over what an edit changed; of images outside `image_ids`, nothing."""
        inside = [c for c in edit.changes if c.item.image_id in image_ids]
        if any(isinstance(c.item, Calibration | ImageChannel) for c in inside):
            self.load(document, image_ids)
            return
        found = [c for c in inside if isinstance(c.item, Detection)]
        if any(c.before is None or c.after is None for c in found):
            # The scale stays: cells that change their size under the hand would be worse.
            field, is_calibrated = self.field, self.is_calibrated
            was_empty = not self.crops
            self.load(document, image_ids)
            if not was_empty:
                self.field, self.is_calibrated = field, is_calibrated
            return
        moves = False
        for change in found:
            crop = self.crops.get(change.item.id)
            if crop is None or not isinstance(change.item, Detection):
                continue
            before, after = crop.detection, change.item
            moves |= (before.score, before.box) != (after.score, after.box)
            self.crops[after.id] = replace(crop, detection=after)
            self._labels[after.id] = self.filter.label_shown(after)
        if moves and self.order not in LEARNT:
            self.sort()
        else:
            self._list()

    def choose(self, wanted: CropFilter) -> None:
        """Show what another filter admits."""
        is_other = replace(wanted, label=None) != replace(self.filter, label=None)
        self.filter = wanted
        if is_other:
            self._ask_all()
        self._list()

    def _ask_all(self) -> None:
        shown = self.filter.label_shown
        self._labels = {i: shown(crop.detection) for i, crop in self.crops.items()}

    def _list(self) -> None:
        """Take what is shown from the order of all; quick, as it follows every edit."""
        labels, asked = self._labels, self.filter.label
        if asked is None:
            self.ids = tuple(i for i in self._sorted if labels[i] is not None)
        else:
            self.ids = tuple(i for i in self._sorted if labels[i] == asked)

    def sort(self, learnt: Mapping[str, float] | None = None) -> None:
        """Order the crops again; `learnt` holds the keys of an order that compares pixels."""
        if learnt is not None:
            self._learnt = learnt
        crops = enumerate(self.crops.values())
        keys = np.array([self._key(row, crop) for row, crop in crops], np.float64)
        rows = ranked(keys, descending=(self.order in FALLING) != self.is_reversed)
        ids = list(self.crops)
        self._sorted = tuple(ids[row] for row in rows)
        self._list()

    def _key(self, row: int, crop: Crop) -> float:
        if self.order is Order.SCORE:
            return float("nan") if crop.detection.score is None else crop.detection.score
        if self.order is Order.SIZE:
            um = crop.um if self.is_calibrated and crop.um else 1.0
            return crop.detection.box.area * um * um
        if self.order is Order.IMAGE:
            return float(row)
        return self._learnt.get(crop.detection.id, float("nan"))

    def _set_scale(self) -> None:
        crops = self.crops.values()
        self.is_calibrated = bool(crops) and all(crop.um for crop in crops)
        extents = [c.extent_px * (c.um if self.is_calibrated and c.um else 1.0) for c in crops]
        largest = float(np.percentile(extents, LARGEST_SHARE)) if extents else 1.0
        self.field = largest * CONTEXT
