"""Paints all boxes of an image as one item: a few vectorised calls, whatever their number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from spinegui.domain.labels import SPINE_CLASSES, UNSURE
from spinegui.gui.canvas.box_arrays import SCORE_LEVELS, BoxArrays, Form, Showing, Style
from spinegui.gui.canvas.hit_test import overlapping
from spinegui.gui.canvas.letters import letter_tile
from spinegui.gui.canvas.strokes import (
    Frame,
    corner_lines,
    cosmetic,
    device_edges,
    draw_lines,
    draw_outlines,
    draw_rects,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from spinegui.domain.labels import LabelSet

MAX_LETTERS = 400
"""Up to so many boxes in view, each has a letter and a dark line around it."""
NO_LABEL_COLOUR = "#DADCE0"
_DARK = QColor(8, 9, 11, 210)
_LETTER_FROM_PX = 9
"""Height in view px from which a box has a letter: below it, letters would hide the boxes."""
_DASHES = (4, 3)
_LIFT_PX = 4
"""The letter of a selected box stands clear of its handle."""
_DIMMED = 0.75
_WEAKEST = 0.6
_SHADOW = QColor(8, 9, 11, 95)


class OverlayPainter:
    """Draws `arrays` with the colours of `labels`; holds no state but those and pen caches."""

    def __init__(self) -> None:
        self.arrays = BoxArrays()
        self.labels: LabelSet = SPINE_CLASSES
        self._set_colours()

    def set_arrays(self, arrays: BoxArrays, labels: LabelSet) -> None:
        self.arrays = arrays
        self.labels = labels
        self._set_colours()

    def colour_of(self, row: int) -> QColor:
        return QColor(self._colours[self.arrays.label[row]])

    def paint(
        self, painter: QPainter, frame: Frame, showing: Showing, selected: NDArray[np.intp]
    ) -> None:
        """Paint onto a painter in device px: the boxes, then their letters, then the selected."""
        styles = self.arrays.styles(showing)
        exposed = overlapping(self.arrays.xyxy, frame.in_image(frame.exposed, 18 * frame.ratio))
        is_selected = np.zeros(len(self.arrays), np.bool_)
        is_selected[selected] = True
        is_shown = styles != Style.HIDDEN
        if showing.boxes and not showing.decided_only:
            # What Space would accept is seen, however faint the model's belief in it.
            is_shown |= is_selected & (self.arrays.form == Form.PREDICTED)
        exposed &= is_shown
        # Counted over the view, not over the part that is painted now: both must look alike.
        in_view = overlapping(self.arrays.xyxy, frame.in_image((0, 0, *frame.size), 0.0))
        is_sparse = np.count_nonzero(in_view & (styles == Style.FULL)) <= MAX_LETTERS
        plain = np.flatnonzero(exposed & ~is_selected)
        if is_sparse:
            painter.setPen(cosmetic(_SHADOW))
            full = plain[styles[plain] == Style.FULL]
            draw_rects(painter, device_edges(self.arrays.xyxy[full], frame), -1)
        self._paint_boxes(painter, frame, (plain, styles), _DIMMED if selected.size else 1.0)
        if showing.labels:
            lettered = is_selected | (is_sparse & (styles == Style.FULL))
            rows = np.flatnonzero(exposed & lettered & (self.arrays.label > 0))
            self._paint_letters(painter, frame, rows, is_selected)
        self._paint_selected(painter, frame, np.flatnonzero(exposed & is_selected))

    def _paint_boxes(
        self,
        painter: QPainter,
        frame: Frame,
        drawn: tuple[NDArray[np.intp], NDArray[np.uint8]],
        strength: float,
    ) -> None:
        rows, styles = drawn
        arrays = self.arrays
        thick = frame.thick
        n_labels = len(self._colours)
        form = arrays.form[rows].astype(np.intp)
        ink = (styles[rows] * 3 + form) * SCORE_LEVELS + arrays.level(rows)
        ink = ink * n_labels + arrays.label[rows]
        for code, group in _grouped(ink, rows):
            rest, label = divmod(code, n_labels)
            rest, level = divmod(rest, SCORE_LEVELS)
            style, of_form = divmod(rest, 3)
            pen = self._pen(Style(style), Form(of_form), level, label)
            if of_form == Form.PREDICTED and style != Style.CORNERS:
                pen.setDashPattern([length * thick for length in _DASHES])
            colour = pen.color()
            colour.setAlphaF(colour.alphaF() * strength)
            pen.setColor(colour)
            painter.setPen(pen)
            self._draw_group(painter, frame, group, Style(style), Form(of_form))

    def _draw_group(
        self, painter: QPainter, frame: Frame, rows: NDArray[np.intp], style: Style, form: Form
    ) -> None:
        edges = device_edges(self.arrays.xyxy[rows], frame)
        if style == Style.CORNERS:
            for inset in range(frame.thick):
                inner = edges + np.array((inset, inset, -inset, -inset), np.int32)
                draw_lines(painter, corner_lines(inner, frame.ratio))
            return
        draw_outlines(painter, edges, frame.thick, is_dashed=form == Form.PREDICTED)
        if form == Form.REJECTED:
            draw_lines(painter, edges[:, [0, 3, 2, 1]])

    def _paint_selected(self, painter: QPainter, frame: Frame, rows: NDArray[np.intp]) -> None:
        thick = frame.thick
        edges = device_edges(self.arrays.xyxy[rows], frame)
        painter.setPen(cosmetic(_DARK))
        for inset in (*range(-thick, 0), *range(2 * thick, 3 * thick)):
            draw_rects(painter, edges, inset)
        key = self.arrays.label[rows].astype(np.intp) * 3 + self.arrays.form[rows]
        for code, group in _grouped(key, np.arange(rows.size)):
            label, form = divmod(code, 3)
            pen = cosmetic(QColor(self._colours[label]))
            if form == Form.PREDICTED:
                pen.setDashPattern([1.5 * length * thick for length in _DASHES])
            painter.setPen(pen)
            is_dashed = form == Form.PREDICTED
            draw_outlines(painter, edges[group], 2 * thick, is_dashed=is_dashed)

    def _paint_letters(
        self,
        painter: QPainter,
        frame: Frame,
        rows: NDArray[np.intp],
        is_selected: NDArray[np.bool_],
    ) -> None:
        boxes = self.arrays.xyxy[rows]
        tall = (boxes[:, 3] - boxes[:, 1]) * frame.view.scale >= _LETTER_FROM_PX * frame.ratio
        rows = rows[tall]
        edges = device_edges(self.arrays.xyxy[rows], frame)
        for row, (x0, y0, _, _) in zip(rows.tolist(), edges.tolist(), strict=True):
            tile = self._tile(int(self.arrays.label[row]), frame.ratio)
            lift = round(_LIFT_PX * frame.ratio) if is_selected[row] else 0
            painter.drawImage(x0, y0 - tile.height() - lift, tile)

    def _tile(self, label: int, ratio: float) -> QImage:
        return letter_tile(self._letters[label], self._colours[label], ratio)

    def _pen(self, style: Style, form: Form, level: int, label: int) -> QPen:
        colour = QColor(self._colours[label])
        if form == Form.REJECTED:
            colour = QColor(UNSURE.colour)
        strength = _WEAKEST + (1 - _WEAKEST) * level / (SCORE_LEVELS - 1)
        strength = {Style.FAINT: 0.3 * strength, Style.CORNERS: 0.85}.get(style, strength)
        colour.setAlphaF(strength)
        return cosmetic(colour)

    def _set_colours(self) -> None:
        classes = (*self.labels.classes, UNSURE)
        self._colours = [NO_LABEL_COLOUR, *(c.colour for c in classes)]
        self._letters = ["", *(c.letter for c in classes)]


def _grouped(codes: NDArray[np.intp], rows: NDArray[np.intp]) -> list[tuple[int, NDArray[np.intp]]]:
    """Return the rows of each code, by ascending code: hints first, full boxes on top."""
    order = np.argsort(codes.astype(np.uint16), kind="stable")
    sorted_codes = codes[order]
    cuts = np.flatnonzero(np.diff(sorted_codes)) + 1
    parts = np.split(rows[order], cuts)
    return [(int(sorted_codes[i]), p) for i, p in zip((0, *cuts), parts, strict=True) if p.size]
