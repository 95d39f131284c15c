"""Which crops are listed and in which order: labels, states, images, score, likeness."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import Qt

from spinegui.synthesis.image_file import write_image
from tests.gui.gallery.driving import (
    choose_in,
    chosen_scores,
    click,
    detections,
    gallery_of,
    pictures_made,
    predict_on,
    scores,
)
from tests.support.desks import choose, document_of, open_images, press
from tests.support.images import write_plain

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk
    from spinegui.gui.gallery.gallery import Gallery

Key = Qt.Key
SHAPE_SCORES = tuple(round(0.6 + 0.01 * i, 2) for i in range(12))


def texts(gallery: Gallery) -> list[str]:
    chips = gallery.page.chips
    return [chips.button(label).accessibleName() for label in (None, "mushroom", "thin", "unsure")]


def test_that_chips_count_their_labels_and_choose_them(
    qtbot: QtBot, predicted: Desk, gallery: Gallery
) -> None:
    assert texts(gallery) == [
        "All: 8 spines", "Mushroom: 5 spines", "Thin: 3 spines", "Unsure: 0 spines",
    ]  # fmt: skip
    qtbot.mouseClick(gallery.page.chips.button("thin"), Qt.MouseButton.LeftButton)
    assert scores(gallery) == [0.65, 0.8, 0.85]
    assert gallery.grid.hasFocus()
    click(qtbot, gallery, 0.65)
    press(qtbot, predicted, Key.Key_1)
    assert texts(gallery)[1:3] == ["Mushroom: 6 spines", "Thin: 2 spines"]


def test_that_predictions_and_decisions_are_told_apart(
    qtbot: QtBot, predicted: Desk, gallery: Gallery
) -> None:
    click(qtbot, gallery, 0.7)
    press(qtbot, predicted, Key.Key_1)
    choose_in(gallery.page.wanted, "Decided only")
    assert scores(gallery) == [0.7]
    choose_in(gallery.page.wanted, "Predictions only")
    assert scores(gallery) == [0.55, 0.65, 0.75, 0.8, 0.85, 0.9, 0.95]


def test_that_one_image_alone_can_be_looked_at_and_is_followed(
    predicted: Desk, gallery: Gallery
) -> None:
    choose_in(gallery.page.where, "This image")
    assert scores(gallery) == [0.7, 0.8, 0.9, 0.95]
    predicted.workspace.show_image(predicted.workspace.image_ids[1])
    assert scores(gallery) == [0.55, 0.65, 0.75, 0.85]


def test_that_the_score_threshold_counts_here_too(
    qtbot: QtBot, predicted: Desk, gallery: Gallery
) -> None:
    for _ in range(4):
        press(qtbot, predicted, Key.Key_BracketRight)
    assert scores(gallery)[0] == 0.7
    choose(predicted, "lower_threshold")
    assert 0.65 in scores(gallery)


def test_that_the_order_can_be_by_score_size_and_image_and_reversed(gallery: Gallery) -> None:
    choose_in(gallery.page.order, "Size")
    areas = [d.box.area for d in gallery.contents.detections(gallery.contents.ids)]
    assert areas == sorted(areas, reverse=True)
    choose_in(gallery.page.order, "Image")
    images = [d.image_id for d in gallery.contents.detections(gallery.contents.ids)]
    assert len(set(images[:4])) == len(set(images[4:])) == 1
    choose_in(gallery.page.order, "Score")
    gallery.page.reverse.click()
    assert scores(gallery)[0] == 0.95


def compared(qtbot: QtBot, gallery: Gallery, order: str) -> None:
    with qtbot.waitSignal(gallery.comparing.done):
        choose_in(gallery.page.order, order)


@pytest.fixture
def shapes(qtbot: QtBot, desk: Desk, tmp_path: Path) -> Gallery:
    """Eleven discs, six of them mushrooms, and one bar that is called a mushroom too."""
    pixels = np.full((100, 100), 10, np.uint8)
    rows, columns = np.mgrid[:100, :100]
    for i in range(12):
        x, y = 12 + 24 * (i % 4), 12 + 24 * (i // 4)
        near = (np.abs(columns - x - 5) <= 12) & (np.abs(rows - y - 5) <= 12)
        disc = (columns - x - 5) ** 2 + (rows - y - 5) ** 2 <= (20 if i < 6 else 6)
        bar = (np.abs(columns - x - 5) <= 1) & (np.abs(rows - y - 5) <= 9)
        pixels[near & (bar if i == 2 else disc)] = 200
    open_images(qtbot, desk, write_plain(tmp_path / "shapes.tif", pixels))
    predict_on(desk, 0, "mmmmmmtttttt", SHAPE_SCORES, growth=0)
    press(qtbot, desk, Key.Key_V)
    return gallery_of(desk)


def test_that_what_is_unlike_its_label_comes_first(qtbot: QtBot, shapes: Gallery) -> None:
    shapes.page.chips.button("mushroom").click()
    compared(qtbot, shapes, "Unlike its label")
    assert scores(shapes)[0] == 0.62
    assert shapes.grid.verticalScrollBar().value() == 0


def test_that_what_is_like_the_selected_one_comes_first(qtbot: QtBot, shapes: Gallery) -> None:
    anchor = shapes.contents.detections(shapes.contents.ids)[7]
    assert anchor.score is not None
    click(qtbot, shapes, anchor.score)
    compared(qtbot, shapes, "Like the selected one")
    assert scores(shapes)[0] == anchor.score
    assert chosen_scores(shapes) == [anchor.score]
    assert set(scores(shapes)[:6]) == set(SHAPE_SCORES[6:])


def test_that_an_order_by_likeness_stands_while_labels_change(
    qtbot: QtBot, desk: Desk, shapes: Gallery
) -> None:
    compared(qtbot, shapes, "Unlike its label")
    before = scores(shapes)
    click(qtbot, shapes, before[0])
    press(qtbot, desk, Key.Key_2)
    assert scores(shapes) == before
    press(qtbot, desk, Key.Key_X)
    press(qtbot, desk, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert scores(shapes) == before


def test_that_a_comparison_can_be_cancelled(qtbot: QtBot, desk: Desk, shapes: Gallery) -> None:
    before = scores(shapes)
    answers: list[bool] = []
    shapes.comparing.done.connect(lambda: answers.append(True))
    choose_in(shapes.page.order, "Unlike its label")
    shapes.comparing.stop()
    qtbot.waitUntil(lambda: not shapes.comparing.background._tasks)
    assert answers == [], "not even of one that was done by then"
    desk.workspace.show_image(desk.workspace.image_id)
    assert sorted(scores(shapes)) == sorted(before)


def test_that_a_project_without_spines_says_so_and_offers_to_detect(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...]
) -> None:
    open_images(qtbot, desk, images[0])
    press(qtbot, desk, Key.Key_V)
    gallery = gallery_of(desk)
    assert gallery.page.is_empty
    assert gallery.page.empty.button.text() == "Detect"
    predict_on(desk, 0, "mt", (0.9, 0.8))
    assert not gallery.page.is_empty
    assert scores(gallery) == [0.8, 0.9]


def test_that_an_empty_filter_offers_to_show_all(qtbot: QtBot, gallery: Gallery) -> None:
    gallery.page.chips.button("stubby").click()
    assert gallery.page.is_empty
    qtbot.mouseClick(gallery.page.empty.button, Qt.MouseButton.LeftButton)
    assert len(scores(gallery)) == 8
    assert gallery.page.chips.button(None).isChecked()


# -- faults ----------------------------------------------------------------------------------


def test_that_an_image_that_is_gone_costs_its_own_pictures_only(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...], tmp_path: Path
) -> None:
    from spinegui.synthesis.scene import make_image
    from spinegui.synthesis.settings import TINY

    gone = tmp_path / "gone.tif"
    write_image(gone, make_image(7, TINY))
    open_images(qtbot, desk, images[0], gone)
    predict_on(desk, 0, "mt", (0.9, 0.8))
    predict_on(desk, 1, "mt", (0.7, 0.6))
    gone.unlink()
    press(qtbot, desk, Key.Key_V)
    gallery = gallery_of(desk)
    pictures_made(qtbot, gallery)
    problems = [bool(gallery.grid.cells(range(i, i + 1))[0].problem) for i in range(4)]
    assert problems == [True, True, False, False]
    crop = gallery.grid.crop_at(0)
    assert crop is not None
    assert "no file" in gallery.grid.describe(crop)
    click(qtbot, gallery, 0.7)
    press(qtbot, desk, Key.Key_2)
    labels = {d.score: d.label for d in detections(desk).values()}
    assert labels[0.7] == "thin"
    with qtbot.waitSignal(gallery.comparing.done):
        choose_in(gallery.page.order, "Unlike its label")
    assert set(scores(gallery)[:2]) == {0.8, 0.9}


def test_that_pictures_of_a_file_that_comes_back_are_tried_again(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...], tmp_path: Path
) -> None:
    away, file = tmp_path / "away.tif", tmp_path / "here.tif"
    file.write_bytes(images[0].read_bytes())
    open_images(qtbot, desk, file)
    predict_on(desk, 0, "m", (0.9,))
    file.rename(away)
    press(qtbot, desk, Key.Key_V)
    gallery = gallery_of(desk)
    pictures_made(qtbot, gallery)
    assert gallery.grid.cells(range(1))[0].problem
    document_of(desk).move_image(desk.workspace.image_id, str(away))
    pictures_made(qtbot, gallery)
    assert gallery.grid.cells(range(1))[0].image is not None
