"""What the canvas says while it shows no image, with the one action that fills it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

if TYPE_CHECKING:
    from collections.abc import Callable


class EmptyState(QWidget):
    """A title, a hint and a button, centred over the canvas."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._canvas = parent
        self._callback: Callable[[], None] | None = None
        self._second_callback: Callable[[], None] | None = None
        self._title = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._title.setStyleSheet("color: #E8EAED; font-size: 16px; font-weight: 500;")
        self._hint = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._hint.setStyleSheet("color: #9AA0A6;")
        self._hint.setWordWrap(True)
        self.button = QPushButton()
        self.button.setProperty("primary", True)
        self.button.setCursor(Qt.CursorShape.PointingHandCursor)
        self.button.clicked.connect(self._on_button_clicked)
        self.second = QPushButton()
        self.second.setFlat(True)
        self.second.setStyleSheet(
            "QPushButton { color: #9AA0A6; } QPushButton:hover { color: "
            "#E8EAED; background: transparent; }"
        )
        self.second.setCursor(Qt.CursorShape.PointingHandCursor)
        self.second.clicked.connect(self._on_second_clicked)
        self.second.hide()
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addStretch()
        layout.addWidget(self._title)
        layout.addWidget(self._hint)
        layout.addSpacing(8)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self.second, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch()

    def set_content(
        self, title: str, hint: str, button: str = "", callback: Callable[[], None] | None = None
    ) -> None:
        """Set the words; the button shows only where there is something for it to do."""
        self._title.setText(title)
        self._hint.setText(hint)
        if callback is None:
            self.give_focus_back()
        self.button.setText(button)
        self.button.setVisible(callback is not None)
        self._callback = callback
        self.set_second("", None)

    def give_focus_back(self) -> None:
        """Let keys go to the canvas: with a button that vanishes they would go anywhere."""
        # Not `hasFocus`: the window may be behind the dialog that the button opened.
        if self.window().focusWidget() in {self.button, self.second}:
            self._canvas.setFocus()

    def set_hint(self, hint: str) -> None:
        """Say something else below the title."""
        self._hint.setText(hint)

    def set_second(self, text: str, callback: Callable[[], None] | None) -> None:
        """Offer another, quieter way on."""
        self.second.setText(text)
        self.second.setVisible(callback is not None)
        self._second_callback = callback

    def _on_second_clicked(self) -> None:
        if self._second_callback is not None:
            self._second_callback()

    def _on_button_clicked(self) -> None:
        if self._callback is not None:
            self._callback()
