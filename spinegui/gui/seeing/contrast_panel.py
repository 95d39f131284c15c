"""The Contrast dock: histogram, ends, gamma, automatic by percentile, colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from spinegui.gui.canvas.luts import LUT_NAMES, lut
from spinegui.gui.keys.tips import set_tip
from spinegui.gui.language import tr
from spinegui.gui.seeing.channel_rows import ChannelRows
from spinegui.gui.seeing.contrast import GAMMA_RANGE
from spinegui.gui.seeing.histogram_plot import HistogramPlot
from spinegui.gui.seeing.measuring import Measuring
from spinegui.gui.seeing.number_field import NumberField

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtGui import QShowEvent

    from spinegui.gui.flows.display import Display
    from spinegui.gui.seeing.measuring import Measured
    from spinegui.gui.workspace import Workspace

_SWATCH_WIDTH, _SWATCH_HEIGHT = 48, 12


def lut_title(name: str) -> str:
    """Return the name of a colour table as the reader knows it."""
    titles = {
        "grey": tr("Grey"),
        "inverted": tr("Inverted"),
        "viridis": tr("Viridis"),
        "magma": tr("Magma"),
        "inferno": tr("Inferno"),
        "cividis": tr("Cividis"),
    }
    return titles[name]


class ContrastPanel(QWidget):
    """Follows the view and changes it; the pixels stay as they are."""

    def __init__(self, workspace: Workspace, display: Display) -> None:
        super().__init__()
        self._workspace = workspace
        self._display = display
        self._contrast = display.contrast
        self._measuring = Measuring(workspace.moments, self)
        self.channels = ChannelRows(workspace, self)
        self.plot = HistogramPlot(self)
        self.low = NumberField(tr("Low"), tr("The value shown darkest"), self)
        self.high = NumberField(tr("High"), tr("The value shown brightest"), self)
        self.gamma = NumberField(
            tr("Gamma"),
            tr("Above 1 brightens what lies between the ends, below 1 darkens it"),
            self,
        )
        self.auto = QPushButton(tr("Auto"), self)
        self.auto_low = NumberField(
            tr("Lower percentile"), tr("So many percent of the pixels are shown darkest"), self
        )
        self.auto_high = NumberField(
            tr("Upper percentile"), tr("All pixels above this percentile are shown brightest"), self
        )
        self.full = QPushButton(tr("Full range"), self)
        self.reset = QPushButton(tr("Reset"), self)
        self.lut = QComboBox(self)
        self._dress()
        self._lay_out()
        self._listen()
        self._follow()

    def _dress(self) -> None:
        self.gamma.setRange(*GAMMA_RANGE)
        self.gamma.setDecimals(2)
        self.gamma.setSingleStep(0.05)
        for field in (self.auto_low, self.auto_high):
            field.setRange(0, 100)
            field.setDecimals(2)
            field.setSingleStep(0.05)
        tip = tr("Set the ends by the percentiles of the shown plane")
        set_tip(self.auto, tip + "  ({auto_contrast})")
        tip = tr("Show every value from the least to the greatest")
        set_tip(self.full, tip + "  ({full_contrast})")
        self.reset.setToolTip(tr("Ends and gamma as the image was opened, in grey"))
        self.lut.setAccessibleName(tr("Colours"))
        self.lut.setToolTip(tr("Which colours the values are shown in; nothing else changes"))
        self.lut.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.lut.setIconSize(QSize(_SWATCH_WIDTH, _SWATCH_HEIGHT))
        for name in LUT_NAMES:
            self.lut.addItem(lut_icon(name), lut_title(name), name)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        rows: tuple[tuple[QWidget, ...], ...] = (
            (QLabel(tr("Ends"), self), self.low, self.high),
            (self.auto, self.auto_low, self.auto_high),
        )
        for row, widgets in enumerate(rows):
            for column, widget in enumerate(widgets):
                grid.addWidget(widget, row, column)
        grid.addWidget(QLabel(tr("Gamma"), self), 2, 0)
        grid.addWidget(self.gamma, 2, 1)
        grid.addWidget(self.lut, 3, 0, 1, 3)
        whole = QHBoxLayout()
        whole.setSpacing(8)
        whole.addWidget(self.full, 1)
        whole.addWidget(self.reset, 1)
        grid.addLayout(whole, 4, 0, 1, 3)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 4, 12, 12)
        layout.setSpacing(8)
        layout.addWidget(self.channels)
        layout.addWidget(self.plot)
        layout.addLayout(grid)
        layout.addStretch(1)

    def _listen(self) -> None:
        contrast, workspace = self._contrast, self._workspace
        self.plot.window_changed.connect(contrast.set_window)
        self.plot.gamma_changed.connect(contrast.set_gamma)
        self.plot.auto_requested.connect(self._display.auto_contrast)
        self.low.valueChanged.connect(lambda low: contrast.set_window(low, self.high.value()))
        self.high.valueChanged.connect(lambda high: contrast.set_window(self.low.value(), high))
        self.gamma.valueChanged.connect(contrast.set_gamma)
        for field in (self.low, self.high):
            field.editingFinished.connect(self._follow)
        for field in (self.auto_low, self.auto_high):
            field.valueChanged.connect(self._on_percentiles_changed)
        self.auto.clicked.connect(self._display.auto_contrast)
        self.full.clicked.connect(self._display.full_contrast)
        self.reset.clicked.connect(self._display.reset_contrast)
        self.lut.activated.connect(
            lambda row: workspace.view_state.update(lut=self.lut.itemData(row))
        )
        self._display.shown.connect(self._on_shown)
        self._measuring.measured.connect(self._on_measured)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._on_shown()

    def _on_percentiles_changed(self) -> None:
        low, high = self.auto_low.value(), self.auto_high.value()
        if low < high:
            self._display.set_percentiles(low, high)
        self._follow()

    def _on_shown(self) -> None:
        """Follow what is on show; nothing is counted for a panel that nobody sees."""
        self._follow()
        if self.isVisible():
            self._measuring.ask(self._contrast.plane)

    def _on_measured(self, plane: NDArray[np.generic], found: Measured) -> None:
        if plane is self._contrast.plane:
            self.plot.set_counts(*found)

    def _follow(self) -> None:
        """Show the numbers as they are now."""
        view, plane = self._workspace.view, self._contrast.plane
        low, high = self._display.window
        for field in (self.low, self.high):
            whole = plane is not None and plane.dtype.kind in "bui"
            # Ends that a hand dragged lie between whole numbers; the field shows the nearest.
            field.suit(high - low, whole=whole)
        self.low.follow(low)
        self.high.follow(high)
        self.gamma.follow(view.gamma)
        for field, value in zip(
            (self.auto_low, self.auto_high), self._contrast.percentiles, strict=True
        ):
            field.follow(value)
        self.lut.setCurrentIndex(LUT_NAMES.index(view.lut))
        self.plot.set_look((low, high), view.gamma, self._contrast.colours())
        for widget in self.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            widget.setEnabled(plane is not None)
        self.lut.setVisible(not view.is_composite)  # there each channel has a colour of its own


def lut_icon(name: str) -> QIcon:
    """Return a strip of the colours of that table."""
    strip = QImage(256, 1, QImage.Format.Format_RGB32)
    for level, colour in enumerate(lut(name)):
        strip.setPixel(level, 0, colour)
    return QIcon(QPixmap.fromImage(strip.scaled(2 * _SWATCH_WIDTH, 2 * _SWATCH_HEIGHT)))
