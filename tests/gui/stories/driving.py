"""Hands for the tests: press keys, choose in menus, answer file dialogs, find what opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit, QMenu, QWidget

from tests.support.images import write_imagej, write_plain

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk

W = TypeVar("W", bound=QWidget)


def choose(desk: Desk, menu: str, text: str) -> None:
    """Choose an entry of a menu of the menu bar by its words."""
    found = desk.window.menuBar().findChild(QMenu, f"menu_{menu.lower()}")
    assert found is not None
    entries = [action for part in (found, *found.findChildren(QMenu)) for action in part.actions()]
    entry = next(action for action in entries if action.text() == text)
    assert entry.isEnabled(), entry.toolTip()
    entry.trigger()


def press(
    qtbot: QtBot,
    widget: QWidget,
    key: Qt.Key,
    modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    """Press a key on a window once it is in front: before that, keys go to the one before."""
    # Offscreen there is no window manager that brings the window behind a closed dialog forward.
    widget.window().activateWindow()
    qtbot.waitUntil(lambda: widget.window().isActiveWindow())
    qtbot.keyClick(widget, key, modifier)


def opened(qtbot: QtBot, desk: Desk, kind: type[W], name: str = "") -> W:
    """Wait for a dialog of that kind to be in front, where keys go, and return it."""

    def is_there() -> bool:
        found = desk.window.findChild(kind, name or None)
        return found is not None and found.isVisible() and found.isActiveWindow()

    qtbot.waitUntil(is_there)
    found = desk.window.findChild(kind, name or None)
    assert found is not None
    return found


def gone(qtbot: QtBot, desk: Desk, kind: type[QWidget]) -> None:
    """Wait until no dialog of that kind is open."""
    qtbot.waitUntil(lambda: not any(w.isVisible() for w in desk.window.findChildren(kind)))


def answer_file(qtbot: QtBot, desk: Desk, name: str, path: Path) -> None:
    """Type a path into the file dialog of that name and press Enter."""
    dialog = opened(qtbot, desk, QFileDialog, name)
    field = dialog.findChild(QLineEdit, "fileNameEdit")
    assert field is not None
    field.setText(str(path))
    qtbot.keyClick(field, Qt.Key.Key_Return)


def open_images(qtbot: QtBot, desk: Desk, *paths: Path) -> None:
    """Open images as if they were dropped, and wait until the first is on the canvas."""
    desk.open(paths)
    qtbot.waitUntil(lambda: len(desk.workspace.image_ids) >= len(paths))
    qtbot.waitUntil(lambda: desk.canvas.scene.pixels.plane is not None)


def plain_image(path: Path, seed: int = 0) -> Path:
    """A small 2D image that does not say its pixel size."""
    rng = np.random.default_rng(seed)
    return write_plain(path, rng.integers(0, 255, (48, 64), dtype=np.uint8))


def calibrated_stack(path: Path, um: tuple[float, float] = (0.1, 0.1)) -> Path:
    """A small stack that says its pixel size in µm."""
    pixels = np.random.default_rng(1).integers(0, 999, (4, 32, 40)).astype(np.uint16)
    per_unit = (1 / um[0], 1 / um[1])
    return write_imagej(path, pixels, "ZYX", per_unit=per_unit, metadata={"unit": "um"})


def toast_text(desk: Desk) -> str:
    """Return what the toast says, "" where none is shown."""
    toast = desk.window.findChild(QWidget, "toast")
    return toast._text.text() if toast is not None and toast.isVisible() else ""  # type: ignore[attr-defined]
