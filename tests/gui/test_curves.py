"""Training curves: what stands in which plot, in which colour, and what the legend tells."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from spinegui.domain.labels import FILOPODIA, MUSHROOM
from spinegui.gui.plots.curves import LOSSES, OTHERS, SCORES, CurvePlot, TrainingCurves
from spinegui.gui.style.theme import apply_theme
from spinegui.gui.style.tokens import DARK, LIGHT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

NAN = math.nan
CURVES = {
    "loss": [(1, 1.9), (2, 0.8)],
    "validation loss": [(1, 1.5), (2, 0.9)],
    "validation F1": [(1, 0.4), (2, 0.7)],
    "accuracy": [(1, 0.5), (2, 0.9)],
    "validation accuracy": [(1, 0.5), (2, 0.8)],
    "F1 mushroom": [(1, 0.5), (2, 0.75)],
    "F1 filopodia": [(1, NAN), (2, 0.25)],
}


@pytest.fixture
def curves(qtbot: QtBot) -> Iterator[TrainingCurves]:
    theme("light")
    parent = QWidget()
    qtbot.addWidget(parent)
    made = TrainingCurves(parent)
    parent.show()
    yield made
    theme("light")


def theme(name: str) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    apply_theme(application, name)


def pens(plot: CurvePlot) -> dict[str, tuple[str, bool]]:
    """Return colour and whether it is dashed for each line."""
    found = {name: line.opts["pen"] for name, line in plot._lines.items()}
    dashed = Qt.PenStyle.DashLine
    return {
        name: (pen.color().name().upper(), pen.style() is dashed) for name, pen in found.items()
    }


def test_that_losses_and_scores_have_a_plot_each(curves: TrainingCurves) -> None:
    curves.show_curves(CURVES)
    assert set(curves.plots) == {LOSSES, SCORES}
    assert set(curves.plots[LOSSES]._lines) == {"loss", "validation loss"}
    assert len(curves.plots[SCORES]._lines) == 5
    low, high = curves.plots[SCORES].viewRange()[1]
    assert low <= 0
    assert high >= 1


def test_that_what_has_another_unit_stands_by_itself(curves: TrainingCurves) -> None:
    curves.show_curves({"loss": [(0, 1.0)], "boxes": [(0, 250.0), (1, 240.0)]})
    assert set(curves.plots) == {LOSSES, OTHERS}


def test_that_a_class_has_its_colour_and_held_out_lines_are_full(curves: TrainingCurves) -> None:
    curves.show_curves(CURVES)
    losses, scores = pens(curves.plots[LOSSES]), pens(curves.plots[SCORES])
    assert losses["loss"] == (LIGHT.series[0], True)
    assert losses["validation loss"] == (LIGHT.series[0], False)
    assert scores["F1 mushroom"] == (MUSHROOM.colour, False)
    assert scores["F1 filopodia"] == (FILOPODIA.colour, False)
    assert scores["accuracy"][0] == scores["validation accuracy"][0]
    assert (scores["accuracy"][1], scores["validation accuracy"][1]) == (True, False)
    # No two quantities share a colour, so that the legend can be read.
    assert len({colour for colour, _ in scores.values()}) == 4


def test_that_the_legend_tells_the_last_values(curves: TrainingCurves) -> None:
    curves.show_curves(CURVES)
    assert curves.legends[LOSSES].accessibleName() == "loss 0.800, validation loss 0.900"
    text = curves.legends[SCORES].text()
    assert "F1&nbsp;filopodia&nbsp;<b>0.250</b>" in text
    assert MUSHROOM.colour in text
    curves.show_curves({"loss": [(1, 1.9), (2, 0.8), (3, 0.5)]})
    assert "<b>0.500</b>" in curves.legends[LOSSES].text()


def test_that_a_value_that_was_not_measured_leaves_a_gap(curves: TrainingCurves) -> None:
    curves.show_curves({"validation F1": [(1, 0.5), (2, NAN)], "loss": [(1, NAN)]})
    assert "0.500" in curves.legends[SCORES].text()
    assert "nan" not in curves.legends[LOSSES].text()


def test_that_lines_and_legend_follow_the_theme(curves: TrainingCurves) -> None:
    curves.show_curves(CURVES)
    theme("dark")
    assert pens(curves.plots[LOSSES])["loss"][0] == DARK.series[0]
    assert DARK.series[0] in curves.legends[LOSSES].text()
    assert pens(curves.plots[SCORES])["F1 mushroom"][0] == MUSHROOM.colour
