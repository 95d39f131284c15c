"""The spines behind a pair of labels, as spots to look at and to go to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from spinegui.gui.confusion import Confusion
from spinegui.gui.language import ntr, tr
from spinegui.gui.plots.confusion import class_name
from spinegui.gui.spots import Spot

if TYPE_CHECKING:
    from spinegui.domain.rater_report import RaterReport, Spine
    from spinegui.gui.confusion import Cell
    from spinegui.gui.document import Document


@dataclass(frozen=True, slots=True)
class SpineSpot(Spot):
    """A spot that is a spine of the open project."""

    image_id: str = ""
    detection_id: str = ""


def confusion_of(document: Document, report: RaterReport, a: str, b: str) -> Confusion:
    """Return what two raters, or one before and again, said of the spines they both labelled."""
    cells = report.cells(a, b)
    used = {label for cell in cells for label in cell}
    known = [label for label in report.between.labels if label in used]
    labels = (*known, *sorted(used - set(known)))
    spots = {
        cell: tuple(spot for spine in spines if (spot := _spot(document, cell, spine)))
        for cell, spines in cells.items()
    }
    return Confusion(labels, labels, spots)


def describe_pair(confusion: Confusion, cell: Cell, names: tuple[str, str]) -> str:
    """Return what a cell means, in a sentence."""
    count = confusion.count(*cell)
    said = ntr(
        "{n} spine: {a} says {first}, {b} says {second}",
        "{n} spines: {a} says {first}, {b} says {second}",
        count,
        a=names[0],
        b=names[1],
        first=class_name(cell[0]).lower(),
        second=class_name(cell[1]).lower(),
    )
    share = f"{confusion.share(*cell) * 100:.0f} %"
    return tr("{said} ({share} of the row)", said=said, share=share) if count else said


def _spot(document: Document, cell: Cell, spine: Spine) -> SpineSpot | None:
    image_id, detection_id = spine
    d = document.recorded_annotation(image_id).detections.get(detection_id)
    image = document.images.get(image_id)
    if d is None or image is None:
        return None
    first, second = (class_name(label) for label in cell)
    caption = first if first == second else f"{first} / {second}"
    channel = document.recorded_annotation(image_id).channel
    return SpineSpot(
        Path(image.path), d.box, d.z, channel, caption, image.name, image_id, detection_id
    )
