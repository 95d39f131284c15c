"""What a cell shows beside its picture, ready to be painted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QGuiApplication, QImage, QPainter

from spinegui.domain.detection import ReviewState
from spinegui.gui.language import tr
from spinegui.gui.style.fonts import tabular
from spinegui.gui.style.tokens import SMALL_FONT_PX

if TYPE_CHECKING:
    from spinegui.domain.labels import LabelSet
    from spinegui.gui.gallery.contents import Crop

NO_LABEL_COLOUR = "#DADCE0"
TEXT_COLOUR = "#A3A4A6"
STATES = {
    ReviewState.PREDICTED: "prediction",
    ReviewState.ACCEPTED: "decided",
    ReviewState.REJECTED: "rejected",
}


@dataclass(frozen=True, slots=True)
class Face:
    """The signs of one crop: class letter and colour, score, state."""

    letter: str
    colour: str
    score: str
    state: ReviewState

    @property
    def is_dashed(self) -> bool:
        return self.state is ReviewState.PREDICTED


class Faces:
    """Makes faces once a detection: an edit makes another detection, and so another face."""

    def __init__(self, labels: LabelSet) -> None:
        self._labels = labels
        self._made: dict[str, tuple[object, Face]] = {}

    def of(self, crop: Crop) -> Face:
        detection = crop.detection
        made = self._made.get(detection.id)
        if made is None or made[0] is not detection:
            found = self._labels.find(detection.label)
            score = "" if detection.score is None else f"{detection.score:.2f}"
            face = Face(
                found.letter if found else "",
                found.colour if found else NO_LABEL_COLOUR,
                score,
                detection.state,
            )
            made = self._made[detection.id] = (detection, face)
        return made[1]

    def describe(self, crop: Crop) -> str:
        """Return the crop in words, a line a fact, for the tooltip and for readers of screens."""
        d = crop.detection
        found = self._labels.find(d.label)
        name = tr(found.name) if found else tr("No label")
        score = tr("score {score:.2f}", score=d.score) if d.score is not None else tr("no score")
        lines = [f"{name} · {score} · {tr(STATES[d.state])}", crop.image.name]
        scale, unit = (crop.um, "µm") if crop.um else (1.0, "px")
        size = f"{d.box.width * scale:.2f} × {d.box.height * scale:.2f} {unit}"
        lines.append(size if d.z is None else f"{size} · {tr('slice {z}', z=round(d.z) + 1)}")
        if len(d.class_scores) > 1:
            best = sorted(d.class_scores, key=lambda pair: -pair[1])[:2]
            told = (f"{self._name(label)} {share:.2f}" for label, share in best)
            lines.append(tr("The model: {shares}", shares=" / ".join(told)))
        return "\n".join(lines)

    def _name(self, label: str) -> str:
        found = self._labels.find(label)
        return tr(found.name).lower() if found else label


@lru_cache(maxsize=512)
def score_tile(text: str, ratio: float) -> QImage:
    """Return a score as a small picture in device px: a text is laid out once, then copied."""
    font = tabular(QFont(QGuiApplication.font()))
    font.setPixelSize(round(SMALL_FONT_PX * ratio))
    metrics = QFontMetrics(font)
    tile = QImage(
        max(1, metrics.horizontalAdvance(text)),
        metrics.height(),
        QImage.Format.Format_ARGB32_Premultiplied,
    )
    tile.fill(Qt.GlobalColor.transparent)
    painter = QPainter(tile)
    painter.setFont(font)
    painter.setPen(QColor(TEXT_COLOUR))
    painter.drawText(QRect(0, 0, tile.width(), tile.height()), Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
    return tile
