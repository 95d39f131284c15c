"""Whether scores are honest: the share that was right against the score, before and after."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from typing_extensions import override

from spinegui.domain.metrics import bin_of
from spinegui.domain.reliability import calibration_curve
from spinegui.gui.language import tr
from spinegui.gui.plots.legend import Entry
from spinegui.gui.plots.quiet_plot import QuietPlot
from spinegui.gui.style.palette import tokens_in_use

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PySide6.QtWidgets import QWidget

    from spinegui.gui.style.tokens import Tokens

DOT_PX = (5.0, 16.0)
"""A dot's size for the emptiest and the fullest bin."""


class Answers(NamedTuple):
    """How sure a model was (n,) float64 and whether it was right (n,) bool."""

    scores: NDArray[np.float64]
    is_right: NDArray[np.bool_]


class _Line(NamedTuple):
    name: str
    error: float
    curve: pg.PlotDataItem
    dots: pg.ScatterPlotItem
    is_after: bool


class CalibrationPlot(QuietPlot):
    """On the diagonal, of answers with 0.8 eight in ten are right; larger dots, more answers."""

    bin_chosen = Signal(bool, int)  # after or before, and which tenth of the scores

    def __init__(
        self, parent: QWidget, answers: dict[str, Answers], errors: dict[str, float], *, right: str
    ) -> None:
        self._lines: list[_Line] = []
        self._diagonal = pg.PlotDataItem([0, 1], [0, 1])
        super().__init__(parent, bottom=tr("Score"), left=right)
        self.addItem(self._diagonal)
        self.setXRange(0, 1, padding=0.05)
        self.setYRange(0, 1, padding=0.05)
        for number, (name, given) in enumerate(answers.items()):
            error = errors.get(name, float("nan"))
            self._lines.append(self._draw(name, given, error, is_after=number > 0))
        self._dress_all()

    def _draw(self, name: str, given: Answers, error: float, *, is_after: bool) -> _Line:
        curve = self.plot([], [])
        dots = pg.ScatterPlotItem(hoverable=True, tip=_tip)
        self.addItem(dots)
        if len(given.scores):
            score, share, count = calibration_curve(given.scores, given.is_right)
            curve.setData(score, share)
            low, high = DOT_PX
            sizes = low + (high - low) * np.sqrt(count / count.max())
            bins = np.unique(bin_of(given.scores))
            dots.setData(score, share, size=sizes, data=list(zip(bins, count, strict=True)))
            dots.sigClicked.connect(partial(self._on_clicked, is_after=is_after))
        return _Line(name, error, curve, dots, is_after)

    def _on_clicked(
        self, _dots: object, points: Sequence[pg.SpotItem], _event: object, *, is_after: bool
    ) -> None:
        if len(points):
            self.bin_chosen.emit(is_after, int(points[0].data()[0]))

    def entries(self) -> list[Entry]:
        """Return what the legend says."""
        tokens = tokens_in_use()
        return [
            Entry(
                tokens.series[0] if line.is_after else tokens.muted,
                not line.is_after,
                line.name,
                tr("error {error:.3f}", error=line.error) if np.isfinite(line.error) else "",
            )
            for line in self._lines
        ]

    @override
    def _dress(self, tokens: Tokens) -> None:
        self._diagonal.setPen(self.pen(tokens.disabled, 1))
        for line in self._lines:
            colour = tokens.series[0] if line.is_after else tokens.muted
            style = Qt.PenStyle.SolidLine if line.is_after else Qt.PenStyle.DashLine
            line.curve.setPen(self.pen(colour, style=style))
            line.dots.setPen(pg.mkPen(None))
            line.dots.setBrush(pg.mkBrush(colour))


def _tip(x: float, y: float, data: tuple[int, int]) -> str:
    return tr(
        "{data} answers with a score around {x:.2f}: {value:.0f} % right",
        data=data[1],
        x=x,
        value=y * 100,
    )
