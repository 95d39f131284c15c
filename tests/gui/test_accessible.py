"""For every hand and eye: names for screen readers, a path for Tab, icons of one family."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAccessible, QIcon, QImage
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QDockWidget,
    QMenu,
    QMenuBar,
    QStackedWidget,
    QTabBar,
    QToolButton,
    QWidget,
)

from spinegui.gui.actions import ACTIONS
from spinegui.gui.style.icons import FAMILY, icon
from spinegui.gui.style.theme import apply_theme
from tests.support.desks import choose, document_of, predictions, press

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk

DIALOGS = (
    "settings", "models", "shortcuts", "show_log", "about", "palette", "set_pixel_size", "retrain",
    "manual", "blind_begin",
)  # fmt: skip
NAMED_BY_PARTS = (QDockWidget, QTabBar, QMenu, QMenuBar, QStackedWidget)
"""Read out by their titles, tabs or entries."""


def name_of(widget: QWidget) -> str:
    face = QAccessible.queryAccessibleInterface(widget)
    said = face.text(QAccessible.Text.Name) if face is not None else ""
    return said or widget.accessibleName()


def focusable(root: QWidget) -> list[QWidget]:
    """What the focus can come to; the inside of a choice or a number field speaks through it."""
    found = []
    for widget in root.findChildren(QWidget):
        inside = isinstance(widget.parent(), QComboBox) or widget.objectName().startswith("qt_")
        if widget.isVisible() and not inside and widget.focusPolicy() != Qt.FocusPolicy.NoFocus:
            found.append(widget)
    return [w for w in found if not isinstance(w, NAMED_BY_PARTS)]


def nameless(root: QWidget) -> list[str]:
    return [
        f"{type(w).__name__} {w.objectName()} in {type(w.parent()).__name__}"
        for w in focusable(root)
        if not name_of(w)
    ]


def test_that_everything_in_the_window_has_a_name(qtbot: QtBot, shown: Desk) -> None:
    shown.workspace.selection.replace([predictions(shown)[0].id])
    missing: set[str] = set()
    for dock in shown.window.docks.values():
        dock.show()
        dock.raise_()
        QApplication.processEvents()
        missing |= set(nameless(shown.window))
    choose(shown, "gallery")
    missing |= set(nameless(shown.window))
    assert sorted(missing) == []


def test_that_every_button_without_words_says_what_it_does(shown: Desk) -> None:
    for button in shown.window.findChildren(QToolButton):
        if (
            button.isVisible()
            and not button.text()
            and button.objectName() != "qt_toolbar_ext_button"
        ):
            assert name_of(button) or button.toolTip() or isinstance(button.parent(), QDockWidget)


@pytest.mark.parametrize("action", DIALOGS)
def test_that_everything_in_a_dialog_has_a_name_and_tab_reaches_it(
    qtbot: QtBot, shown: Desk, action: str
) -> None:
    shown.review.mark_reviewed()
    before = set(QApplication.topLevelWidgets())
    choose(shown, action)

    def new() -> list[QDialog]:
        dialogs = (w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog))
        return [w for w in dialogs if w not in before and w.isVisible()]

    qtbot.waitUntil(lambda: bool(new()))
    (dialog,) = new()
    assert nameless(dialog) == []
    assert dialog.width() <= 1280
    assert dialog.height() <= 800
    wanted = {
        w for w in focusable(dialog) if w.focusPolicy() & Qt.FocusPolicy.TabFocus and w.isEnabled()
    }
    reached, at = set(), dialog.nextInFocusChain()
    while at is not dialog and at is not None:
        reached.add(at)
        at = at.nextInFocusChain()
    assert wanted <= reached
    dialog.close()
    qtbot.waitUntil(lambda: not shown.trainers._background._tasks, timeout=60_000)


def test_that_all_icons_are_of_one_family() -> None:
    names = {spec.icon for spec in ACTIONS if spec.icon}
    assert len(names) > 30
    for name in names:
        assert name.startswith(f"{FAMILY}."), name
        assert not icon(name).isNull()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_that_an_icon_is_drawn_in_every_theme_and_at_every_scale(theme: str, ratio: float) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    apply_theme(application, theme)
    for name in sorted({spec.icon for spec in ACTIONS if spec.icon}):
        picture = icon(name).pixmap(QSize(20, 20), ratio, QIcon.Mode.Normal)
        image = picture.toImage()
        assert image.width() == round(20 * ratio)
        pixels = np.frombuffer(
            image.convertToFormat(QImage.Format.Format_RGBA8888).constBits(), np.uint8
        ).reshape(image.height(), -1, 4)
        inked = pixels[pixels[..., 3] > 100][:, :3]
        assert len(inked), name
        assert (inked.mean() > 128) == (theme == "dark"), name
    apply_theme(application, "light")


def test_that_a_whole_image_is_reviewed_with_keys_only_and_the_focus_is_seen(
    qtbot: QtBot, shown: Desk
) -> None:
    """No mouse: decide on every spine of every image, mark each reviewed, go on to the next."""
    key, none = Qt.Key, Qt.KeyboardModifier.NoModifier
    ctrl = Qt.KeyboardModifier.ControlModifier
    for image_id in shown.workspace.image_ids[:2]:
        assert shown.workspace.image_id == image_id
        if not shown.workspace.shown_detections():
            press(qtbot, shown, key.Key_D, none)
            continue
        press(qtbot, shown, key.Key_Tab)
        assert shown.canvas.hasFocus()
        assert shown.workspace.selection.single is not None, "the focus is seen: a spine is marked"
        press(qtbot, shown, key.Key_Space)
        press(qtbot, shown, key.Key_3)
        press(qtbot, shown, key.Key_Tab)
        press(qtbot, shown, key.Key_X)
        assert not any(shown.workspace.is_open(d) for d in shown.workspace.shown_detections())
        press(qtbot, shown, key.Key_Return, ctrl)
        assert document_of(shown).annotation(image_id).is_reviewed
        press(qtbot, shown, key.Key_D, Qt.KeyboardModifier.ShiftModifier)
    assert shown.workspace.image_id != shown.workspace.image_ids[0]


def test_that_the_menus_are_reached_with_the_keyboard(shown: Desk) -> None:
    for action in shown.window.menuBar().actions():
        menu = action.menu()
        assert menu is not None
        assert any(entry.isEnabled() for entry in menu.actions() if not entry.isSeparator())
