"""Says what a blind session is before it begins, and asks whether names are to be hidden too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox

from spinegui.gui.dialogs.sheet import Sheet, words
from spinegui.gui.language import ntr, tr

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

WIDTH = 440


class BlindSheet(Sheet):
    """Accepted to begin; `hides_names` tells what was chosen."""

    def __init__(self, parent: QWidget, user: str, n_spines: int) -> None:
        super().__init__(parent, "blind_sheet", tr("Blind session"))
        self.setMinimumWidth(WIDTH)
        self.body.addWidget(words(tr("{name} labels blind", name=user), "title"))
        self.body.addWidget(
            words(
                tr(
                    "Boxes stay, labels go: those of other raters, of the model and your own from "
                    "before. Label as many spines as you like; the session lasts until you end "
                    "it, over restarts too."
                )
            )
        )
        self.body.addWidget(
            words(
                tr(
                    "What you say blind stands beside what was said before and is marked so, "
                    "which is what agreement between raters, and with oneself, is told from."
                ),
                "quiet",
            )
        )
        self.names = QCheckBox(tr("Hide file names too, and shuffle the images"), self)
        self.names.setToolTip(
            tr("Images are called Image 1, Image 2 and so on, in an order of this session's own")
        )
        self.body.addWidget(self.names)
        self.body.addWidget(
            words(ntr("{n} spine is to be labelled.", "{n} spines are to be labelled.", n_spines))
        )
        self.add_buttons(tr("Start blind session"))

    @property
    def hides_names(self) -> bool:
        return self.names.isChecked()
