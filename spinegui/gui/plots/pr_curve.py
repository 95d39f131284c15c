"""Precision against recall, before and after in one plot, with the cut that counts are made at."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from typing_extensions import override

from spinegui.domain.metrics import SCORE_CUT, detection_statistics, precision_recall
from spinegui.gui.language import tr
from spinegui.gui.plots.legend import Entry
from spinegui.gui.plots.quiet_plot import QuietPlot
from spinegui.gui.style.palette import tokens_in_use

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from spinegui.domain.metrics import DetectionTable
    from spinegui.gui.style.tokens import Tokens


class _Line(NamedTuple):
    name: str
    ap: float
    curve: pg.PlotDataItem
    mark: pg.ScatterPlotItem
    is_after: bool


class PrecisionRecallPlot(QuietPlot):
    """The old model quiet and dashed, the new one in colour; a ring marks the cut at 0.5."""

    def __init__(
        self, parent: QWidget, tables: dict[str, DetectionTable], *, marks_cut: bool = True
    ) -> None:
        self._lines: list[_Line] = []
        super().__init__(parent, bottom=tr("Recall"), left=tr("Precision"))
        self.setXRange(0, 1, padding=0.04)
        self.setYRange(0, 1, padding=0.04)
        for number, (name, table) in enumerate(tables.items()):
            self._lines.append(self._draw(name, table, is_after=number > 0, marks_cut=marks_cut))
        self._dress_all()

    def _draw(self, name: str, table: DetectionTable, *, is_after: bool, marks_cut: bool) -> _Line:
        once = np.ones((1, table.n_images))
        ap = float(detection_statistics(table, once)["ap"][0])
        curve = self.plot([], [])
        mark = pg.ScatterPlotItem(size=9)
        self.addItem(mark)
        if len(table.scores):
            cuts, precision, recall = precision_recall(table, once)
            curve.setData(recall[0], precision[0], connect="finite")
            at_cut = int(np.sum(cuts >= SCORE_CUT)) - 1
            if marks_cut and at_cut >= 0:
                mark.setData([recall[0, at_cut]], [precision[0, at_cut]])
        return _Line(name, ap, curve, mark, is_after)

    def entries(self) -> list[Entry]:
        """Return what the legend says."""
        tokens = tokens_in_use()
        return [
            Entry(
                tokens.series[0] if line.is_after else tokens.muted,
                not line.is_after,
                line.name,
                tr("AP {ap:.3f}", ap=line.ap) if np.isfinite(line.ap) else "",
            )
            for line in self._lines
        ]

    @override
    def _dress(self, tokens: Tokens) -> None:
        for line in self._lines:
            colour = tokens.series[0] if line.is_after else tokens.muted
            style = Qt.PenStyle.SolidLine if line.is_after else Qt.PenStyle.DashLine
            line.curve.setPen(self.pen(colour, 2 if line.is_after else 1.5, style))
            line.mark.setPen(self.pen(colour, 2))
            line.mark.setBrush(pg.mkBrush(tokens.surface))
