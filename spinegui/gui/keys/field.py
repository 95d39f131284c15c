"""Where a new key is pressed: takes one key combination, Tab and Enter too; Esc leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QKeyCombination, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QKeySequenceEdit, QLineEdit
from typing_extensions import override

from spinegui.gui.language import tr

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent
    from PySide6.QtWidgets import QWidget

_HANDS = (
    Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta,
    Qt.Key.Key_CapsLock, Qt.Key.Key_NumLock, Qt.Key.Key_ScrollLock, Qt.Key.Key_unknown,
)  # fmt: skip


class KeyField(QKeySequenceEdit):
    """Shown while it waits for a key."""

    pressed = Signal(str)
    """The key as portable text."""
    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setMaximumSequenceLength(1)
        # Tab would end the entry instead of being it.
        self.setFinishingKeyCombinations([])
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName(tr("Press the new key"))
        line = self.findChild(QLineEdit)
        if line is not None:
            line.setPlaceholderText(tr("Press the new key"))
            line.setAccessibleName(tr("Press the new key"))
        self.editingFinished.connect(self._on_editing_finished)

    @override
    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.keyCombination() == QKeyCombination(Qt.Key.Key_Escape):
                self.left.emit()
                return True
            if event.key() not in _HANDS:
                # Not through QWidget.event, which moves the focus on at Tab.
                self.keyPressEvent(event)
                return True
        return super().event(event)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()

    def _on_editing_finished(self) -> None:
        key = self.keySequence().toString(QKeySequence.SequenceFormat.PortableText)
        self.clear()
        if key:
            self.pressed.emit(key)
