"""Settings: each counts at once, a page is reset and the reset undone."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QRadioButton

from spinegui.gui.dialogs.preflight import Preflight
from spinegui.gui.preferences.sheet import SettingsSheet
from spinegui.gui.style.motion import wants_motion
from spinegui.gui.style.palette import tokens_in_use
from spinegui.gui.style.theme import apply_theme
from spinegui.gui.style.tokens import DARK, LIGHT
from spinegui.storage.interpreters import read_interpreters, write_interpreters
from tests.gui.stories.driving import choose, gone, open_images, opened, plain_image, press
from tests.support.interpreters import interpreter

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk

CTRL = Qt.KeyboardModifier.ControlModifier


def pick_theme(sheet: SettingsSheet, name: str) -> None:
    button = sheet.findChild(QRadioButton, f"theme_{name}")
    assert button is not None
    button.click()


def test_that_the_key_opens_the_settings_and_enter_keeps_them(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    open_images(qtbot, desk, plain_image(tmp_path / "a.tif"))
    press(qtbot, desk.window, Qt.Key.Key_Comma, CTRL)
    sheet = opened(qtbot, desk, SettingsSheet)
    sheet.user.selectAll()
    qtbot.keyClicks(sheet.user, "Santiago")
    sheet.auto_advance.click()
    qtbot.keyClick(sheet.user, Qt.Key.Key_Return)
    gone(qtbot, desk, SettingsSheet)
    assert desk.settings.user == "Santiago"
    assert desk.workspace.document is not None
    assert desk.workspace.document.user == "Santiago"
    assert desk.settings.auto_advance
    assert desk.actions["auto_advance"].isChecked()


def test_that_a_theme_is_worn_and_kept_at_once(desk: Desk, qtbot: QtBot) -> None:
    choose(desk, "File", "Settings…")
    sheet = opened(qtbot, desk, SettingsSheet)
    pick_theme(sheet, "light")
    assert tokens_in_use() is LIGHT
    pick_theme(sheet, "dark")
    assert tokens_in_use() is DARK
    press(qtbot, sheet, Qt.Key.Key_Escape)
    gone(qtbot, desk, SettingsSheet)
    assert desk.settings.theme == "dark"
    assert tokens_in_use() is DARK
    apply_theme(QApplication.instance(), "light")


def test_that_a_page_is_reset_and_the_reset_undone(desk: Desk, qtbot: QtBot) -> None:
    choose(desk, "File", "Settings…")
    sheet = opened(qtbot, desk, SettingsSheet)
    pick_theme(sheet, "dark")
    sheet.general.still.click()
    sheet.review.auto_advance.click()
    qtbot.mouseClick(sheet.reset, Qt.MouseButton.LeftButton)
    assert desk.settings.theme == "system"
    assert not desk.settings.reduces_motion
    assert desk.settings.auto_advance, "another page's"
    assert not sheet.general.still.isChecked()
    assert tokens_in_use() is LIGHT
    qtbot.mouseClick(sheet.undo, Qt.MouseButton.LeftButton)
    assert desk.settings.theme == "dark"
    assert desk.settings.user == "ann"
    assert sheet.general.still.isChecked()
    sheet.close()
    apply_theme(QApplication.instance(), "light")


def test_that_each_setting_does_what_it_says(desk: Desk, qtbot: QtBot) -> None:
    choose(desk, "File", "Settings…")
    sheet = opened(qtbot, desk, SettingsSheet)
    share = desk.canvas.view.box_share
    sheet.review.zoom.setCurrentIndex(0)
    sheet.review.zoom.activated.emit(0)
    assert desk.canvas.view.box_share > share
    sheet.review.guide.click()
    assert not desk.actions["guide"].isChecked()
    sheet.review.skip.click()
    assert not desk.settings.skips_reviewed
    sheet.general.reopens.click()
    assert not desk.settings.reopens
    sheet.general.still.click()
    assert not wants_motion()
    sheet.general.still.click()
    sheet.close()


def test_that_a_search_shows_the_page_and_only_what_fits(desk: Desk, qtbot: QtBot) -> None:
    choose(desk, "File", "Settings…")
    sheet = opened(qtbot, desk, SettingsSheet)
    qtbot.keyClicks(sheet.search, "gliding")
    assert sheet.tabs.currentWidget() is sheet.general
    assert sheet.general.still.isVisible()
    assert not sheet.general.user.isVisible()
    sheet.search.setText("inception")
    assert sheet.tabs.currentWidget() is sheet.workers
    sheet.search.setText("slice up")
    assert sheet.keys.isVisible()
    sheet.search.setText("nothing of that kind")
    assert sheet.nothing.isVisible()
    sheet.search.clear()
    assert not sheet.nothing.isVisible()
    sheet.close()


def test_that_the_test_button_says_what_this_python_can_do(desk: Desk, qtbot: QtBot) -> None:
    choose(desk, "File", "Settings…")
    sheet = opened(qtbot, desk, SettingsSheet)
    sheet.python.setText(sys.executable)
    sheet.test.click()
    answer = sheet.findChild(QLabel, "answer")
    assert answer is not None
    qtbot.waitUntil(lambda: "works" in answer.text(), timeout=60_000)
    assert "classical" in answer.text()
    assert answer.property("tone") == "good"


def test_that_the_test_button_says_plainly_what_is_wrong(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    choose(desk, "File", "Settings…")
    sheet = opened(qtbot, desk, SettingsSheet)
    sheet.python.setText(str(tmp_path / "no-python"))
    sheet.test.click()
    answer = sheet.findChild(QLabel, "answer")
    assert answer is not None
    qtbot.waitUntil(lambda: answer.property("tone") == "danger", timeout=60_000)
    assert "no-python" in answer.text()
    assert sheet.test.isEnabled()


def test_that_an_answer_that_comes_after_the_dialog_is_closed_does_no_harm(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    choose(desk, "File", "Settings…")
    sheet = opened(qtbot, desk, SettingsSheet)
    sheet.python.setText(str(tmp_path / "no-python"))
    sheet.test.click()
    sheet.reject()
    qtbot.waitUntil(lambda: not desk.trainers._background._tasks, timeout=60_000)


def test_that_another_python_is_used_from_then_on(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    before = desk.bridge.engine
    choose(desk, "File", "Settings…")
    sheet = opened(qtbot, desk, SettingsSheet)
    sheet.python.setText(sys.executable)
    sheet.accept()
    assert desk.settings.worker_python == sys.executable
    assert desk.bridge.engine is not before
    qtbot.waitUntil(lambda: not desk.stories.strip._tasks, timeout=60_000)


# -- what trains -------------------------------------------------------------------------------


def workers_page(desk: Desk, qtbot: QtBot) -> SettingsSheet:
    """Open the page of workers with a click on its tab."""
    choose(desk, "File", "Settings…")
    sheet = opened(qtbot, desk, SettingsSheet)
    bar = sheet.tabs.tabBar()
    titles = [bar.tabText(i) for i in range(bar.count())]
    at = bar.tabRect(titles.index("Models and workers")).center()
    qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=at)
    return sheet


def find(sheet: SettingsSheet, kind: type, name: str):
    found = sheet.findChild(kind, name)
    assert found is not None
    return found


def answer_of(desk: Desk, qtbot: QtBot, sheet: SettingsSheet, backend: str, path: str) -> QLabel:
    """Type a path, press Test, and wait for the answer."""
    field = find(sheet, QLineEdit, f"worker_python_{backend}")
    field.selectAll()
    qtbot.keyClicks(field, path)
    button = find(sheet, QPushButton, f"test_{backend}")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not button.isEnabled()
    qtbot.waitUntil(button.isEnabled, timeout=60_000)
    return find(sheet, QLabel, f"answer_{backend}")


def test_that_the_test_of_a_backend_tells_versions_and_devices(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    sheet = workers_page(desk, qtbot)
    python = interpreter(tmp_path, "rich", able=("yolo_nas",))
    answer = answer_of(desk, qtbot, sheet, "yolo_nas", str(python))
    assert answer.property("tone") == "good"
    assert "YOLO-NAS can be trained with torch 2.13.0, super-gradients 3.7.1" in answer.text()
    assert "A large GPU, 80 GiB" in answer.text()
    assert find(sheet, QLineEdit, "command_yolo_nas").isHidden()


def test_that_the_test_of_a_backend_tells_what_is_missing_and_the_command_to_copy(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    sheet = workers_page(desk, qtbot)
    python = interpreter(tmp_path, "poor")
    answer = answer_of(desk, qtbot, sheet, "inception_v3", str(python))
    assert answer.property("tone") == "warning"
    assert "tensorflow, tf_keras" in answer.text()
    command = find(sheet, QLineEdit, "command_inception_v3")
    assert command.isVisible()
    assert command.text() == f"{python} -m pip install 'spinegui[classifier]'"
    qtbot.mouseClick(find(sheet, QPushButton, "copy_inception_v3"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == command.text()
    # Another path has nothing to do with that answer.
    qtbot.keyClick(find(sheet, QLineEdit, "worker_python_inception_v3"), Qt.Key.Key_Backspace)
    assert command.isHidden()
    assert answer.isHidden()


def test_that_the_window_goes_on_while_a_python_does_not_answer(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    slow = tmp_path / "slow"
    slow.write_text(
        f"#!{sys.executable}\nimport pathlib, time\n"
        f"while not pathlib.Path({str(go)!r}).exists(): time.sleep(0.01)\n",
        encoding="utf-8",
    )
    slow.chmod(0o755)
    sheet = workers_page(desk, qtbot)
    field = find(sheet, QLineEdit, "worker_python_yolo_nas")
    field.setText(str(slow))
    qtbot.mouseClick(find(sheet, QPushButton, "test_yolo_nas"), Qt.MouseButton.LeftButton)
    press(qtbot, sheet, Qt.Key.Key_Escape)
    open_images(qtbot, desk, plain_image(tmp_path / "a.tif"))
    assert desk.workspace.document is not None
    go.touch()
    qtbot.waitUntil(lambda: not desk.trainers._background._tasks, timeout=60_000)


def test_that_a_backend_s_python_is_kept_and_used_from_the_next_training_on(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    engine = desk.bridge.engine
    python = str(interpreter(tmp_path, "rich", able=("yolo_nas",)))
    sheet = workers_page(desk, qtbot)
    qtbot.keyClicks(find(sheet, QLineEdit, "worker_python_yolo_nas"), python)
    qtbot.keyClick(sheet, Qt.Key.Key_Return)
    gone(qtbot, desk, SettingsSheet)
    assert read_interpreters() == {"yolo_nas": python}
    assert desk.bridge.engine is engine
    assert engine.interpreters == {"yolo_nas": python}
    qtbot.waitUntil(lambda: desk.trainers.answer("yolo_nas") is not None, timeout=60_000)
    assert desk.trainers.problem("yolo_nas") is None
    again = workers_page(desk, qtbot)
    assert find(again, QLineEdit, "worker_python_yolo_nas").text() == python


def test_that_escape_keeps_a_python_that_was_not_confirmed_out(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    write_interpreters({"yolo_nas": "/somewhere/python"})
    sheet = workers_page(desk, qtbot)
    qtbot.keyClicks(find(sheet, QLineEdit, "worker_python_yolo_nas"), "else")
    press(qtbot, sheet, Qt.Key.Key_Escape)
    assert read_interpreters() == {"yolo_nas": "/somewhere/python"}


def test_that_a_python_named_by_the_environment_is_not_ours_to_change(
    desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPINEGUI_PYTHON_YOLO_NAS", "/named/python")
    sheet = workers_page(desk, qtbot)
    field = find(sheet, QLineEdit, "worker_python_yolo_nas")
    assert (field.text(), field.isEnabled()) == ("/named/python", False)
    assert "SPINEGUI_PYTHON_YOLO_NAS" in field.toolTip()
    sheet.accept()
    monkeypatch.delenv("SPINEGUI_PYTHON_YOLO_NAS")
    assert read_interpreters() == {}
    qtbot.waitUntil(lambda: not desk.trainers._background._tasks, timeout=60_000)


def test_that_how_to_install_leads_from_the_training_to_the_command(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    """From Retrain to the command that is missing, and back to a choice that is there now."""
    poor = interpreter(tmp_path, "poor")
    rich = interpreter(tmp_path, "rich", able=("inception_v3", "yolo_nas"))
    desk.bridge.engine.interpreters = {"yolo_nas": str(rich), "inception_v3": str(poor)}
    write_interpreters(desk.bridge.engine.interpreters)
    open_images(qtbot, desk, plain_image(tmp_path / "a.tif"))
    choose(desk, "Review", "Image reviewed")
    choose(desk, "Train", "Retrain…")
    preflight = opened(qtbot, desk, Preflight)
    (row,) = preflight.rows
    qtbot.waitUntil(row.how.isVisible, timeout=60_000)
    qtbot.mouseClick(row.how, Qt.MouseButton.LeftButton)
    sheet = opened(qtbot, desk, SettingsSheet)
    assert sheet.tabs.currentWidget() is sheet.workers
    command = find(sheet, QLineEdit, "command_inception_v3")
    qtbot.waitUntil(command.isVisible, timeout=60_000)
    field = find(sheet, QLineEdit, "worker_python_inception_v3")
    field.selectAll()
    qtbot.keyClicks(field, str(rich))
    qtbot.keyClick(sheet, Qt.Key.Key_Return)
    gone(qtbot, desk, SettingsSheet)
    qtbot.waitUntil(row.how.isHidden, timeout=60_000)
    assert preflight.isVisible()
    press(qtbot, preflight, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not desk.trainers._background._tasks, timeout=60_000)
