"""The scrubber: a slider over every edit of the shown image, from before the first to now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QToolButton, QWidget

from spinegui.gui.answers import Answers
from spinegui.gui.history import words
from spinegui.gui.history.looking_back import Moment
from spinegui.gui.language import tr
from spinegui.gui.style.icons import icon

if TYPE_CHECKING:
    from spinegui.gui.history.edit_log import EditLog
    from spinegui.gui.history.looking_back import LookBack
    from spinegui.gui.workspace import Workspace

_Moments = tuple[tuple[int, str], ...]


class Scrubber(QWidget):
    """Goes through the moments of the image that is shown while the history is in sight."""

    def __init__(self, workspace: Workspace, log: EditLog, look: LookBack, parent: QWidget) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._log = log
        self._look = look
        self._answers = Answers(self)
        self._moments: _Moments = ()
        self._is_following = False
        self.text = QLabel(self)
        self.text.setObjectName("hint")
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setAccessibleName(tr("Moments of this image"))
        self.slider.setToolTip(tr("Look at this image as it was after each of its edits"))
        self.slider.setPageStep(10)
        self.back = self._button("ph.caret-left", tr("One edit back"), -1)
        self.on = self._button("ph.caret-right", tr("One edit on"), 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 12, 0)
        row.setSpacing(4)
        for widget in (self.back, self.slider, self.on, self.text):
            row.addWidget(widget, 1 if widget is self.slider else 0)
        self.text.setMinimumWidth(self.fontMetrics().horizontalAdvance("00:00 · 000 / 000"))
        self.slider.valueChanged.connect(self._on_value_changed)
        look.changed.connect(self._follow_look)
        workspace.image_changed.connect(self.read)
        log.newer_came.connect(self.read)
        log.reset.connect(self.read)
        self._show(())

    def _button(self, name: str, tip: str, step: int) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(name))
        button.setAutoRaise(True)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.clicked.connect(lambda: self.slider.setValue(self.slider.value() + step))
        return button

    def read(self, _cause: object = None) -> None:
        """Read the moments of the shown image, while the history is in sight."""
        document, image_id = self._workspace.document, self._workspace.image_id
        if document is None or not image_id or self._log.is_hidden:
            self._show(())
        elif self.isVisible():
            found = document.project.past.moments(image_id)
            self._answers.when(
                found, lambda moments: self._take(image_id, moments), lambda _error: self._show(())
            )

    def _take(self, image_id: str, moments: _Moments) -> None:
        if image_id == self._workspace.image_id and not self._log.is_hidden:
            self._show(moments)

    def _show(self, moments: _Moments) -> None:
        self._moments = moments
        self._is_following = True
        self.slider.setRange(0, len(moments))
        self._is_following = False
        self._follow_look()

    def _follow_look(self) -> None:
        """Put the slider where the image is looked at."""
        moment, count = self._look.moment, len(self._moments)
        value = count
        if moment is not None:
            value = sum(seq <= moment.seq for seq, _at in self._moments)
        self._is_following = True
        self.slider.setValue(value)
        self._is_following = False
        self._say(value)

    def _on_value_changed(self, value: int) -> None:
        if self._is_following:
            return
        self._say(value)
        count = len(self._moments)
        if value == count:
            self._look.to_now()
        else:
            seq = self._moments[value - 1][0] if value else 0
            at = self._moments[max(0, value - 1)][1]
            self._look.to(Moment(self._workspace.image_id, seq, at))

    def _say(self, value: int) -> None:
        count = len(self._moments)
        for widget in (self.slider, self.back, self.on):
            widget.setEnabled(count > 0)
        self.back.setEnabled(value > 0)
        self.on.setEnabled(value < count)
        if not count:
            self.text.setText(tr("No edits yet"))
        elif value == count:
            self.text.setText(tr("Now"))
        else:
            when = words.clock(self._moments[value - 1][1]) if value else tr("Start")
            self.text.setText(f"{when} · {value} / {count}")
