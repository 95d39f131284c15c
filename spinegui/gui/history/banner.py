"""The line above an image that is shown as it was: when that was, and the two ways on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton

from spinegui.gui.history import words
from spinegui.gui.language import tr

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from spinegui.gui.history.looking_back import LookBack
    from spinegui.gui.workspace import Workspace


class PastLine(QFrame):
    """Stands there for as long as the past is looked at."""

    def __init__(self, workspace: Workspace, look: LookBack, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._workspace = workspace
        self._look = look
        self.text = QLabel(self)
        self.now = QPushButton(tr("Back to now"), self)
        self.now.setToolTip(tr("Show the image as it is; nothing is changed  (Esc)"))
        self.now.setProperty("primary", True)
        self.now.clicked.connect(look.to_now)
        self.bring = QPushButton(tr("Bring this image back to this moment"), self)
        self.bring.clicked.connect(look.bring_back)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.setSpacing(8)
        row.addWidget(self.text, 1)
        row.addWidget(self.bring)
        row.addWidget(self.now)
        look.changed.connect(self._refresh)
        self.hide()

    def _refresh(self) -> None:
        moment, document = self._look.moment, self._workspace.document
        self.setVisible(moment is not None)
        if moment is None or document is None:
            return
        if moment.seq:
            self.text.setText(tr("As it was at {when}", when=words.moment(moment.at)))
        else:
            self.text.setText(tr("As it was before the first edit"))
        self.bring.setEnabled(not document.is_read_only)
        tip = tr("Undo every later edit of this image, as one edit that can be undone")
        if document.is_read_only:
            tip = f"{tip}\n{tr('The project is open read-only')}"
        self.bring.setToolTip(tip)
