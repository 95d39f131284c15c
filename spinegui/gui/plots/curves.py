"""Training curves, drawn while they grow: losses in one plot, scores from 0 to 1 in another."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from spinegui.domain.labels import SPINE_CLASSES
from spinegui.gui.language import later, tr
from spinegui.gui.plots.legend import Entry, Legend
from spinegui.gui.plots.quiet_plot import QuietPlot
from spinegui.gui.style.palette import tokens_in_use

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from spinegui.gui.style.tokens import Tokens

    Points = Sequence[tuple[int, float]]

HEIGHT = 128
AXIS_HEIGHT = 34
FEW = 8
LOSSES, SCORES, OTHERS = later("Loss"), later("Score, 0 to 1"), later("Other")
HELD_OUT = "validation "
OF_CLASS = "F1 "
ROOM = 0.04


class TrainingCurves(QWidget):
    """One plot a unit, each with a legend below it that tells the last values."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.plots: dict[str, CurvePlot] = {}
        self.legends: dict[str, Legend] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(2)

    def show_curves(self, curves: Mapping[str, Points]) -> None:
        """Draw the curves as they are now; NaN values leave gaps."""
        groups: dict[str, dict[str, Points]] = {}
        for name, points in curves.items():
            groups.setdefault(group_of(name, points), {})[name] = points
        for unit in (LOSSES, SCORES, OTHERS):
            if unit in groups:
                self._plot(unit).show_curves(groups[unit])
                self.legends[unit].refresh()

    def _plot(self, unit: str) -> CurvePlot:
        if unit not in self.plots:
            self.plots[unit] = CurvePlot(self, unit)
            legend = self.legends[unit] = Legend(self, self.plots[unit].entries)
            legend.setContentsMargins(0, 0, 0, 6)
            self._layout.addWidget(self.plots[unit])
            self._layout.addWidget(legend)
        return self.plots[unit]


class CurvePlot(QuietPlot):
    """Curves of one unit over the epochs. What is measured on held-out images has a full line."""

    def __init__(self, parent: QWidget, unit: str) -> None:
        self._lines: dict[str, pg.PlotDataItem] = {}
        self._last: dict[str, float] = {}
        bottom = _EpochAxis("bottom")
        super().__init__(parent, bottom=tr("epoch"), left=tr(unit), axes={"bottom": bottom})
        self.setFixedHeight(HEIGHT)
        self.getAxis("bottom").setHeight(AXIS_HEIGHT)
        if unit == SCORES:
            self.setYRange(0, 1, padding=ROOM)

    def show_curves(self, curves: Mapping[str, Points]) -> None:
        """Draw these curves of (epoch, value)."""
        is_new = False
        for name, points in curves.items():
            if name not in self._lines:
                self._lines[name] = self.plot([], [])
                is_new = True
            epochs, values = zip(*points, strict=True)
            if all(math.isnan(value) for value in values):
                epochs, values = (), ()
            # A few points are seen as what they are; many would hide their line.
            symbol = "o" if len(epochs) <= FEW else None
            self._lines[name].setData(epochs, values, connect="finite", symbol=symbol)
            self._last[name] = next((v for v in reversed(values) if not math.isnan(v)), math.nan)
        if is_new:
            self._dress(tokens_in_use())

    def entries(self) -> list[Entry]:
        """Return what the legend says: each line with its last value."""
        looks = self._looks(tokens_in_use())
        last = {name: "" if math.isnan(v) else f"{v:.3f}" for name, v in self._last.items()}
        return [Entry(*looks[name], name, last[name]) for name in self._lines]

    def _looks(self, tokens: Tokens) -> dict[str, tuple[str, bool]]:
        """Return colour and whether it is dashed for each line, by name.

        A quantity has one colour: dashed where the model learns, full on what is held out.
        """
        quantities = list(dict.fromkeys(quantity_of(name) for name in self._lines))
        plain = [quantity for quantity in quantities if _class_colour(quantity) is None]
        colours = tokens.series
        if len(plain) < len(quantities):
            # Beside the classes, whose colours are theirs, what is about all of them is neutral.
            colours = (tokens.text, tokens.series[4], tokens.muted)
        looks = {}
        for name in self._lines:
            quantity = quantity_of(name)
            own = _class_colour(quantity)
            colour = own or colours[plain.index(quantity) % len(colours)]
            is_pair = f"{HELD_OUT}{quantity}" in self._lines
            looks[name] = (colour, is_pair and not name.startswith(HELD_OUT))
        return looks

    @override
    def _dress(self, tokens: Tokens) -> None:
        for name, (colour, is_dashed) in self._looks(tokens).items():
            style = Qt.PenStyle.DashLine if is_dashed else Qt.PenStyle.SolidLine
            line = self._lines[name]
            line.setPen(self.pen(colour, 1.5, style))
            line.setSymbolSize(5)
            line.setSymbolPen(None)
            line.setSymbolBrush(pg.mkBrush(colour))


class _EpochAxis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """Ticks at whole epochs only."""

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:
        major, _ = super().tickSpacing(low, high, size)[0]
        return [(max(1.0, round(major)), 0.0)]


def group_of(name: str, points: Points) -> str:
    """Return which plot a metric belongs to."""
    if "loss" in name.lower():
        return LOSSES
    known = [value for _, value in points if not math.isnan(value)]
    return SCORES if all(0 <= value <= 1 for value in known) else OTHERS


def quantity_of(name: str) -> str:
    """Return what is measured, wherever it is: "loss" of "validation loss"."""
    return name.removeprefix(HELD_OUT)


def _class_colour(quantity: str) -> str | None:
    """Return the colour of the class whose F1 that is, None for anything else."""
    label = quantity.removeprefix(OF_CLASS)
    found = SPINE_CLASSES.find(label) if quantity.startswith(OF_CLASS) else None
    return found.colour if found else None
