"""Keys drawn as the caps of a keyboard, for the F1 sheet and the command palette."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeySequence, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from spinegui.gui.gestures import MOUSE
from spinegui.gui.language import tr
from spinegui.gui.style.palette import tokens_in_use
from spinegui.gui.style.tokens import SMALL_FONT_PX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent

CAP_HEIGHT = 20
_CAP_PADDING = 6
_CAP_GAP = 3
_OR_GAP = 10
_SIGNS = {
    "Up": "↑",
    "Down": "↓",
    "Left": "←",
    "Right": "→",
    "Return": "Enter",
    "Backtab": "Tab",
    "=": "+",
}


def caps_of(keys: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Return each key combination as the words on its caps, doubles left out.

    "Return" and "Enter" are one key to a reader, and so are "+" and "=" with Ctrl.
    """
    found = []
    for key in keys:
        text = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
        # Native text joins with "+" everywhere but on the Mac; "Ctrl++" ends in the key "+".
        parts = text.replace("++", "+\0").split("+") if "+" in text[:-1] else [text]
        words = tuple("+" if p == "\0" else _SIGNS.get(p, p) for p in parts)
        found.append(words)
    return tuple(dict.fromkeys(found))


def caps_width(combinations: Sequence[Sequence[str]], font: QFont) -> float:
    """Return how wide these caps are, in px."""
    metrics = QFontMetricsF(_cap_font(font))
    widths = [sum(_cap_width(w, metrics) + _CAP_GAP for w in c) - _CAP_GAP for c in combinations]
    return sum(widths) + _OR_GAP * max(0, len(widths) - 1)


def paint_caps(
    painter: QPainter, area: QRectF, combinations: Sequence[Sequence[str]], font: QFont
) -> None:
    """Paint caps at the right end of `area`, centred upright; the mouse's moves have no cap."""
    tokens = tokens_in_use()
    metrics = QFontMetricsF(_cap_font(font))
    x = area.right() - caps_width(combinations, font)
    top = area.center().y() - CAP_HEIGHT / 2
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(_cap_font(font))
    hands = {tr(gesture.hand) for gesture in MOUSE}
    for number, combination in enumerate(combinations):
        if number:
            x += _OR_GAP - _CAP_GAP
        for word in combination:
            cap = QRectF(x + 0.5, top + 0.5, _cap_width(word, metrics) - 1, CAP_HEIGHT - 1)
            if word not in hands:
                painter.setPen(QPen(QColor(tokens.hairline), 1))
                painter.setBrush(QColor(tokens.raised))
                painter.drawRoundedRect(cap, 4, 4)
            painter.setPen(QColor(tokens.muted if word in hands else tokens.text))
            painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, word)
            x += cap.width() + 1 + _CAP_GAP
    painter.restore()


def _cap_font(font: QFont) -> QFont:
    small = QFont(font)
    small.setPixelSize(SMALL_FONT_PX)
    return small


def _cap_width(word: str, metrics: QFontMetricsF) -> float:
    return max(float(CAP_HEIGHT), round(metrics.horizontalAdvance(word)) + 2 * _CAP_PADDING)


class KeyCaps(QWidget):
    """Caps as a widget, as wide as they need."""

    def __init__(
        self, combinations: Sequence[Sequence[str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._combinations = combinations
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr(" or ").join(" ".join(words) for words in combinations))

    @override
    def sizeHint(self) -> QSize:
        return QSize(round(caps_width(self._combinations, self.font())) + 1, CAP_HEIGHT + 2)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        paint_caps(QPainter(self), QRectF(self.rect()), self._combinations, self.font())
