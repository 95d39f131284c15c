"""The confusion of before and after: every number opens the spines behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from spinegui.gui.confusion import NO_CLASS, NOTHING
from spinegui.gui.dialogs.verdict import is_better, verdict
from spinegui.gui.plots.confusion import describe
from spinegui.gui.style.theme import apply_theme
from tests.support.side_by_side import (
    NOWHERE,
    Show,
    compared,
    of_classes,
    open_tab,
    showing,
    write_images,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

_INSIDE = QPoint(5, 5)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_images(tmp_path)


@pytest.fixture
def show(qtbot: QtBot) -> Iterator[Show]:
    yield from showing(qtbot)


# -- what is counted ---------------------------------------------------------------------------


def test_that_a_confusion_counts_what_is_missed_and_what_is_no_spine(root: Path) -> None:
    found = compared(root)
    assert found.before.rows == ("mushroom", "thin", "ball", NO_CLASS, NOTHING)
    assert found.before.columns == ("mushroom", "thin", NOTHING) == found.after.columns
    assert found.before.count("mushroom", "thin") == 2
    assert found.before.count("mushroom", NOTHING) == 2
    assert found.before.count(NO_CLASS, NOTHING) == 2
    assert found.before.count(NOTHING, "mushroom") == 2
    assert found.after.count("mushroom", "mushroom") == 4
    assert found.after.count("mushroom", NOTHING) == 0
    assert found.before.n == 2 * 6
    assert found.after.n == 2 * 5
    assert found.before.share("mushroom", NOTHING) == 0.5


def test_that_a_classifier_alone_neither_misses_nor_finds(root: Path) -> None:
    found = of_classes(root)
    assert found.after.rows == ("mushroom", "thin", "ball")
    assert found.after.columns == ("mushroom", "thin")
    assert found.after.count("mushroom", "mushroom") == 4
    assert (found.gained, found.lost) == ((), ())
    assert [spot.caption for spot in found.relabelled] == ["thin → mushroom\nis mushroom"] * 4


def test_that_a_classifier_alone_is_judged_by_its_classes(root: Path) -> None:
    found = of_classes(root)
    assert verdict(found) == (
        "Better on 2 held-out images with 6 spines: class accuracy rose by 0.67."
    )
    assert is_better(found)


def test_that_a_cell_says_in_words_what_it_means(root: Path) -> None:
    before = compared(root).before
    said = {cell: describe(before, cell) for cell in before.spots}
    assert said["mushroom", "thin"] == (
        "2 spines: people say mushroom, the model says thin (50 % of the row)"
    )
    assert "people see no spine, the model says mushroom" in said[NOTHING, "mushroom"]
    assert said[NOTHING, "mushroom"].startswith("2 places")
    assert "people see a spine of no class, the model finds none" in said[NO_CLASS, NOTHING]


# -- the confusion page ------------------------------------------------------------------------


def test_that_a_click_on_a_number_shows_exactly_its_spines(
    root: Path, show: Show, qtbot: QtBot
) -> None:
    dialog = show(compared(root))
    open_tab(dialog, "Confusion")
    page = dialog.confusion
    assert page.isVisible()
    place = page.before.rect_of(("mushroom", "thin")).center()
    qtbot.mouseClick(page.before, Qt.MouseButton.LeftButton, pos=place)
    assert [spot.file.name for spot in page.spots.spots] == ["0.tif", "1.tif"]
    assert {spot.box.center for spot in page.spots.spots} == {(10.0, 10.0)}
    assert page.spots.count() == 2
    assert page.hint.text().startswith("Before: 2 spines: people say mushroom")
    assert page.before.chosen == ("mushroom", "thin")
    assert page.after.chosen is None


def test_that_a_click_on_a_picture_asks_for_its_image(root: Path, show: Show, qtbot: QtBot) -> None:
    dialog = show(compared(root))
    open_tab(dialog, "Confusion")
    page = dialog.confusion
    place = page.before.rect_of((NOTHING, "mushroom")).center()
    qtbot.mouseClick(page.before, Qt.MouseButton.LeftButton, pos=place)
    at = page.spots.visualItemRect(page.spots.item(1)).center()
    with qtbot.waitSignal(dialog.spot_chosen) as asked:
        qtbot.mouseClick(page.spots.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert asked.args[0].file == root / "1.tif"
    assert asked.args[0].box.center == NOWHERE
    assert dialog.isVisible()


def test_that_the_keys_go_from_number_to_number_and_enter_opens_one(
    root: Path, show: Show, qtbot: QtBot
) -> None:
    dialog = show(compared(root))
    open_tab(dialog, "Confusion")
    page = dialog.confusion
    page.before.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        qtbot.keyClick(page.before, key)
    with qtbot.assertNotEmitted(dialog.decided):
        qtbot.keyClick(page.before, Qt.Key.Key_Return)
    assert page.before.chosen == ("mushroom", "thin")
    qtbot.keyClick(page.before, Qt.Key.Key_Down)
    qtbot.keyClick(page.before, Qt.Key.Key_Space)
    assert page.before.chosen == ("thin", "thin")
    assert dialog.isVisible()


def test_that_an_empty_cell_opens_nothing(root: Path, show: Show, qtbot: QtBot) -> None:
    dialog = show(compared(root))
    open_tab(dialog, "Confusion")
    page = dialog.confusion
    before = page.before.chosen, page.after.chosen, page.hint.text()
    for cell in (("thin", NOTHING), (NOTHING, NOTHING)):
        place = page.after.rect_of(cell).center()
        qtbot.mouseClick(page.after, Qt.MouseButton.LeftButton, pos=place)
    assert (page.before.chosen, page.after.chosen, page.hint.text()) == before


def test_that_the_page_opens_on_the_new_model_s_most_frequent_mistake(
    root: Path, show: Show
) -> None:
    page = show(compared(root)).confusion
    assert page.after.chosen == ("ball", "mushroom")
    assert page.hint.text().startswith("After: 2 spines")


def test_that_pictures_show_the_pixels_around_the_spine(root: Path, show: Show) -> None:
    dialog = show(compared(root))
    open_tab(dialog, "Confusion")
    picture = dialog.confusion.spots.item(0).icon().pixmap(72, 72).toImage()
    brightest = max(picture.pixelColor(x, y).lightness() for x in range(72) for y in range(72))
    assert brightest > 200


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_that_right_and_wrong_have_different_hues_in_both_themes(
    root: Path, show: Show, theme: str
) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    dialog = show(compared(root))
    apply_theme(application, theme)
    open_tab(dialog, "Confusion")
    matrix = dialog.confusion.before
    picture = matrix.grab().toImage()
    right = picture.pixelColor(matrix.rect_of(("thin", "thin")).topLeft() + _INSIDE)
    wrong = picture.pixelColor(matrix.rect_of(("mushroom", "thin")).topLeft() + _INSIDE)
    assert right.blue() > right.red()
    assert wrong.red() > wrong.blue()
