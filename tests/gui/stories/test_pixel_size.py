"""Pixel size: known, or asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from spinegui.domain.geometry import Box
from spinegui.domain.image_ref import PixelSize
from spinegui.gui.dialogs.pixel_size import PixelSizeSheet
from spinegui.gui.flows.set_pixel_size import HINT, unknown_ids
from tests.gui.stories.driving import (
    calibrated_stack,
    choose,
    gone,
    open_images,
    opened,
    plain_image,
    press,
    toast_text,
)

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk
    from spinegui.gui.document import Document


def document_of(desk: Desk) -> Document:
    assert desk.workspace.document is not None
    return desk.workspace.document


def hint(desk: Desk) -> str:
    return desk.window.banners.texts().get(HINT, "")


def test_that_the_banner_asks_and_its_button_opens_the_dialog(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    open_images(qtbot, desk, plain_image(tmp_path / "a.tif"))
    assert "Pixel size unknown" in hint(desk)
    button = next(
        b for b in desk.window.banners.findChildren(QPushButton) if b.text() == "Set pixel size…"
    )
    button.click()
    sheet = opened(qtbot, desk, PixelSizeSheet)
    qtbot.keyClicks(sheet.x_um, "0,065")
    assert "4.16 × 3.12 µm" in sheet.verdict.text()
    qtbot.keyClick(sheet.x_um, Qt.Key.Key_Return)
    gone(qtbot, desk, PixelSizeSheet)
    size = document_of(desk).pixel_size(desk.workspace.image_id)
    assert size == PixelSize(0.065, 0.065, None, "user")
    assert hint(desk) == ""


def test_that_setting_a_size_is_one_edit_that_undo_takes_back(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    open_images(qtbot, desk, *(plain_image(tmp_path / f"{n}.tif", n) for n in range(3)))
    choose(desk, "Review", "Set pixel size…")
    sheet = opened(qtbot, desk, PixelSizeSheet)
    qtbot.keyClicks(sheet.x_um, "0.1")
    sheet.for_all.click()
    sheet.accept()
    document = document_of(desk)
    assert unknown_ids(document) == []
    press(qtbot, desk.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(unknown_ids(document)) == 3
    assert "Pixel size unknown" in hint(desk)


def test_that_the_undo_of_its_toast_takes_back_no_later_edit(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    open_images(qtbot, desk, plain_image(tmp_path / "a.tif"))
    choose(desk, "Review", "Set pixel size…")
    sheet = opened(qtbot, desk, PixelSizeSheet)
    qtbot.keyClicks(sheet.x_um, "0.1")
    sheet.accept()
    drawn = desk.review.draw(Box(10, 10, 30, 30))
    toast = desk.window.findChild(QWidget, "toast")
    assert toast is not None
    next(b for b in toast.findChildren(QPushButton) if b.text() == "Undo").click()
    assert drawn in desk.workspace.annotation.detections
    assert "edits since" in toast_text(desk)


def test_that_a_stack_keeps_its_slice_distance_and_a_frame_has_none(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    stack = calibrated_stack(tmp_path / "s.tif")
    open_images(qtbot, desk, stack)
    choose(desk, "Review", "Set pixel size…")
    sheet = opened(qtbot, desk, PixelSizeSheet)
    assert sheet.x_um.text() == "0.1"
    sheet.z_um.setText("0.5")
    sheet.accept()
    size = document_of(desk).pixel_size(desk.workspace.image_id)
    assert size == PixelSize(0.1, 0.1, 0.5, "user")


def test_that_what_a_person_set_can_be_taken_away_again(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    open_images(qtbot, desk, calibrated_stack(tmp_path / "s.tif"))
    document, image_id = document_of(desk), desk.workspace.image_id
    own = document.pixel_size(image_id)
    choose(desk, "Review", "Set pixel size…")
    sheet = opened(qtbot, desk, PixelSizeSheet)
    sheet.x_um.setText("0.2")
    sheet.accept()
    gone(qtbot, desk, PixelSizeSheet)
    choose(desk, "Review", "Set pixel size…")
    sheet = opened(qtbot, desk, PixelSizeSheet)
    forget = sheet.findChild(QPushButton, "forget")
    assert forget is not None
    assert forget.text() == "Use the file's"
    forget.click()
    assert document.pixel_size(image_id) == own


@pytest.mark.parametrize("text", ["", "abc", "0", "-1", "nan", "inf", "101", "1e400"])
def test_that_no_impossible_size_is_taken(
    desk: Desk, qtbot: QtBot, tmp_path: Path, text: str
) -> None:
    open_images(qtbot, desk, plain_image(tmp_path / "a.tif"))
    choose(desk, "Review", "Set pixel size…")
    sheet = opened(qtbot, desk, PixelSizeSheet)
    sheet.x_um.setText(text)
    assert not sheet.primary.isEnabled()
    assert sheet.verdict.text()
    qtbot.keyClick(sheet.x_um, Qt.Key.Key_Return)
    assert sheet.isVisible()
    assert document_of(desk).pixel_size(desk.workspace.image_id) is None


def test_that_pixels_that_are_not_square_are_warned_of(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    open_images(qtbot, desk, calibrated_stack(tmp_path / "s.tif", (0.1, 0.2)))
    assert "not square" in hint(desk)
    choose(desk, "Review", "Set pixel size…")
    sheet = opened(qtbot, desk, PixelSizeSheet)
    assert not sheet.square.isChecked()
    assert sheet.verdict.property("tone") == "warning"
    sheet.square.click()
    assert sheet.verdict.property("tone") == "quiet"
    sheet.accept()
    assert hint(desk) == ""


def test_that_the_hint_stays_away_once_it_was_hidden(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    open_images(qtbot, desk, *(plain_image(tmp_path / f"{n}.tif", n) for n in range(2)))
    close = desk.window.banners.findChild(QToolButton)
    assert close is not None
    close.click()
    assert hint(desk) == ""
    desk.workspace.show_image(desk.workspace.image_ids[1])
    assert hint(desk) == ""


def test_that_an_undo_is_not_offered_once_its_project_is_closed(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    open_images(qtbot, desk, plain_image(tmp_path / "a.tif"))
    desk.review.mark_reviewed()
    assert toast_text(desk) == "Image reviewed."
    desk.open_project.close_current()
    assert toast_text(desk) == ""


def test_that_an_image_of_known_size_is_not_asked_about(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    open_images(qtbot, desk, calibrated_stack(tmp_path / "s.tif"))
    assert hint(desk) == ""
