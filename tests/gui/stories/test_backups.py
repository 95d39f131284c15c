"""Going back to an earlier state."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from spinegui.domain.geometry import Box
from spinegui.gui.dialogs.backups import BackupsSheet, local_time
from spinegui.gui.document import SaveState
from tests.gui.stories.driving import (
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


def saved(desk: Desk, qtbot: QtBot) -> Document:
    document = desk.workspace.document
    assert document is not None
    qtbot.waitUntil(lambda: document.save_state is SaveState.SAVED)
    return document


def with_backup(desk: Desk, qtbot: QtBot, folder: Path) -> Document:
    """Open an image, draw one spine, back that state up, draw another."""
    open_images(qtbot, desk, plain_image(folder / "a.tif"))
    desk.review.draw(Box(5, 6, 15, 18))
    document = saved(desk, qtbot)
    assert document.project.backup_if_due(0).result() is not None
    desk.review.draw(Box(25, 6, 35, 18))
    return saved(desk, qtbot)


def test_that_a_backup_is_restored_and_the_state_before_is_kept(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    path = with_backup(desk, qtbot, tmp_path).project.path
    choose(desk, "File", "Restore backup…")
    sheet = opened(qtbot, desk, BackupsSheet)
    assert sheet.table.item(0, 2).text() == "1"
    press(qtbot, sheet.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Restored as of" in toast_text(desk))
    assert len(desk.workspace.annotation.detections) == 1
    kept = list(path.parent.glob(f"{path.stem}.before-restore-*.spine"))
    assert len(kept) == 1


def test_that_escape_leaves_the_project_as_it_is(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    with_backup(desk, qtbot, tmp_path)
    choose(desk, "File", "Restore backup…")
    press(qtbot, opened(qtbot, desk, BackupsSheet), Qt.Key.Key_Escape)
    gone(qtbot, desk, BackupsSheet)
    assert len(desk.workspace.annotation.detections) == 2


def test_that_a_damaged_backup_changes_nothing(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    document = with_backup(desk, qtbot, tmp_path)
    document.project.backups()[0].path.write_bytes(b"not a project")
    choose(desk, "File", "Restore backup…")
    opened(qtbot, desk, BackupsSheet).accept()
    box = opened(qtbot, desk, QMessageBox, "error")
    assert "could not be restored" in box.text()
    qtbot.waitUntil(lambda: desk.workspace.document is not None)
    assert len(desk.workspace.annotation.detections) == 2


def test_that_without_a_backup_one_is_told_so(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    open_images(qtbot, desk, plain_image(tmp_path / "a.tif"))
    choose(desk, "File", "Restore backup…")
    assert "No backup yet" in toast_text(desk)


def test_that_times_are_the_readers_own() -> None:
    at = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
    assert at.astimezone().strftime("%H:%M:%S") in local_time(at)
