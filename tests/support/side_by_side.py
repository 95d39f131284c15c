"""Two models set side by side on two small images, and their dialog, for tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from spinegui.domain.predictions import Predictions
from spinegui.gui.background import Task
from spinegui.gui.comparison_data import Compared, set_side_by_side
from spinegui.gui.dialogs.comparison import ComparisonDialog
from spinegui.gui.spots import cut_pictures
from spinegui.gui.style.theme import apply_theme
from tests.support.images import write_plain
from tests.support.measured import IDS, PLACES, dataset_of, predictions_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

BOTH = ("detector", "classifier")
NAMES = ("old", "new")
NOWHERE = (55.0, 35.0)
"""People see no spine there."""
Show = Callable[[Compared], ComparisonDialog]


def write_images(tmp_path: Path) -> Path:
    """Two images of five spines: mushroom, thin, ball, without a class, mushroom."""
    for i in range(2):
        pixels = np.full((40, 60), 10, np.uint8)
        for x, y in PLACES:
            pixels[y, x] = 200
        write_plain(tmp_path / f"{i}.tif", pixels)
    return tmp_path


def compared(root: Path) -> Compared:
    """Before, the old one misses two of five and sees one where there is none."""
    before = predictions_at([*PLACES[:3], NOWHERE], [0.9, 0.8, 0.7, 0.6], "ttmm")
    after = predictions_at(PLACES, [0.95, 0.9, 0.8, 0.7, 0.6], "mtmmm")
    return set_side_by_side(
        dataset_of(), root, {0: before, 1: before}, {0: after, 1: after}, roles=BOTH
    )


def of_classes(root: Path) -> Compared:
    """What two classifiers say of the five boxes that people drew."""
    boxes = np.array([(x - 3, y - 3, x + 3, y + 3) for x, y in PLACES], float)

    def said(labels: str) -> dict[int, Predictions]:
        scores = np.array([[0.8, 0.2] if c == "m" else [0.1, 0.9] for c in labels])
        one = Predictions.build("m", boxes, np.ones(5), class_ids=IDS, class_scores=scores)
        return {0: one, 1: one}

    return set_side_by_side(dataset_of(), root, said("ttmmt"), said("mtmmm"), roles=("classifier",))


def showing(qtbot: QtBot) -> Iterator[Show]:
    """Yield what opens the dialog; for a fixture."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    apply_theme(application, "light")
    parent = QWidget()
    qtbot.addWidget(parent)
    shown: list[ComparisonDialog] = []

    def cut(spots: Any, then: Any) -> None:
        then((spots, cut_pictures(spots, Task("", lambda _: None))))

    def make(of: Compared) -> ComparisonDialog:
        dialog = ComparisonDialog(parent, NAMES, of, cut)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
        dialog.show()
        shown.append(dialog)
        return dialog

    yield make
    for dialog in shown:
        dialog.close()


def open_tab(dialog: ComparisonDialog, title: str) -> None:
    titles = [dialog.tabs.tabText(i) for i in range(dialog.tabs.count())]
    bar = dialog.tabs.tabBar()
    at = bar.tabRect(titles.index(title)).center()
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=at)
