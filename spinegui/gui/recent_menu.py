"""File ▸ Open recent: the projects opened lately, those that are gone greyed."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from spinegui.gui.language import tr
from spinegui.gui.style.icons import icon

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from spinegui.gui.settings import Settings


class RecentMenu(QMenu):
    """Filled each time it opens, so that it is true."""

    def __init__(
        self, parent: QWidget, settings: Settings, open_path: Callable[[Path], object]
    ) -> None:
        super().__init__(tr("Open recent"), parent)
        self.setObjectName("menu_recent")
        self.setToolTipsVisible(True)
        self.setIcon(icon("clock"))
        self._settings = settings
        self._open = open_path
        self.aboutToShow.connect(self.fill)

    def fill(self) -> None:
        """Put the projects in, newest first."""
        self.clear()
        paths = [Path(p) for p in self._settings.recent]
        names = [path.stem for path in paths]
        for path in paths:
            twice = names.count(path.stem) > 1
            text = f"{path.stem} ({path.parent.name})" if twice else path.stem
            is_there = path.exists()
            # "&" in a menu marks a key; a file's name means itself.
            label = text.replace("&", "&&")
            action = self.addAction(label if is_there else tr("{label} (missing)", label=label))
            action.setEnabled(is_there)
            action.setToolTip(
                str(path) if is_there else tr("{path}\nThe file is not there any more", path=path)
            )
            action.triggered.connect(partial(self._on_triggered, path))
        if not paths:
            self.addAction(tr("No project yet")).setEnabled(False)
            return
        self.addSeparator()
        self.addAction(tr("Clear this list")).triggered.connect(self._settings.forget_recent)

    def _on_triggered(self, path: Path, _checked: bool = False) -> None:
        self._open(path)
