"""About: version, licence, what the program stands on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

from spinegui import __version__
from spinegui.gui.dialogs.sheet import Sheet, words
from spinegui.gui.language import later, tr

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

WIDTH = 420
PURPOSE = later(
    "Turns microscope images of dendrites into spine counts and classes, and lets every "
    "correction make the next prediction better."
)
LICENCES = later(
    "BSD 3-Clause licence. Stands on Qt for Python (LGPL), NumPy, SciPy, scikit-image, "
    "scikit-learn, tifffile, Matplotlib and pyqtgraph; icons by Phosphor (MIT)."
)
PRIVACY = later("Your images stay on this computer: the program opens no connection by itself.")


class AboutSheet(Sheet):
    """A few lines and a button that copies the version for a report."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "about", tr("About spinegui"))
        self.body.addWidget(words("spinegui", "title"))
        self.body.addWidget(words(version_line(), "quiet"))
        self.body.addWidget(words(tr(PURPOSE)))
        self.body.addWidget(words(tr(PRIVACY)))
        self.body.addWidget(words(tr(LICENCES), "quiet"))
        self.add_buttons(tr("Close"), cancel="")
        copy = QPushButton(tr("Copy version"), self)
        copy.setObjectName("copy_version")
        copy.setAutoDefault(False)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(version_line()))
        self.button_row.addButton(copy, self.button_row.ButtonRole.ActionRole)
        self.setFixedWidth(WIDTH)


def version_line() -> str:
    """Return the versions that a report of a problem needs."""
    return tr("Version {version}, Qt {qVersion}", version=__version__, qVersion=qVersion())
