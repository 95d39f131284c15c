"""A desk with a short history that is in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from tests.gui.history.reading import is_read
from tests.support.desks import predictions, press
from tests.support.gestures import CTRL, click

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk


@pytest.fixture
def opened(qtbot: QtBot, shown: Desk) -> Desk:
    """A desk with predictions, one of them labelled and one rejected, its history open."""
    first, second = predictions(shown)[:2]
    click(shown.canvas, first.box.center)
    press(qtbot, shown, Qt.Key.Key_2)
    click(shown.canvas, second.box.center)
    press(qtbot, shown, Qt.Key.Key_X)
    press(qtbot, shown, Qt.Key.Key_H, CTRL)
    is_read(qtbot, shown)
    return shown
