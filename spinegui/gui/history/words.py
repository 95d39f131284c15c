"""What an edit did, in the reader's words: label thin → mushroom, box moved 3 px."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, QLocale

from spinegui.domain.annotation import ImageChannel, ImageState, ReviewedRegion
from spinegui.domain.detection import Detection, Origin, ReviewState
from spinegui.domain.history import Deed
from spinegui.domain.image_ref import Calibration
from spinegui.gui.edit_words import title_words
from spinegui.gui.language import ntr, tr

if TYPE_CHECKING:
    from spinegui.domain.edits import Change
    from spinegui.domain.geometry import Box
    from spinegui.domain.labels import LabelSet
    from spinegui.storage.log_reading import EditSummary

DEED_ICONS = {
    Deed.LABEL: "ph.tag",
    Deed.BOX: "ph.bounding-box",
    Deed.ACCEPT: "ph.check",
    Deed.REJECT: "ph.x",
    Deed.ADD: "ph.plus-circle",
    Deed.REMOVE: "ph.trash",
    Deed.DETECT: "ph.play",
    Deed.IMPORT: "ph.download-simple",
    Deed.REGION: "ph.selection-foreground",
    Deed.STATE: "ph.check-square",
    Deed.CALIBRATION: "ph.ruler",
}
"""In the order in which they speak for an edit that did several things."""


def deed_names() -> dict[Deed, str]:
    """Return what the kinds of edits are called."""
    return {
        Deed.LABEL: tr("Labels"),
        Deed.BOX: tr("Moved or resized"),
        Deed.ACCEPT: tr("Accepted"),
        Deed.REJECT: tr("Rejected"),
        Deed.ADD: tr("Added by hand"),
        Deed.REMOVE: tr("Removed"),
        Deed.DETECT: tr("Detections"),
        Deed.IMPORT: tr("Imports"),
        Deed.REGION: tr("Reviewed regions"),
        Deed.STATE: tr("Image states"),
        Deed.CALIBRATION: tr("Pixel size, channel"),
    }


def title_of(summary: EditSummary) -> str:
    """Return an edit's title, with what else the log says about it."""
    if summary.kind == "undo":
        return tr("{title} (undo)", title=title_words(summary.title))
    if summary.kind == "redo":
        return tr("{title} (redo)", title=title_words(summary.title))
    return title_words(summary.title)


def local_time(at: str) -> datetime:
    """Return the log's time, ISO 8601 UTC, as the clock on the wall shows it."""
    return datetime.fromisoformat(at).astimezone()


def clock(at: str) -> str:
    """Return the time of day, 14:02."""
    return f"{local_time(at):%H:%M}"


def day(at: str) -> str:
    """Return the day as a heading: Today, Yesterday, or the date."""
    when = local_time(at)
    date, today = QDate(when.year, when.month, when.day), QDate.currentDate()
    if date == today:
        return tr("Today")
    if date == today.addDays(-1):
        return tr("Yesterday")
    return QLocale().toString(date, QLocale.FormatType.LongFormat)


def moment(at: str) -> str:
    """Return a moment as said in a sentence: 14:02 today, or with its date."""
    when = local_time(at)
    date = QDate(when.year, when.month, when.day)
    if date == QDate.currentDate():
        return clock(at)
    return f"{QLocale().toString(date, QLocale.FormatType.ShortFormat)}, {clock(at)}"


def told(change: Change, labels: LabelSet) -> str:
    """Return what a change did to its item, each part in a few words, joined by "; "."""
    item = change.item
    if isinstance(item, Detection):
        parts = _of_detection(change, labels)
    elif isinstance(item, ReviewedRegion):
        parts = [_of_region(change)]
    elif isinstance(item, ImageState):
        is_reviewed = isinstance(change.after, ImageState) and change.after.is_reviewed
        parts = [tr("image reviewed") if is_reviewed else tr("image not reviewed")]
    elif isinstance(item, ImageChannel):
        parts = [tr("channel {n}", n=item.channel + 1)]
    else:
        parts = [_of_calibration(item)]
    return "; ".join(parts)


def _of_detection(change: Change, labels: LabelSet) -> list[str]:
    old, new = change.before, change.after
    if not isinstance(old, Detection):
        assert isinstance(new, Detection)
        return [_came(new, labels)]
    if not isinstance(new, Detection):
        return [tr("removed")]
    parts = []
    if old.label != new.label:
        names = {"old": _label(old, labels), "new": _label(new, labels)}
        parts.append(tr("label {old} → {new}", **names))
    elif old.votes != new.votes:
        parts.append(tr("label {new} confirmed", new=_label(new, labels)))
    if old.box != new.box:
        parts.append(_box_change(old.box, new.box))
    if old.z_range != new.z_range or old.z != new.z:
        parts.append(tr("slices {old} → {new}", old=_slices(old), new=_slices(new)))
    if old.state is not new.state:
        parts += _state_change(new.state, is_told=bool(parts))
    return parts or [tr("details")]


def _came(new: Detection, labels: LabelSet) -> str:
    label = _label(new, labels)
    if new.origin is Origin.USER:
        return tr("added by hand, {label}", label=label)
    score = "" if new.score is None else f" {new.score:.2f}"
    return tr("found by {model}{score}, {label}", model=new.model or "", score=score, label=label)


def _label(detection: Detection, labels: LabelSet) -> str:
    found = labels.find(detection.label)
    return tr(found.name).lower() if found else tr("no label")


def _box_change(old: Box, new: Box) -> str:
    (x0, y0), (x1, y1) = old.center, new.center
    distance = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
    is_resized = abs(old.width - new.width) >= 0.05 or abs(old.height - new.height) >= 0.05
    if not is_resized:
        return tr("box moved {px} px", px=_px(distance))
    sizes = tuple(f"{_px(box.width)} × {_px(box.height)}" for box in (old, new))
    return tr("box {old} → {new} px", old=sizes[0], new=sizes[1])


def _px(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _slices(detection: Detection) -> str:
    if detection.z_range is None:
        return tr("all")
    first, last = (z + 1 for z in detection.z_range)
    return str(first) if first == last else f"{first}–{last}"


def _state_change(state: ReviewState, *, is_told: bool) -> list[str]:
    if state is ReviewState.REJECTED:
        return [tr("rejected")]
    if state is ReviewState.PREDICTED:
        return [tr("undecided again")]
    # A label or another box accepts by itself: saying so each time would be noise.
    return [] if is_told else [tr("accepted")]


def _of_region(change: Change) -> str:
    if change.before is None:
        return tr("region marked reviewed")
    return tr("reviewed region removed") if change.after is None else tr("reviewed region changed")


def _of_calibration(item: object) -> str:
    assert isinstance(item, Calibration)
    return tr("pixel size {um:.4g} µm", um=item.pixel_size.x_um)


def spines(n: int) -> str:
    """Return a number of spines."""
    return ntr("{n} spine", "{n} spines", n)
