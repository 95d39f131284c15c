"""A desk of its own for each test, in front, with settings and models below the test's home."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from spinegui.engine.local import LocalEngine
from spinegui.gui.desk import Desk
from spinegui.gui.settings import Settings
from spinegui.gui.style.theme import apply_theme
from spinegui.storage.model_store import ModelStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot


@pytest.fixture
def desk(qtbot: QtBot, home: Path) -> Iterator[Desk]:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    apply_theme(application, "light")
    settings = Settings(QSettings(str(home / "settings.ini"), QSettings.Format.IniFormat))
    settings.user = "ann"
    settings.last_folder = str(home)
    made = Desk(settings, LocalEngine(), ModelStore())
    made.window.resize(1280, 800)
    with qtbot.waitActive(made.window):
        made.window.show()
        made.window.activateWindow()
    yield made
    made.window.close()
    made.close()
    made.window.deleteLater()
    made.deleteLater()
