"""The ground of every plot: quiet axes in the theme's colours, light or dark."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt
from typing_extensions import override

from spinegui.gui.style.palette import tokens_in_use
from spinegui.gui.style.tokens import SMALL_FONT_PX

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QPen
    from PySide6.QtWidgets import QWidget

    from spinegui.gui.style.tokens import Tokens


class QuietPlot(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """A plot that neither zooms nor pans and wears the theme; `_dress` colours what it draws."""

    _is_built = False

    def __init__(
        self,
        parent: QWidget,
        *,
        bottom: str,
        left: str = "",
        axes: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(parent, background=None, axisItems=dict(axes or {}))
        self.setMenuEnabled(False)
        self.setMouseEnabled(x=False, y=False)
        self.hideButtons()
        self.setFrameShape(self.Shape.NoFrame)
        self._names = {"bottom": bottom, "left": left}
        font = self.font()
        font.setPixelSize(SMALL_FONT_PX)
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            # The last number, at the plot's edge, is as good as the others.
            axis.enableAutoSIPrefix(False)
            axis.setStyle(tickFont=font, tickLength=-4, maxTickLevel=1, hideOverlappingLabels=False)
        self._is_built = True
        self._dress_all()

    def pen(
        self, colour: str, width: float = 1.5, style: Qt.PenStyle = Qt.PenStyle.SolidLine
    ) -> QPen:
        """Return a pen as wide on a dense screen as on another."""
        made: QPen = pg.mkPen(colour, width=width * self.devicePixelRatioF(), style=style)
        return made

    def _dress_all(self) -> None:
        tokens = tokens_in_use()
        for side, name in self._names.items():
            axis = self.getAxis(side)
            axis.setPen(self.pen(tokens.hairline, 1))
            axis.setTextPen(self.pen(tokens.muted, 1))
            if name:
                axis.setLabel(name, color=tokens.muted, **{"font-size": f"{SMALL_FONT_PX}px"})
        self._dress(tokens)

    def _dress(self, tokens: Tokens) -> None:
        """Colour what is drawn; called again whenever the theme changes."""

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._is_built:
            self._dress_all()
