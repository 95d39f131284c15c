"""Every text of the window passes through the language, and has room to grow."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLabel, QToolBar

from spinegui.gui.language import PSEUDO, languages, later, ntr, tr, use_language
from spinegui.gui.manual.sheet import ManualSheet
from spinegui.gui.preferences.sheet import SettingsSheet
from tests.support.desks import (
    choose,
    document_of,
    make_desk,
    open_images,
    predict,
    predictions,
    press,
)
from tests.support.gestures import hover
from tests.support.screen_texts import texts_of, untranslated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk

ROOT = Path(__file__).resolve().parents[2]
DIALOGS = (
    "settings", "models", "agreement", "shortcuts", "show_log", "about", "palette", "blind_begin",
    "set_pixel_size", "retrain",
)  # fmt: skip
WALK = (
    "accept_all", "mark_reviewed", "save", "undo", "draw_tool", "region_tool", "add_tool",
    "select_tool", "next_image", "previous_image", "next_unreviewed",
)  # fmt: skip
NAMES = {
    "spinegui", "spine", "ann", "classical", "inception", "v3", "yolo", "nas", "YOLO", "NAS",
    "InceptionV3", "COCO", "CSV", "TIFF", "OME", "LSM", "GPU", "Python", "English", "uint8",
    "uint16", "tif", "json", "zip", "ImageJ", "MIP",
}  # fmt: skip
"""Names and formats that no language changes."""


@pytest.fixture
def pseudo() -> Iterator[None]:
    use_language(PSEUDO)
    yield
    use_language("en")


@pytest.fixture
def strange(
    qtbot: QtBot, home: Path, images: tuple[Path, ...], stack: Path, pseudo: None
) -> Iterator[Desk]:
    """A desk in the pseudo language, a stack and an image open, a spine selected."""
    desk = make_desk(qtbot, home)
    open_images(qtbot, desk, images[0], stack)
    predict(desk)
    first, *_ = predictions(desk)
    desk.navigate.go_to(first)
    yield desk
    desk.close()


def strangers(desk: Desk, root: QWidget) -> list[str]:
    """Return where a text stands that is not translated, and the text."""
    document = document_of(desk)
    paths = {ref.path for ref in document.images.values()} | {str(document.project.path)}
    parts = {part for path in paths for part in (path, Path(path).name, Path(path).stem)}
    parts |= {str(Path(path).parent) for path in paths}
    data = frozenset(NAMES | {part for part in parts if len(part) > 2})
    return sorted(
        {f"{where}: {text!r}" for where, text in texts_of(root) if untranslated(text, data)}
    )


def test_that_the_window_with_all_its_panels_is_translated(qtbot: QtBot, strange: Desk) -> None:
    found = set(strangers(strange, strange.window))
    for dock in strange.window.docks.values():
        dock.show()
        dock.raise_()
        QApplication.processEvents()
        found |= set(strangers(strange, strange.window))
    choose(strange, "gallery")
    found |= set(strangers(strange, strange.window))
    assert sorted(found) == []


def test_that_what_is_said_on_the_way_is_translated(qtbot: QtBot, strange: Desk) -> None:
    """Toasts, banners and the lines above and below, while one works."""
    found: set[str] = set()
    said: list[str] = []
    strange.notices.toast_requested.connect(lambda text, verb, _call: said.extend((text, verb)))
    strange.notices.banner_requested.connect(
        lambda _key, text, verbs: said.extend((text, *(verb for verb, _ in verbs)))
    )
    for key in (Qt.Key.Key_Space, Qt.Key.Key_2, Qt.Key.Key_X):
        press(qtbot, strange, key)
        found |= set(strangers(strange, strange.window))
    for action in WALK:
        choose(strange, action)
        hover(strange.canvas, (8, 8))
        found |= set(strangers(strange, strange.window))
    saved_text = strange.window.save_text
    qtbot.waitUntil(lambda: saved_text.text().startswith("⟦"))
    data = frozenset(NAMES | {str(document_of(strange).project.path)})
    found |= {text for text in said if untranslated(text, data)}
    assert said
    assert sorted(found) == []


@pytest.mark.parametrize("action", DIALOGS)
def test_that_a_dialog_is_translated_and_nothing_in_it_is_cut(
    qtbot: QtBot, strange: Desk, action: str
) -> None:
    strange.review.mark_reviewed()
    before = set(QApplication.topLevelWidgets())
    choose(strange, action)

    def new() -> list[QDialog]:
        dialogs = (w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog))
        return [w for w in dialogs if w not in before and w.isVisible()]

    qtbot.waitUntil(lambda: bool(new()))
    (dialog,) = new()
    pages = range(4) if isinstance(dialog, SettingsSheet) else range(1)
    for page in pages:
        if isinstance(dialog, SettingsSheet):
            dialog.tabs.setCurrentIndex(page)
            QApplication.processEvents()
        assert strangers(strange, dialog) == []
        assert cut(dialog) == []
    dialog.close()
    qtbot.waitUntil(lambda: not strange.trainers._background._tasks, timeout=60_000)


def cut(root: QWidget) -> list[str]:
    """Return buttons and one-line labels that are narrower than their words."""
    found = []
    for widget in (*root.findChildren(QAbstractButton), *root.findChildren(QLabel)):
        if not widget.isVisible() or not widget.text() or widget.minimumWidth() == 1:
            continue
        if isinstance(widget, QLabel) and (widget.wordWrap() or "\n" in widget.text()):
            continue
        needed = widget.minimumSizeHint().width()
        if widget.width() < needed:
            found.append(f"{widget.text()!r}: {widget.width()} of {needed} px")
    return found


def test_that_nothing_in_the_window_is_cut_where_texts_are_longer(
    qtbot: QtBot, strange: Desk
) -> None:
    assert (strange.window.width(), strange.window.height()) == (1280, 800)
    assert strange.window.minimumSizeHint().width() <= 1280
    bar = strange.window.findChild(QToolBar, "tools")
    assert bar is not None
    qtbot.waitUntil(lambda: cut(strange.window) == [])


def test_that_the_manual_speaks_english_and_its_frame_the_language(
    qtbot: QtBot, strange: Desk
) -> None:
    choose(strange, "manual")
    sheet = strange.window.findChild(ManualSheet)
    assert sheet is not None
    assert [text for text in strangers(strange, sheet) if "QListWidget" not in text] == []
    sheet.close()


def test_that_the_template_for_translators_is_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("texts", ROOT / "packaging" / "extract_texts.py")
    assert spec is not None
    assert spec.loader is not None
    texts = importlib.util.module_from_spec(spec)
    sys.modules["texts"] = texts
    spec.loader.exec_module(texts)
    made = texts.pot()
    del sys.modules["texts"]
    assert made == texts.POT.read_text("utf-8"), "run python packaging/extract_texts.py"
    for text in ("Accept and next", "Review", "Mushroom", "Select a spine first"):
        assert f'msgid "{text}"' in made


def test_that_fields_and_plurals_survive_the_pseudo_language(pseudo: None) -> None:
    assert tr("{n:.1f} of {name}", n=1.25, name="a.tif").startswith("⟦1.2 öf a.tif")
    assert ntr("{n} spine", "{n} spines", 1).startswith("⟦1 špíñé")
    assert ntr("{n} spine", "{n} spines", 3).startswith("⟦3 špíñéš")
    assert later("Spine") == "Spine"
    assert tr("") == ""


def test_that_english_is_always_there_and_an_unknown_language_speaks_it() -> None:
    assert languages()["en"] == "English"
    use_language("tlh")
    assert tr("Spine") == "Spine"
    use_language("en")


def test_that_the_language_of_the_settings_is_taken_at_the_start(qtbot: QtBot, desk: Desk) -> None:
    assert desk.settings.language == ""
    desk.settings.language = "en"
    assert desk.settings.language == "en"
    saved_before = desk.settings.values(["language"])
    desk.settings.put({"language": None})
    assert desk.settings.language == ""
    desk.settings.put(saved_before)
    assert desk.settings.language == "en"
