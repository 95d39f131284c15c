"""A gallery in front, with eight predictions on two of three images."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from tests.gui.gallery.driving import gallery_of, predict_on
from tests.support.desks import open_images, press

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk
    from spinegui.gui.gallery.gallery import Gallery


@pytest.fixture
def predicted(qtbot: QtBot, desk: Desk, images: tuple[Path, ...]) -> Desk:
    """A desk on three images; the first has five predictions, the second has four."""
    open_images(qtbot, desk, *images[:3])
    predict_on(desk, 0, "mmtmt", (0.95, 0.9, 0.8, 0.7, 0.2))
    predict_on(desk, 1, "tmtm", (0.85, 0.75, 0.65, 0.55))
    return desk


@pytest.fixture
def gallery(qtbot: QtBot, predicted: Desk) -> Gallery:
    """The gallery, brought to the front with its key."""
    press(qtbot, predicted, Qt.Key.Key_V)
    found = gallery_of(predicted)
    assert found.is_in_front
    return found
