"""What the tour shows: a ring around the real control, and a card beside it that says what to do.

Neither takes the focus or stops a click: the window works as it always does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from spinegui.gui.dialogs.sheet import words
from spinegui.gui.language import tr
from spinegui.gui.style.palette import tokens_in_use

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

WIDTH = 320
GAP = 14
RING_PX = 3
MARGIN = 12


class Ring(QWidget):
    """A ring that lets every click through."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    def surround(self, target: QRect) -> None:
        """Go around that part of the window; around nothing, be gone."""
        self.setVisible(not target.isEmpty())
        self.setGeometry(target.adjusted(-RING_PX - 1, -RING_PX - 1, RING_PX + 1, RING_PX + 1))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        half = RING_PX / 2
        area = QRectF(self.rect()).adjusted(half, half, -half, -half)
        # A dark line beneath, for the ring is to be seen on a bright image as well.
        painter.setPen(QPen(QColor(0, 0, 0, 130), RING_PX + 2))
        painter.drawRoundedRect(area, 6, 6)
        painter.setPen(QPen(QColor(tokens_in_use().accent), RING_PX))
        painter.drawRoundedRect(area, 6, 6)


class Card(QFrame):
    """How far one is, what to do, and the ways out."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("tour_card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(WIDTH)
        self.setAccessibleName(tr("Tour"))
        self.progress = words("", "heading", wrap=False)
        self.title = words("", "title", wrap=False)
        self.text = words("")
        self.skip = self._button(tr("Skip this step"), "tour_skip")
        self.end = self._button(tr("End the tour"), "tour_end")
        self.end.setToolTip(tr("Esc, with nothing selected, ends it too"))
        self._rows = layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(6)
        layout.addWidget(self.progress)
        layout.addWidget(self.title)
        layout.addWidget(self.text)
        layout.addSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.skip)
        row.addStretch(1)
        row.addWidget(self.end)
        layout.addLayout(row)
        self.hide()

    def _button(self, text: str, name: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        # Keys go on meaning spines; Help ▸ Tour ends it without the mouse.
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return button

    def say(self, progress: str, title: str, text: str, *, is_last: bool) -> None:
        """Show a step."""
        self.progress.setText(progress)
        self.title.setText(title)
        self.text.setText(text)
        self.setAccessibleDescription(f"{title}. {text}")
        self.skip.setVisible(not is_last)
        self.end.setText(tr("Finish") if is_last else tr("End the tour"))
        self.setFixedHeight(self._rows.totalHeightForWidth(WIDTH))

    def stand_beside(self, target: QRect) -> None:
        """Stand where neither the target nor the window's edge is in the way."""
        room = self.window().rect().adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        self.setGeometry(placed(self.size(), target, room))
        self.raise_()


def placed(size: QSize, target: QRect, room: QRect) -> QRect:
    """Return where a card of that size stands: below, above, right, left of the target, or in it.

    A target that leaves no room around it, such as the image, has the card in its lower corner.
    """
    card = QRect(0, 0, size.width(), size.height())
    middle_x = target.center().x() - size.width() // 2
    middle_y = target.center().y() - size.height() // 2
    for x, y in (
        (middle_x, target.bottom() + GAP),
        (middle_x, target.top() - GAP - size.height()),
        (target.right() + GAP, middle_y),
        (target.left() - GAP - size.width(), middle_y),
    ):
        card.moveTo(x, y)
        inside = _pushed_into(card, room)
        if room.contains(inside) and not inside.intersects(target):
            return inside
    card.moveBottomLeft(target.bottomLeft())
    card.translate(GAP, -GAP - 40)
    return _pushed_into(card, room)


def _pushed_into(card: QRect, room: QRect) -> QRect:
    x = min(max(card.left(), room.left()), room.right() + 1 - card.width())
    y = min(max(card.top(), room.top()), room.bottom() + 1 - card.height())
    return QRect(x, y, card.width(), card.height())
