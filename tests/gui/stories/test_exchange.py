"""Exporting and importing from the menus."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt

from spinegui.domain.geometry import Box
from spinegui.gui.document import SaveState
from spinegui.storage.exchange.table import manifest_path
from tests.gui.stories.driving import (
    answer_file,
    choose,
    open_images,
    plain_image,
    press,
    toast_text,
)

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk

CTRL = Qt.KeyboardModifier.ControlModifier


def draw_and_label(desk: Desk) -> None:
    drawn = desk.review.draw(Box(5, 6, 15, 18))
    desk.review.label([desk.workspace.annotation.detections[drawn]], "thin")


def coco(path: Path, file_name: str, label: str = "thin") -> Path:
    data: dict[str, Any] = {
        "images": [{"id": 1, "file_name": file_name, "width": 64, "height": 48}],
        "categories": [{"id": 7, "name": label}],
        "annotations": [
            {"id": 1, "image_id": 1, "category_id": 7, "bbox": [4, 5, 10, 12]},
            {"id": 2, "image_id": 1, "category_id": 7, "bbox": [30, 20, 8, 9]},
        ],
    }
    path.write_text(json.dumps(data))
    return path


def test_that_ctrl_e_exports_the_corrected_dataset(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    open_images(qtbot, desk, plain_image(tmp_path / "a.tif"))
    draw_and_label(desk)
    press(qtbot, desk.window, Qt.Key.Key_E, CTRL)
    answer_file(qtbot, desk, "export_file", tmp_path / "out.json")
    qtbot.waitUntil(lambda: toast_text(desk) == "1 spine exported to out.json.")
    found = json.loads((tmp_path / "out.json").read_text())
    assert [a["bbox"] for a in found["annotations"]] == [[5, 6, 10, 12]]
    assert found["images"][0]["file_name"] == "a.tif"
    assert found["spinegui"]["seq"] == 2


def test_that_the_export_menu_writes_the_table_with_its_manifest(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    open_images(qtbot, desk, plain_image(tmp_path / "a.tif"))
    draw_and_label(desk)
    choose(desk, "Export", "Spine table (CSV)…")
    answer_file(qtbot, desk, "export_file", tmp_path / "spines.csv")
    qtbot.waitUntil(lambda: "exported" in toast_text(desk))
    text = (tmp_path / "spines.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert [row["label"] for row in rows] == ["thin"]
    assert [row["labelled_by"] for row in rows] == ["ann"]
    assert manifest_path(tmp_path / "spines.csv").exists()


def test_that_an_export_holds_what_was_still_being_saved(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    open_images(qtbot, desk, plain_image(tmp_path / "a.tif"))
    document = desk.workspace.document
    assert document is not None
    for _ in range(20):
        draw_and_label(desk)
    assert document.save_state is SaveState.SAVING
    desk.stories.exporting._when_saved(
        document, tmp_path / "out.json", lambda content, path: path.write_text(str(content.seq))
    )
    qtbot.waitUntil((tmp_path / "out.json").exists)
    assert (tmp_path / "out.json").read_text() == "40"


def test_that_an_export_that_cannot_be_written_says_so(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    open_images(qtbot, desk, plain_image(tmp_path / "a.tif"))
    (tmp_path / "taken").write_text("")
    document = desk.workspace.document
    assert document is not None
    with qtbot.waitSignal(desk.notices.error_requested) as heard:
        desk.stories.exporting._write(
            document,
            tmp_path / "taken" / "out.json",
            lambda _content, path: path.write_text("x"),
        )
    assert heard.args is not None
    assert heard.args[0] == "The export could not be written"


def test_that_importing_is_one_edit_with_its_images(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    open_images(qtbot, desk, plain_image(tmp_path / "a.tif"))
    plain_image(tmp_path / "b.tif", 5)
    choose(desk, "File", "Import COCO…")
    answer_file(qtbot, desk, "import_file", coco(tmp_path / "c.json", "b.tif"))
    qtbot.waitUntil(lambda: len(desk.workspace.image_ids) == 2)
    qtbot.waitUntil(lambda: len(list(desk.workspace.annotation.visible())) == 2)
    image = desk.workspace.image
    assert image is not None
    assert image.name == "b.tif"
    assert desk.workspace.annotation.is_reviewed
    assert toast_text(desk) == "2 spines imported from c.json, 1 new image."
    desk.workspace.undo()
    assert list(desk.workspace.annotation.visible()) == []


def test_that_the_images_folder_is_asked_for_where_they_are_not_beside_the_file(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    open_images(qtbot, desk, plain_image(tmp_path / "a.tif"))
    (tmp_path / "elsewhere").mkdir()
    plain_image(tmp_path / "elsewhere" / "b.tif", 5)
    desk.stories.importing.run_on(coco(tmp_path / "c.json", "b.tif"))
    answer_file(qtbot, desk, "import_file", tmp_path / "elsewhere")
    qtbot.waitUntil(lambda: len(list(desk.workspace.annotation.visible())) == 2)


def test_that_an_unknown_class_becomes_one_of_the_project(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    open_images(qtbot, desk, plain_image(tmp_path / "a.tif"))
    desk.stories.importing.run_on(coco(tmp_path / "c.json", "a.tif", "branched"))
    qtbot.waitUntil(lambda: len(list(desk.workspace.annotation.visible())) == 2)
    document = desk.workspace.document
    assert document is not None
    assert document.label_set.find("branched") is not None
    assert "branched" in desk.label._buttons


def test_that_work_done_while_a_file_is_read_is_kept(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    open_images(qtbot, desk, plain_image(tmp_path / "a.tif"))
    desk.stories.importing.run_on(coco(tmp_path / "c.json", "a.tif"))
    # The file was read against a state without this mark.
    desk.review.mark_reviewed()
    qtbot.waitUntil(lambda: len(list(desk.workspace.annotation.visible())) == 2)
    assert desk.workspace.annotation.is_reviewed


def test_that_importing_twice_brings_nothing_in_twice(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    open_images(qtbot, desk, plain_image(tmp_path / "a.tif"))
    file = coco(tmp_path / "c.json", "a.tif")
    desk.stories.importing.run_on(file)
    qtbot.waitUntil(lambda: len(list(desk.workspace.annotation.visible())) == 2)
    desk.stories.importing.run_on(file)
    qtbot.waitUntil(lambda: "2 were here already" in toast_text(desk))
    assert len(list(desk.workspace.annotation.visible())) == 2


def test_that_a_file_that_is_no_coco_changes_nothing(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    open_images(qtbot, desk, plain_image(tmp_path / "a.tif"))
    (tmp_path / "bad.json").write_text("[1, 2]")
    with qtbot.waitSignal(desk.notices.error_requested) as heard:
        desk.stories.importing.run_on(tmp_path / "bad.json")
    assert heard.args is not None
    assert heard.args[0] == "Nothing was imported"
    assert desk.workspace.annotation.detections == {}


def test_that_what_an_import_carried_comes_out_again(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    open_images(qtbot, desk, plain_image(tmp_path / "a.tif"))
    file = coco(tmp_path / "c.json", "a.tif")
    data = json.loads(file.read_text())
    data["info"] = {"contributor": "Golgi"}
    file.write_text(json.dumps(data))
    desk.stories.importing.run_on(file)
    qtbot.waitUntil(lambda: len(list(desk.workspace.annotation.visible())) == 2)
    press(qtbot, desk.window, Qt.Key.Key_E, CTRL)
    answer_file(qtbot, desk, "export_file", tmp_path / "out.json")
    qtbot.waitUntil(lambda: "exported" in toast_text(desk))
    found = json.loads((tmp_path / "out.json").read_text())
    assert found["info"] == {"contributor": "Golgi"}
