"""Opening images by each door: menu, drop, command line, a file or a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMessageBox

from spinegui.app import open_window
from tests.support.desks import (
    choose,
    close,
    dialog,
    document_of,
    drawn,
    is_open,
    make_desk,
    open_images,
    own_settings,
    predict,
    predictions,
)
from tests.support.projects import make_project

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk


def drop(desk: Desk, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    at, copy = QPoint(200, 200), Qt.DropAction.CopyAction
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(at, copy, data, buttons, keys)
    QApplication.sendEvent(desk.window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(desk.window, QDropEvent(QPointF(at), copy, data, buttons, keys))


def by_menu(qtbot: QtBot, desk: Desk, paths: tuple[Path, ...]) -> None:
    choose(desk, "open_images")
    qtbot.waitUntil(lambda: desk.window.findChild(QFileDialog) is not None)
    found = desk.window.findChild(QFileDialog)
    assert found is not None
    field = found.findChild(QLineEdit, "fileNameEdit")
    assert field is not None
    field.setText(" ".join(f'"{path}"' for path in paths))
    qtbot.keyClick(field, Qt.Key.Key_Return)


def by_drop(qtbot: QtBot, desk: Desk, paths: tuple[Path, ...]) -> None:
    drop(desk, *paths)


@pytest.mark.parametrize("door", [by_menu, by_drop])
def test_that_images_open_by_menu_and_by_drop(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...], door: object
) -> None:
    door(qtbot, desk, images[:2])  # type: ignore[operator]
    qtbot.waitUntil(lambda: len(desk.workspace.image_ids) == 2)
    drawn(qtbot, desk)
    assert desk.images.summary.text() == "0 of 2 reviewed"
    assert desk.window.windowTitle().endswith(".spine – spinegui")


def test_that_images_of_the_command_line_open(
    qtbot: QtBot, home: Path, images: tuple[Path, ...]
) -> None:
    desk = open_window([images[2]], settings=own_settings(home))
    try:
        qtbot.waitUntil(lambda: desk.display.plane is not None)
        image = desk.workspace.image
        assert image is not None
        assert image.name == "c.tif"
        assert image.pixel_size is not None
        assert image.pixel_size.x_um == pytest.approx(0.08)
    finally:
        desk.close()


def test_that_a_folder_opens_all_its_images(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...]
) -> None:
    desk.open([images[0].parent])
    qtbot.waitUntil(lambda: len(desk.workspace.image_ids) == len(images))


def test_that_of_good_and_bad_files_the_good_open_and_one_error_names_the_bad(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...], tmp_path: Path
) -> None:
    bad = tmp_path / "bad.tif"
    bad.write_bytes(b"no image")
    desk.open([images[0], bad, tmp_path / "gone.tif", images[1]])
    box = dialog(qtbot, desk, "error")
    assert len(desk.workspace.image_ids) == 2
    assert "bad.tif" in box.informativeText()
    assert "gone.tif" in box.informativeText()
    assert len(desk.window.findChildren(QMessageBox)) == 1
    close(qtbot, box)


def test_that_nothing_to_open_is_said_and_makes_no_project(
    qtbot: QtBot, desk: Desk, tmp_path: Path
) -> None:
    desk.open([tmp_path / "gone.tif"])
    close(qtbot, dialog(qtbot, desk, "error"))
    desk.open([tmp_path])
    close(qtbot, dialog(qtbot, desk, "error"))
    assert desk.workspace.document is None


def test_that_the_same_folder_leads_to_the_same_project_and_corrections(
    qtbot: QtBot, home: Path, images: tuple[Path, ...]
) -> None:
    desk = make_desk(qtbot, home)
    open_images(qtbot, desk, images[0])
    predict(desk)
    path = document_of(desk).project.path
    desk.close()
    again = make_desk(qtbot, home)
    try:
        again.open([images[0]])
        qtbot.waitUntil(lambda: again.display.plane is not None)
        assert document_of(again).project.path == path
        assert len(again.workspace.image_ids) == 1
        assert len(predictions(again)) == 4
        assert again.settings.recent[0] == str(path)
    finally:
        again.close()


def test_that_an_image_opened_twice_is_there_once(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...]
) -> None:
    desk.open([images[0]])
    desk.open([images[0], images[1]])
    desk.open([images[1]])
    qtbot.waitUntil(lambda: len(desk.workspace.image_ids) == 2)
    qtbot.waitUntil(lambda: not desk.workspace.background._tasks)
    assert len(desk.workspace.image_ids) == 2
    snapshot = document_of(desk).project.snapshot().result()
    assert len(snapshot.images) == 2


def test_that_images_dropped_while_a_project_is_being_opened_join_it(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...], tmp_path: Path
) -> None:
    path = tmp_path / "p.spine"
    make_project(path).close()
    desk.open([path])
    drop(desk, images[0])
    qtbot.waitUntil(lambda: len(desk.workspace.image_ids) == 3)
    assert is_open(desk, path)
