"""The dock of the hunt: its parts below each other, the one in use in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedLayout, QVBoxLayout, QWidget
from typing_extensions import override

from spinegui.gui.hunt.parts import sentence
from spinegui.gui.language import tr

if TYPE_CHECKING:
    from collections.abc import Iterable

    from spinegui.gui.workspace import Workspace

WIDTH = 264
LEAST_WIDTH = 248
"""So wide that four short columns of numbers fit."""


class HuntPanel(QScrollArea):
    """Shows the parts, or without an image what will be here."""

    def __init__(self, workspace: Workspace, parts: Iterable[QWidget]) -> None:
        super().__init__()
        self.setObjectName("hunt")
        self._workspace = workspace
        self.setWidgetResizable(True)
        self.setMinimumWidth(LEAST_WIDTH)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        # After a click in it the keys go on meaning the image.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._parts = QWidget(self)
        rows = QVBoxLayout(self._parts)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        for number, part in enumerate(parts):
            if number:
                rows.addWidget(_hairline())
            rows.addWidget(part)
        rows.addStretch(1)
        self._empty = sentence(
            tr("Open an image: here you look for the spines that no detection has shown you.")
        )
        self._empty.setContentsMargins(12, 10, 12, 12)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        inside = QWidget(self)
        self._stack = QStackedLayout(inside)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._parts)
        self.setWidget(inside)
        workspace.image_changed.connect(self._on_image_changed)
        self._on_image_changed(workspace.image_id)

    def _on_image_changed(self, image_id: str) -> None:
        self._stack.setCurrentWidget(self._parts if image_id else self._empty)

    @override
    def sizeHint(self) -> QSize:
        return QSize(WIDTH, 480)


def _hairline() -> QWidget:
    line = QWidget()
    line.setObjectName("hairline")
    line.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    line.setFixedHeight(1)
    return line
