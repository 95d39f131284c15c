"""The program about itself: log, unexpected exceptions, diagnostics, about."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import zipfile
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt, qWarning
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton

from spinegui import __version__
from spinegui.gui.crash_log import CRASH_NAME, LOG_NAME, CrashLog
from spinegui.gui.dialogs.about import AboutSheet
from spinegui.storage.places import log_folder
from tests.gui.stories.driving import (
    answer_file,
    choose,
    gone,
    open_images,
    opened,
    plain_image,
    press,
    toast_text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk


@pytest.fixture
def crash_log(qtbot: QtBot, tmp_path: Path) -> Iterator[CrashLog]:
    made = CrashLog(tmp_path / "log")
    made.install()
    yield made
    made.uninstall()


def raise_and_hook(text: str) -> None:
    """Do what Python does with an exception that nobody caught."""
    try:
        int(text)
    except ValueError as err:
        sys.excepthook(type(err), err, err.__traceback__)


@pytest.mark.logs_warning
def test_that_an_unexpected_exception_is_logged_and_told(crash_log: CrashLog, qtbot: QtBot) -> None:
    with qtbot.waitSignal(crash_log.unexpected) as heard:
        raise_and_hook("box 7")
    assert heard.args == ["ValueError: invalid literal for int() with base 10: 'box 7'"]
    text = (crash_log.folder / LOG_NAME).read_text()
    assert "'box 7'" in text
    assert "Traceback" in text


@pytest.mark.logs_warning
def test_that_an_exception_of_a_thread_is_told_on_the_windows_thread(
    crash_log: CrashLog, qtbot: QtBot
) -> None:
    heard_on: list[threading.Thread] = []
    crash_log.unexpected.connect(
        lambda _text: heard_on.append(threading.current_thread()), Qt.ConnectionType.AutoConnection
    )
    thread = threading.Thread(target=lambda: 1 // 0)
    with qtbot.waitSignal(crash_log.unexpected):
        thread.start()
    thread.join()
    assert "ZeroDivisionError" in (crash_log.folder / LOG_NAME).read_text()


@pytest.mark.logs_warning
def test_that_qts_complaints_are_logged(crash_log: CrashLog) -> None:
    qWarning("a complaint")
    assert "a complaint" in (crash_log.folder / LOG_NAME).read_text()


def test_that_uninstalling_puts_the_hooks_back(qtbot: QtBot, tmp_path: Path) -> None:
    before = sys.excepthook, threading.excepthook, list(logging.getLogger().handlers)
    made = CrashLog(tmp_path)
    made.install()
    made.uninstall()
    assert (sys.excepthook, threading.excepthook, logging.getLogger().handlers) == before


def test_that_a_log_folder_that_cannot_be_made_stops_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    made = CrashLog(tmp_path / "file" / "log")
    made.install()
    made.uninstall()


def test_that_a_crash_of_the_interpreter_leaves_a_trace(tmp_path: Path) -> None:
    code = (
        "import faulthandler, pathlib, sys\n"
        "from spinegui.gui.crash_log import CrashLog\n"
        f"log = CrashLog(pathlib.Path({str(tmp_path)!r}))\n"
        "log.install()\n"
        "faulthandler._sigsegv()\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert ended.returncode != 0
    assert "Segmentation fault" in (tmp_path / CRASH_NAME).read_text()


def test_that_one_calm_dialog_tells_of_it_and_the_window_lives_on(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    diagnostics = desk.stories.diagnostics
    diagnostics.say_unexpected("ValueError: box 7")
    diagnostics.say_unexpected("ValueError: box 8")
    box = opened(qtbot, desk, QMessageBox, "unexpected")
    boxes = [w for w in desk.window.findChildren(QMessageBox) if w.isVisible()]
    assert boxes == [box]
    press(qtbot, box, Qt.Key.Key_Escape)
    gone(qtbot, desk, QMessageBox)
    open_images(qtbot, desk, plain_image(tmp_path / "a.tif"))


def test_that_diagnostics_hold_logs_and_versions_and_no_image(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    open_images(qtbot, desk, plain_image(tmp_path / "a.tif"))
    log_folder().mkdir(parents=True)
    (log_folder() / LOG_NAME).write_text("what happened\n")
    choose(desk, "Help", "Save diagnostics…")
    answer_file(qtbot, desk, "diagnostics_file", tmp_path / "d.zip")
    qtbot.waitUntil(lambda: "d.zip" in toast_text(desk), timeout=60_000)
    with zipfile.ZipFile(tmp_path / "d.zip") as archive:
        names = archive.namelist()
        doctor = archive.read("doctor.txt").decode()
    assert set(names) == {"README.txt", "doctor.txt", f"logs/{LOG_NAME}"}
    assert f"spinegui {__version__}" in doctor
    assert "Backend classical" in doctor


def test_that_about_shows_the_version_and_copies_it(desk: Desk, qtbot: QtBot) -> None:
    choose(desk, "Help", "About spinegui")
    sheet = opened(qtbot, desk, AboutSheet)
    copy = sheet.findChild(QPushButton, "copy_version")
    assert copy is not None
    copy.click()
    assert __version__ in QApplication.clipboard().text()
    press(qtbot, sheet, Qt.Key.Key_Return)
    gone(qtbot, desk, AboutSheet)
