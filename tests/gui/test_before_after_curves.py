"""The figures and curves of before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication, QTableWidget

from spinegui.gui.dialogs.curves_page import CurvesPage
from spinegui.gui.plots.legend import Legend
from spinegui.gui.style.theme import apply_theme
from tests.support.side_by_side import (
    NAMES,
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


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_images(tmp_path)


@pytest.fixture
def show(qtbot: QtBot) -> Iterator[Show]:
    yield from showing(qtbot)


def test_that_the_figures_name_each_class_and_what_they_rest_on(root: Path, show: Show) -> None:
    table = show(compared(root)).findChild(QTableWidget)
    assert table is not None
    texts = [
        [table.item(row, column).text() for column in range(5)] for row in range(table.rowCount())
    ]
    rows = {text[0]: text[1:] for text in texts}
    assert rows["F1 of mushroom"][:2] == ["0.000", "1.000"]
    assert rows["Class accuracy"][3] == "4 / 6"
    assert rows["Recall"][3] == "10"


def test_that_the_curves_of_both_models_are_drawn_in_one_plot_each(root: Path, show: Show) -> None:
    dialog = show(compared(root))
    open_tab(dialog, "Curves")
    page = dialog.tabs.currentWidget()
    assert isinstance(page, CurvesPage)
    words = [(entry.name, entry.value) for entry in page.pr.entries()]
    assert words == [("old", "AP 0.600"), ("new", "AP 1.000")]
    old, new = (line.curve.getData() for line in page.pr._lines)
    assert old[0].max() == pytest.approx(0.6)
    assert (new[0].max(), new[1].min()) == (1.0, 1.0)
    assert [entry.name for entry in page.calibration.entries()] == list(NAMES)
    legends = [legend.accessibleName() for legend in page.findChildren(Legend)]
    assert legends[0] == "old AP 0.600, new AP 1.000"
    score, share = page.calibration._lines[1].curve.getData()
    assert share.tolist() == [1.0] * len(score)
    assert "n = 10 spines on 2 images" in page.note.text()


def click_dot(page: CurvesPage, line: int, dot: int, qtbot: QtBot) -> None:
    """Click a dot of the calibration where it is painted."""
    plot = page.calibration
    dots = plot._lines[line].dots
    x, y = dots.getData()
    at = plot.mapFromScene(plot.getViewBox().mapViewToScene(QPointF(x[dot], y[dot])))
    qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_that_a_click_on_a_dot_of_the_calibration_shows_its_answers(
    root: Path, show: Show, qtbot: QtBot
) -> None:
    dialog = show(compared(root))
    open_tab(dialog, "Curves")
    page = dialog.tabs.currentWidget()
    assert isinstance(page, CurvesPage)
    assert page.spots.isHidden()
    qtbot.waitExposed(dialog)
    click_dot(page, 0, 0, qtbot)
    assert page.note.text() == "old: 2 answers with 0.6 to 0.7."
    assert [spot.caption for spot in page.spots.spots] == ["0.60, not marked"] * 2
    click_dot(page, 1, -1, qtbot)
    assert page.note.text() == "new: 4 answers with 0.9 to 1.0."
    assert {spot.caption for spot in page.spots.spots} == {"0.95, a spine", "0.90, a spine"}


def test_that_the_curves_of_a_classifier_are_of_its_classes(root: Path, show: Show) -> None:
    dialog = show(of_classes(root))
    titles = [dialog.tabs.tabText(i) for i in range(dialog.tabs.count())]
    assert titles == ["Figures", "Relabelled (4)", "Confusion", "Curves"]
    open_tab(dialog, "Curves")
    page = dialog.tabs.currentWidget()
    assert isinstance(page, CurvesPage)
    assert "n = 6 spines" in page.note.text()
    assert page.pr.entries()[1].value == "AP 1.000"


def test_that_the_curves_follow_the_theme(root: Path, show: Show) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    dialog = show(compared(root))
    open_tab(dialog, "Curves")
    page = dialog.tabs.currentWidget()
    assert isinstance(page, CurvesPage)

    def colours() -> set[str]:
        return {line.curve.opts["pen"].color().name() for line in page.pr._lines}

    light = colours()
    apply_theme(application, "dark")
    assert colours().isdisjoint(light)
    apply_theme(application, "light")
    assert colours() == light
