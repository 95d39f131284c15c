"""The part of the hunt's panel that says how many spines are still missing, with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget
from typing_extensions import override

from spinegui.domain.missing import LEAST_BOTH, LEAST_FOUND
from spinegui.gui.hunt.parts import Part, sentence
from spinegui.gui.language import ntr, tr
from spinegui.gui.shown_list import is_shown
from spinegui.gui.style.palette import tokens_in_use
from spinegui.gui.style.tokens import SMALL_FONT_PX

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from spinegui.domain.hunt import Findings
    from spinegui.domain.missing import Bounds, Missing, Seen
    from spinegui.gui.hunt.hunting import Hunting
    from spinegui.gui.workspace import Workspace

_BAR_PX = 12
_HEIGHT = 44


class MissingPart(Part):
    """One number with its interval, what it rests on, and what it assumes."""

    def __init__(self, workspace: Workspace, hunting: Hunting) -> None:
        super().__init__(tr("Still missing on this image"))
        self._workspace = workspace
        self._hunting = hunting
        self.number = QLabel(self)
        self.number.setProperty("tone", "title")
        self.number.setWordWrap(True)
        self.bar = MissingBar(self)
        self.assumed = sentence("")
        self.rows.insertWidget(1, self.number)
        self.rows.insertWidget(2, self.bar)
        self.rows.addWidget(self.assumed)
        hunting.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Say what is known now."""
        findings = self._hunting.findings
        estimate = findings.missing if findings else None
        for widget in (self.number, self.bar, self.assumed):
            widget.setVisible(estimate is not None)
        if findings is None:
            self.text.setText(tr("It is estimated once the shafts are traced."))
        elif estimate is None:
            self.text.setText(_not_yet(findings))
        elif findings.seen.unseen_length <= 0 and estimate.where_seen is None:
            self.text.setText(
                tr(
                    "All shafts are looked at. What both you and the model missed can only be told "
                    "where you looked before the boxes."
                )
            )
            for widget in (self.number, self.bar, self.assumed):
                widget.hide()
        else:
            self._show(findings, estimate)

    def _show(self, findings: Findings, estimate: Missing) -> None:
        total, seen = estimate.total, findings.seen
        threshold = self._workspace.view.threshold
        # Those that a look without the boxes hides as well: they are found.
        shown = sum(is_shown(d, threshold) for d in self._workspace.annotation.visible())
        self.number.setText(_about(total))
        self.bar.show_bounds(shown, total)
        unit = self._hunting.unit
        parts = [
            tr(
                "{n} in {length:.0f} {unit} of shaft not looked at ({low:.0f}–{high:.0f}).",
                n=_number(estimate.unseen.value),
                length=seen.unseen_length,
                unit=unit,
                low=estimate.unseen.low,
                high=estimate.unseen.high,
            )
        ]
        if estimate.where_seen is not None:
            where = estimate.where_seen
            parts.append(
                tr(
                    "{n} that both you and the model missed ({low:.0f}–{high:.0f}).",
                    n=_number(where.value),
                    low=where.low,
                    high=where.high,
                )
            )
        self.text.setText(" ".join(parts))
        self.assumed.setText(self._assumed(seen))

    def _assumed(self, seen: Seen) -> str:
        base = ntr(
            "From {n} spine on {length:.0f} {unit} looked at.",
            "From {n} spines on {length:.0f} {unit} looked at.",
            seen.found,
            length=seen.length,
            unit=self._hunting.unit,
        )
        if seen.is_two_looks:
            said = tr(
                "Assumes that your look and the model's are independent, and the rest of the "
                "shafts like these."
            )
        else:
            said = tr(
                "Assumes that you missed nothing where you looked, and the rest of the shafts like "
                "it. To tell what you both miss, look before the boxes: {n} spines found by both "
                "are needed, {have} are there.",
                n=LEAST_BOTH,
                have=seen.blind.both,
            )
        return f"{base} {said}"


class MissingBar(QWidget):
    """What is shown, solid; what is missing, hatched behind it, with its interval as a whisker."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._shown = 0
        self._bounds: Bounds | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Shown and missing spines"))

    def show_bounds(self, shown: int, bounds: Bounds) -> None:
        self._shown, self._bounds = shown, bounds
        self.setAccessibleDescription(
            tr(
                "{shown} shown, {n:.0f} missing, between {low:.0f} and {high:.0f}",
                shown=shown,
                n=bounds.value,
                low=bounds.low,
                high=bounds.high,
            )
        )
        self.setToolTip(self.accessibleDescription())
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(180, _HEIGHT)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._bounds is None:
            return
        tokens, bounds = tokens_in_use(), self._bounds
        at = self._at
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.muted))
        painter.drawRect(QRectF(at(0), 4, at(self._shown) - at(0), _BAR_PX))
        end = at(self._shown + bounds.value)
        missing = QRectF(at(self._shown), 4, max(end - at(self._shown), 1.0), _BAR_PX)
        painter.fillRect(missing, QBrush(QColor(tokens.warning), Qt.BrushStyle.BDiagPattern))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(tokens.warning), 1))
        painter.drawRect(missing.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.setPen(QPen(QColor(tokens.text), 1.5))
        low, high, middle = at(self._shown + bounds.low), at(self._shown + bounds.high), 22.0
        painter.drawLine(round(low), round(middle), round(high), round(middle))
        for x in (low, high):
            painter.drawLine(round(x), round(middle - 3), round(x), round(middle + 3))
        self._write(painter, tokens.muted)
        painter.end()

    def _at(self, n: float) -> float:
        """Return where a number of spines lies, in px from the left."""
        most = max(self._shown + (self._bounds.high if self._bounds else 0.0), 1.0)
        return 1 + (self.width() - 2) * n / most

    def _write(self, painter: QPainter, colour: str) -> None:
        font = self.font()
        font.setPixelSize(SMALL_FONT_PX)
        painter.setFont(font)
        painter.setPen(QColor(colour))
        room = QRectF(0, 28, self.width(), _HEIGHT - 28)
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft, tr("{n} shown", n=self._shown))
        assert self._bounds is not None
        right = tr("up to {n:.0f}", n=self._shown + self._bounds.high)
        painter.drawText(room, Qt.AlignmentFlag.AlignRight, right)


def _about(total: Bounds) -> str:
    return tr(
        "About {n} (95 %: {low:.0f}–{high:.0f})",
        n=_number(total.value),
        low=total.low,
        high=total.high,
    )


def _number(value: float) -> str:
    return f"{value:.0f}"


def _not_yet(findings: Findings) -> str:
    seen = findings.seen
    if seen.length <= 0:
        return tr("Not enough looked at yet: go tile by tile, or mark a region reviewed.")
    if not seen.is_enough:
        return tr(
            "Not enough looked at yet: {n} spines in reviewed parts, {least} are needed.",
            n=seen.found,
            least=LEAST_FOUND,
        )
    return tr("No model has looked here: detect first.")
