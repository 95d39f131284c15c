"""How the window speaks: toasts that leave, banners that stay, errors in two sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from spinegui.gui.language import tr
from spinegui.gui.style.icons import icon

if TYPE_CHECKING:
    from collections.abc import Callable

TOAST_MS = 5000
ROOM_BESIDE_TEXT = 96


class Notices(QObject):
    """What flows tell the user; the window decides where it appears."""

    toast_requested = Signal(str, str, object)  # text, action text, callback | None
    toast_removed = Signal()
    banner_requested = Signal(str, str, object, bool)
    """Key, text, ((action text, callback), ...), whether a person may hide it."""
    banner_removed = Signal(str)
    banner_dismissed = Signal(str)  # key of a banner that the person has hidden
    error_requested = Signal(str, str)  # title, sentences

    def toast(
        self, text: str, action: str = "", callback: Callable[[], object] | None = None
    ) -> None:
        """Say something that needs no answer; it leaves by itself."""
        self.toast_requested.emit(text, action, callback)

    def clear_toast(self) -> None:
        """Take the toast away: what it offers to undo is closed."""
        self.toast_removed.emit()

    def banner(
        self,
        key: str,
        text: str,
        *actions: tuple[str, Callable[[], object]],
        can_be_hidden: bool = True,
    ) -> None:
        """Say something that stays true until `clear_banner(key)`."""
        self.banner_requested.emit(key, text, actions, can_be_hidden)

    def clear_banner(self, key: str) -> None:
        self.banner_removed.emit(key)

    def error(self, title: str, sentences: str) -> None:
        """Say what happened and what to do, in a dialog that waits."""
        self.error_requested.emit(title, sentences)


class Toast(QFrame):
    """One toast at the bottom of its parent; a new text replaces the old one."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("toast")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._text = QLabel(self)
        self._button = QPushButton(self)
        self._button.setObjectName("toast_action")
        self._button.setFlat(True)
        self._callback: Callable[[], object] | None = None
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 8, 8)
        layout.setSpacing(12)
        layout.addWidget(self._text)
        layout.addWidget(self._button)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.leave)
        self._button.clicked.connect(self._on_button_clicked)
        self._host = parent
        parent.installEventFilter(self)
        self.hide()

    def say(self, text: str, action: str, callback: Callable[[], object] | None) -> None:
        self._text.setText(text)
        self._button.setText(action)
        self._button.setVisible(bool(action))
        self._callback = callback
        self._place()
        self.show()
        self.raise_()
        self._timer.start(TOAST_MS)

    def _place(self) -> None:
        room = self._host.width() - ROOM_BESIDE_TEXT - self._button.sizeHint().width()
        text_width = self._text.fontMetrics().horizontalAdvance(self._text.text()) + 2
        self._text.setWordWrap(text_width > room)
        self._text.setFixedWidth(max(120, min(text_width, room)))
        self.adjustSize()
        left = (self._host.width() - self.width()) // 2
        self.move(left, self._host.height() - self.height() - 24)

    def leave(self) -> None:
        # What it would have called may hold a project that is closed by now.
        self._callback = None
        self.hide()

    def _on_button_clicked(self) -> None:
        callback = self._callback
        self.leave()
        if callback is not None:
            callback()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)


class BannerStack(QWidget):
    """Banners above the image, one a key, newest last."""

    dismissed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(1)
        self._banners: dict[str, QFrame] = {}
        self._texts: dict[str, str] = {}
        self.hide()

    def show_banner(
        self,
        key: str,
        text: str,
        actions: tuple[tuple[str, Callable[[], object]], ...],
        can_be_hidden: bool = True,
    ) -> None:
        if self._texts.get(key) == text:
            return
        self.remove(key)
        banner = QFrame(self)
        banner.setObjectName("banner")
        banner.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        layout = QHBoxLayout(banner)
        layout.setContentsMargins(12, 6, 8, 6)
        layout.setSpacing(8)
        label = QLabel(text, banner)
        label.setWordWrap(True)
        layout.addWidget(label, 1)
        for action_text, callback in actions:
            button = QPushButton(action_text, banner)
            button.clicked.connect(lambda _checked=False, call=callback: call())
            layout.addWidget(button)
        if can_be_hidden:
            layout.addWidget(self._closer(banner, key))
        self._layout.addWidget(banner)
        self._banners[key] = banner
        self._texts[key] = text
        self.show()

    def _closer(self, banner: QFrame, key: str) -> QToolButton:
        close = QToolButton(banner)
        close.setIcon(icon("ph.x"))
        close.setAutoRaise(True)
        close.setToolTip(tr("Hide"))
        close.clicked.connect(lambda: self._dismiss(key))
        return close

    def _dismiss(self, key: str) -> None:
        self.remove(key)
        self.dismissed.emit(key)

    def remove(self, key: str) -> None:
        banner = self._banners.pop(key, None)
        self._texts.pop(key, None)
        if banner is not None:
            self._layout.removeWidget(banner)
            banner.hide()
            banner.deleteLater()
        self.setVisible(bool(self._banners))

    def texts(self) -> dict[str, str]:
        """Return what stands there now, by key."""
        return dict(self._texts)


def show_error(parent: QWidget, title: str, sentences: str) -> None:
    """Open the error dialog without blocking the window."""
    box = QMessageBox(QMessageBox.Icon.Warning, title, title, parent=parent)
    box.setObjectName("error")
    box.setInformativeText(sentences)
    box.setStandardButtons(QMessageBox.StandardButton.Close)
    box.button(QMessageBox.StandardButton.Close).setText(tr("Close"))
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()
