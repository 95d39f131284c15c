"""Who agrees with whom: Cohen's kappa of every pair of raters, with n, in one hue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from typing_extensions import override

from spinegui.gui.language import tr
from spinegui.gui.plots.cell_grid import CellGrid
from spinegui.gui.plots.confusion import blend, ink_on
from spinegui.gui.raters.figures import kappa_text, pair_text
from spinegui.gui.style.palette import tokens_in_use

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QWidget

    from spinegui.domain.rater_report import RaterReport
    from spinegui.gui.plots.cell_grid import GridCell

CELL = QSize(72, 46)
HEADER = 24
NAME_PX = 110
MIDDLE = Qt.AlignmentFlag.AlignCenter


class KappaMatrix(CellGrid):
    """Raters down and across. The diagonal is each rater's agreement with themselves."""

    def __init__(self, parent: QWidget, report: RaterReport) -> None:
        self.report = report
        super().__init__(parent, CELL)
        self.setAccessibleName(tr("Agreement of each pair of raters"))

    @property
    @override
    def rows(self) -> tuple[str, ...]:
        return self.report.raters

    @property
    @override
    def columns(self) -> tuple[str, ...]:
        return self.report.raters

    @property
    @override
    def corner(self) -> QPoint:
        names = (self.fontMetrics().horizontalAdvance(name) for name in self.rows)
        return QPoint(min(NAME_PX, max(names, default=0)) + 12, HEADER)

    @override
    def is_choosable(self, cell: GridCell) -> bool:
        return self.report.of(*cell) is not None

    @override
    def words_of(self, cell: GridCell) -> str:
        return pair_text(self.report, *cell)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_names(painter)
        for row in self.rows:
            for column in self.columns:
                self._paint_cell(painter, (row, column))

    def _paint_names(self, painter: QPainter) -> None:
        tokens, elide = tokens_in_use(), Qt.TextElideMode.ElideRight
        painter.setPen(QColor(tokens.text))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        metrics, width = self.fontMetrics(), self.corner.x()
        for name in self.rows:
            at = self.rect_of((name, self.columns[0]))
            box = QRect(0, at.top(), width, at.height())
            painter.drawText(box, left, metrics.elidedText(name, elide, width - 10))
        painter.setPen(QColor(tokens.muted))
        for name in self.columns:
            at = self.rect_of((self.rows[0], name))
            box = QRect(at.left(), 0, at.width(), HEADER)
            painter.drawText(box, MIDDLE, metrics.elidedText(name, elide, at.width() - 4))

    def _paint_cell(self, painter: QPainter, cell: GridCell) -> None:
        tokens, box, found = tokens_in_use(), self.rect_of(cell), self.report.of(*cell)
        # One hue, stronger the more they agree; the number says it to every eye.
        kappa = found.kappa if found is not None else None
        strength = 0.06 if kappa is None else 0.12 + 0.78 * max(0.0, kappa)
        ground = blend(tokens.surface, tokens.series[0], strength if found is not None else 0.0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(box, 3, 3)
        painter.setPen(QColor(tokens.disabled if found is None else ink_on(ground)))
        painter.setFont(self.font())
        if found is None:
            painter.drawText(box, MIDDLE, "·")
        else:
            half = QSize(box.width(), box.height() // 2)
            upper = QRect(box.topLeft() + QPoint(0, 3), half)
            painter.drawText(upper, MIDDLE, kappa_text(found))
            painter.setFont(self.small)
            lower = QRect(box.topLeft() + QPoint(0, half.height() - 1), half)
            painter.drawText(lower, MIDDLE, f"n = {found.n}")
        painter.setFont(self.font())
        self.paint_frame(painter, cell, tokens)
