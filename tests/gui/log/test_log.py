"""The log viewer reads what is written while it is written."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from spinegui.gui.crash_log import CrashLog
from spinegui.gui.job_folders import jobs_root
from spinegui.gui.log.entries import Entry, FollowedFile, entries_of
from spinegui.gui.log.sheet import LogSheet
from spinegui.jobs.spec import LOG_NAME
from tests.gui.stories.driving import choose, opened, press

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk

LINES = [
    "2026-01-02 10:00:00,123 INFO spinegui spinegui 0.1 starts",
    "2026-01-02 10:00:01,000 ERROR spinegui Unexpected",
    "Traceback (most recent call last):",
    "  ValueError: no",
    "2026-01-02 10:00:02,000 WARNING qt something (default)",
]


@pytest.fixture
def written(home: Path) -> Iterator[logging.Logger]:
    """The program's own log, installed as at a start."""
    log = CrashLog()
    log.install()
    yield logging.getLogger("spinegui")
    log.uninstall()


def test_that_lines_without_a_head_belong_to_the_entry_before() -> None:
    first, second, third = entries_of(LINES)
    assert first == Entry("2026-01-02 10:00:00", "INFO", "spinegui spinegui 0.1 starts")
    assert second.text.splitlines()[-1] == "  ValueError: no"
    assert third.level == "WARNING"


def test_that_a_job_s_plain_lines_are_entries_with_the_level_they_tell() -> None:
    levels = [entry.level for entry in entries_of(["epoch 1", "UserWarning: x", "Warning: x",
                                                   "Traceback (most", "CRITICAL x"])]  # fmt: skip
    assert levels == ["INFO", "INFO", "WARNING", "ERROR", "ERROR"]


@pytest.mark.parametrize(
    ("level", "words", "n"), [("INFO", "", 3), ("WARNING", "", 2), ("ERROR", "", 1),
                              ("INFO", "valueerror unexp", 1), ("INFO", "nowhere", 0)]
)  # fmt: skip
def test_that_level_and_words_choose(level: str, words: str, n: int) -> None:
    assert sum(entry.fits(level, words) for entry in entries_of(LINES)) == n


def test_that_a_file_is_read_on_from_where_the_last_look_ended(tmp_path: Path) -> None:
    file = tmp_path / "a.log"
    followed = FollowedFile(file)
    assert followed.new_lines() == (False, [])
    file.write_bytes(b"one\ntw")
    assert followed.new_lines() == (True, ["one"])
    with file.open("ab") as out:
        out.write("o\nµ\n".encode())
    assert followed.new_lines() == (False, ["two", "µ"])
    assert followed.new_lines() == (False, [])
    file.write_bytes(b"new\n")  # rotated
    assert followed.new_lines() == (True, ["new"])


def log_sheet(qtbot: QtBot, desk: Desk) -> LogSheet:
    choose(desk, "Help", "Log…")
    return opened(qtbot, desk, LogSheet)


@pytest.mark.logs_warning
def test_that_what_is_written_appears_while_one_looks(
    qtbot: QtBot, written: logging.Logger, desk: Desk
) -> None:
    sheet = log_sheet(qtbot, desk)
    assert "starts" in sheet.text.toPlainText()
    written.warning("The disk is slow")
    written.error("The disk is gone\nand more")
    qtbot.waitUntil(lambda: "The disk is gone\nand more" in sheet.text.toPlainText())
    sheet.level.setCurrentIndex(2)
    assert "slow" not in sheet.text.toPlainText()
    assert sheet.count.text().startswith("1 of ")
    sheet.level.setCurrentIndex(0)
    qtbot.keyClicks(sheet.search, "slow")
    assert sheet.text.toPlainText().endswith("The disk is slow")
    qtbot.mouseClick(sheet.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == sheet.text.toPlainText()
    press(qtbot, sheet, Qt.Key.Key_Escape)


def test_that_the_jobs_logs_are_there_by_kind_and_time(qtbot: QtBot, desk: Desk) -> None:
    folder = jobs_root() / "20260102-101500-train-abc123"
    folder.mkdir(parents=True)
    (folder / LOG_NAME).write_text("epoch 1\nepoch 2\n", encoding="utf-8")
    sheet = log_sheet(qtbot, desk)
    assert sheet.source.itemText(1) == "Training, 2026-01-02 10:15"
    sheet.source.setCurrentIndex(1)
    assert "epoch 2" in sheet.text.toPlainText()
    assert sheet.count.text() == "2 entries"
    sheet.close()


def test_that_an_empty_log_says_so_and_leads_to_the_diagnostics(qtbot: QtBot, desk: Desk) -> None:
    sheet = log_sheet(qtbot, desk)
    assert sheet.count.text() == "Nothing has been written here yet."
    qtbot.mouseClick(sheet.diagnostics, Qt.MouseButton.LeftButton)
    opened(qtbot, desk, QFileDialog, "diagnostics_file").reject()
    sheet.close()
