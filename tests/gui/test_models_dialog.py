"""The models dialog: what is told of each, and what can be done with it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from spinegui.gui.dialogs.models import NOTHING_EARLIER, ModelsDialog
from spinegui.gui.model_facts import describe_metrics
from spinegui.storage.model_manifest import read_manifest, seal_model
from tests.gui.stories.driving import answer_file, opened
from tests.support import rogue
from tests.support.desks import choose

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QPushButton
    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk
    from spinegui.storage.model_store import ModelInfo

LEFT = Qt.MouseButton.LeftButton


def figure(value: float, n: int = 60) -> dict[str, object]:
    return {"value": value, "low": value - 0.04, "high": value + 0.03, "n": n, "n_images": 4}


METRICS = {
    "training": {"loss": 0.2},
    "validation": {
        "after": {
            "detection": {"f1": figure(0.87), "ap": figure(0.9)},
            "given_boxes": {"accuracy": figure(0.8, 58)},
        }
    },
}


def add(desk: Desk, home: Path, name: str, behaviour: str = "good", **facts: object) -> ModelInfo:
    folder = rogue.make_model(home / f"made-{name}", behaviour)
    seal_model(folder, replace(read_manifest(folder), **facts))
    return desk.models.store.add(folder, name)


@pytest.fixture
def parent(desk: Desk, home: Path) -> ModelInfo:
    return add(desk, home, "first")


@pytest.fixture
def child(desk: Desk, home: Path, parent: ModelInfo) -> ModelInfo:
    return add(
        desk, home, "second", "other", parent=parent.sha, metrics=METRICS, licence="CC BY 4.0",
        sources=("Frames of the institute",), created="2026-02-03T04:05:06+00:00",
        library_versions={"torch": "2.13.0"}, trained_on=("a" * 64, "b" * 64),
    )  # fmt: skip


def shown(qtbot: QtBot, desk: Desk) -> ModelsDialog:
    choose(desk, "models")
    return opened(qtbot, desk, ModelsDialog)


def select(dialog: ModelsDialog, qtbot: QtBot, name: str) -> None:
    """Click the row of a model."""
    names = [dialog.table.item(row, 0).text() for row in range(dialog.table.rowCount())]
    at = dialog.table.visualItemRect(dialog.table.item(names.index(name), 0)).center()
    qtbot.mouseClick(dialog.table.viewport(), LEFT, pos=at)


def can(*buttons: QPushButton) -> list[bool]:
    return [button.isEnabled() for button in buttons]


def test_that_a_row_tells_role_parent_date_and_figure_with_its_interval(
    desk: Desk, qtbot: QtBot, child: ModelInfo
) -> None:
    dialog = shown(qtbot, desk)
    rows = {
        dialog.table.item(row, 0).text(): [dialog.table.item(row, c).text() for c in range(1, 6)]
        for row in range(dialog.table.rowCount())
    }
    assert rows["second"] == [
        "Detector and classifier", "–", "2026-02-03 04:05", "first",
        "F1 0.87 (0.83 to 0.90), n = 60",
    ]  # fmt: skip
    assert rows["classical"][:3] == ["Detector and classifier", "Yes", "Shipped"]
    assert describe_metrics(desk.models.store.get("first")) == "Not measured here"


def test_that_the_details_tell_where_a_model_came_from(
    desk: Desk, qtbot: QtBot, child: ModelInfo
) -> None:
    dialog = shown(qtbot, desk)
    assert dialog.details.toPlainText() == ""
    select(dialog, qtbot, "second")
    text = dialog.details.toPlainText()
    for told in (
        "CC BY 4.0", "Frames of the institute", "torch 2.13.0", "2 images", "first",
        "Class accuracy, given the boxes", "0.80 (0.76 to 0.83), n = 58",
        "on 4 held-out images; intervals hold 95 %",
    ):  # fmt: skip
        assert told in text
    select(dialog, qtbot, "classical")
    assert "BSD-3-Clause" in dialog.details.toPlainText()
    assert "Meng" in dialog.details.toPlainText(), "its card"


def test_that_a_card_of_somebody_else_is_shown_as_text(
    desk: Desk, qtbot: QtBot, home: Path
) -> None:
    folder = rogue.make_model(home / "strange", "good")
    card = "# Card\n<img src='http://example.org/x.png'> <b>bold</b>\n"
    (folder / "MODEL_CARD.md").write_text(card, encoding="utf-8")
    seal_model(folder, replace(read_manifest(folder), licence="<script>"))
    desk.models.store.add(folder, "strange")
    dialog = shown(qtbot, desk)
    select(dialog, qtbot, "strange")
    assert "<b>bold</b>" in dialog.details.toPlainText()
    assert "<script>" in dialog.details.toPlainText()


def test_that_going_back_is_off_where_there_is_nothing_to_go_back_to(
    desk: Desk, qtbot: QtBot, child: ModelInfo
) -> None:
    dialog = shown(qtbot, desk)
    assert not dialog.back_button.isEnabled()
    assert dialog.back_button.toolTip() == NOTHING_EARLIER
    select(dialog, qtbot, "second")
    qtbot.mouseClick(dialog.promote_button, LEFT)
    assert desk.models.active("detector").name == "second"
    assert dialog.back_button.isEnabled()
    assert "from second to classical" in dialog.back_button.toolTip()
    qtbot.mouseClick(dialog.back_button, LEFT)
    assert desk.models.active("classifier").name == "classical"
    assert not dialog.back_button.isEnabled()


# Said by the offscreen platform of every menu.
@pytest.mark.qt_log_ignore("This plugin does not support")
def test_that_roles_that_changed_apart_go_back_apart(
    desk: Desk, qtbot: QtBot, child: ModelInfo, parent: ModelInfo
) -> None:
    desk.models.store.promote(parent.sha, ["detector"])
    desk.models.store.promote(child.sha, ["classifier"])
    dialog = shown(qtbot, desk)
    qtbot.mouseClick(dialog.back_button, LEFT)
    menu = dialog.findChild(QMenu, "waysBack")
    assert menu is not None
    words = [action.text() for action in menu.actions()]
    assert words == [
        "Detector: back from first to classical",
        "Classifier: back from second to classical",
    ]
    at = menu.actionGeometry(menu.actions()[1]).center()
    qtbot.mouseClick(menu, LEFT, pos=at)
    assert desk.models.active("classifier").name == "classical"
    assert desk.models.active("detector").name == "first"


def test_that_each_button_that_is_off_says_why(desk: Desk, qtbot: QtBot, child: ModelInfo) -> None:
    dialog = shown(qtbot, desk)
    buttons = (dialog.promote_button, dialog.export_button, dialog.delete_button)
    assert can(*buttons) == [False, False, False]
    assert all("Choose a model first" in button.toolTip() for button in buttons)
    select(dialog, qtbot, "classical")
    assert can(*buttons) == [False, True, False]
    assert "It works already" in dialog.promote_button.toolTip()
    assert "came with the program" in dialog.delete_button.toolTip()
    select(dialog, qtbot, "second")
    assert can(*buttons) == [True, True, True]


def test_that_a_deleted_model_is_gone_and_its_child_says_so(
    desk: Desk, qtbot: QtBot, child: ModelInfo
) -> None:
    dialog = shown(qtbot, desk)
    select(dialog, qtbot, "first")
    qtbot.mouseClick(dialog.delete_button, LEFT)
    assert "first" not in {model.name for model in desk.models.store.list()}
    select(dialog, qtbot, "second")
    assert "a deleted model" in dialog.details.toPlainText()


def test_that_a_model_goes_out_into_a_file_and_comes_back_from_it(
    desk: Desk, qtbot: QtBot, child: ModelInfo, tmp_path: Path
) -> None:
    dialog = shown(qtbot, desk)
    select(dialog, qtbot, "second")
    qtbot.mouseClick(dialog.export_button, LEFT)
    answer_file(qtbot, desk, "exportModel", tmp_path / "second.zip")
    qtbot.waitUntil((tmp_path / "second.zip").exists)
    select(dialog, qtbot, "second")
    qtbot.mouseClick(dialog.delete_button, LEFT)
    qtbot.mouseClick(dialog.import_button, LEFT)
    answer_file(qtbot, desk, "importModel", tmp_path / "second.zip")
    qtbot.waitUntil(lambda: "second" in {model.name for model in desk.models.store.list()})
    assert desk.models.store.get("second").sha == child.sha
