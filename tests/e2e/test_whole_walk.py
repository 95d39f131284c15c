"""The whole walk in the real window with real events and the real worker, then another process."""

from __future__ import annotations

import csv
import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit, QMessageBox, QPushButton

from spinegui.app import open_window
from spinegui.domain.detection import Origin, ReviewState
from spinegui.gui.dialogs.comparison import ComparisonDialog
from spinegui.gui.dialogs.preflight import Preflight
from spinegui.jobs.spec import JobKind
from spinegui.synthesis.image_file import write_image
from spinegui.synthesis.scene import make_image
from spinegui.synthesis.settings import TINY
from tests.support.desks import (
    PATIENCE_MS,
    choose,
    detection,
    document_of,
    drawn,
    own_settings,
    press,
    saved,
    show,
)
from tests.support.gestures import CTRL, SHIFT, click, drag
from tests.support.processes import listening_ports
from tests.support.second_process import read_elsewhere

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.domain.annotation import Annotation
    from spinegui.domain.detection import Detection
    from spinegui.gui.desk import Desk

Key = Qt.Key
STACK = replace(TINY, n_z=6, z_step_um=0.5, bit_depth=16)


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """A calibrated 16-bit stack and three 2D images."""
    found = [tmp_path / f"{name}.tif" for name in ("stack", "one", "two", "three")]
    for seed, file in enumerate(found):
        write_image(file, make_image(seed, STACK if file.stem == "stack" else TINY))
    return found


@pytest.fixture
def desk(qtbot: QtBot, home: Path, files: list[Path]) -> Iterator[Desk]:
    made = open_window(files, settings=own_settings(home))
    show(qtbot, made)
    yield made
    made.close()


def is_over(desk: Desk, kind: JobKind) -> bool:
    return not desk.jobs.is_running(kind)


def detect(
    qtbot: QtBot, desk: Desk, key: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    desk.canvas.setFocus()
    press(qtbot, desk, Key.Key_F5, key)
    assert desk.jobs.is_running(JobKind.DETECT)
    worker = desk.bridge.engine._warm._child  # type: ignore[attr-defined]
    assert worker is not None
    assert [listening_ports(pid) for pid in (os.getpid(), worker.pid)] == [[], []]
    qtbot.waitUntil(lambda: is_over(desk, JobKind.DETECT), timeout=PATIENCE_MS)
    assert desk.window.findChild(QMessageBox) is None


def correct(qtbot: QtBot, desk: Desk) -> dict[str, Detection]:
    """Make every kind of correction on the shown image; returns what was decided, by id."""
    canvas = desk.canvas
    first, second, third, *_ = desk.workspace.shown_detections()
    move_and_resize(desk, first)
    press(qtbot, desk, Key.Key_3)
    assert detection(desk, first.id).label == "stubby"

    click(canvas, second.box.center)
    press(qtbot, desk, Key.Key_X)
    assert detection(desk, second.id).state is ReviewState.REJECTED
    click(canvas, third.box.center)
    press(qtbot, desk, Key.Key_Space)
    assert detection(desk, third.id).state is ReviewState.ACCEPTED

    drag(canvas, (4, 4), (18, 15), modifiers=SHIFT)
    own = desk.workspace.selection.single
    assert own is not None
    press(qtbot, desk, Key.Key_2)
    assert (detection(desk, own).origin, detection(desk, own).label) == (Origin.USER, "thin")

    review(qtbot, desk)
    return decided(desk)


def move_and_resize(desk: Desk, spine: Detection) -> None:
    """Select a box, drag it by its body, then by a handle."""
    x, y = spine.box.center
    click(desk.canvas, (x, y))
    drag(desk.canvas, (x, y), (x + 3, y - 2))
    moved = detection(desk, spine.id).box
    assert (round(moved.x0 - spine.box.x0), round(moved.y0 - spine.box.y0)) == (3, -2)
    drag(desk.canvas, (moved.x1, moved.y1), (moved.x1 + 4, moved.y1 + 5))
    resized = detection(desk, spine.id).box
    assert (round(resized.width - moved.width), round(resized.height - moved.height)) == (4, 5)


def review(qtbot: QtBot, desk: Desk) -> None:
    """Mark a region and the image reviewed, take the latter back and do it again."""
    press(qtbot, desk, Key.Key_W)
    drag(desk.canvas, (1, 1), (60, 30))
    press(qtbot, desk, Key.Key_Escape)
    assert len(desk.workspace.annotation.regions) == 1
    before = desk.workspace.annotation
    press(qtbot, desk, Key.Key_Return, CTRL)
    assert desk.workspace.annotation.is_reviewed
    after = desk.workspace.annotation
    press(qtbot, desk, Key.Key_Z, CTRL)
    assert desk.workspace.annotation == before
    press(qtbot, desk, Key.Key_Y, CTRL)
    assert desk.workspace.annotation == after


def decided(desk: Desk) -> dict[str, Detection]:
    return {d.id: d for d in desk.workspace.annotation.detections.values() if d.is_decided}


def retrain_and_promote(qtbot: QtBot, desk: Desk) -> None:
    shipped = desk.models.active("detector")
    press(qtbot, desk, Key.Key_T, CTRL)
    qtbot.waitUntil(lambda: desk.window.findChild(Preflight) is not None)
    preflight = desk.window.findChild(Preflight)
    assert preflight is not None
    preflight.start_button.click()
    # The person goes on correcting while it runs.
    drag(desk.canvas, (100, 4), (112, 15), modifiers=SHIFT)
    assert desk.jobs.is_running(JobKind.TRAIN)
    qtbot.waitUntil(lambda: is_over(desk, JobKind.TRAIN), timeout=PATIENCE_MS)
    assert desk.window.findChild(QMessageBox) is None
    buttons = desk.window.banners.findChildren(QPushButton)
    next(b for b in buttons if b.text() == "Compare").click()
    qtbot.waitUntil(
        lambda: desk.window.findChild(ComparisonDialog) is not None, timeout=PATIENCE_MS
    )
    comparison = desk.window.findChild(ComparisonDialog)
    assert comparison is not None
    assert comparison.verdict.text()
    comparison.promote_button.click()
    assert desk.models.active("detector").sha != shipped.sha


def export(qtbot: QtBot, desk: Desk, action: str, path: Path) -> None:
    choose(desk, action)
    dialog = desk.window.findChild(QFileDialog, "export_file")
    assert dialog is not None
    qtbot.waitUntil(dialog.isActiveWindow)
    field = dialog.findChild(QLineEdit, "fileNameEdit")
    assert field is not None
    field.setText(str(path))
    qtbot.keyClick(field, Key.Key_Return)
    qtbot.waitUntil(path.exists, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: desk.window.findChild(QFileDialog, "export_file") is None)


@pytest.mark.slow
def test_that_the_whole_walk_works_and_every_correction_is_there_in_another_process(
    qtbot: QtBot, desk: Desk, tmp_path: Path
) -> None:
    look_at_stack(qtbot, desk)
    detect(qtbot, desk, SHIFT)
    press(qtbot, desk, Key.Key_M)

    kept = {desk.workspace.image_id: correct(qtbot, desk)}
    for image_id in desk.workspace.image_ids[1:]:
        press(qtbot, desk, Key.Key_D)
        drawn(qtbot, desk)
        assert desk.workspace.image_id == image_id
        press(qtbot, desk, Key.Key_Return, CTRL)
        kept[image_id] = decided(desk)
    assert desk.images.summary.text() == "4 of 4 reviewed"

    retrain_and_promote(qtbot, desk)
    kept[desk.workspace.image_id] = decided(desk)
    for image_id in desk.workspace.image_ids:
        desk.workspace.show_image(image_id)
        detect(qtbot, desk)
        assert decided(desk) == kept[image_id]
        undecided = [d for d in desk.workspace.annotation.detections.values() if not d.is_decided]
        assert all("retrained-1" in (d.model or "") for d in undecided)

    export(qtbot, desk, "export_coco", tmp_path / "out.json")
    export(qtbot, desk, "export_table", tmp_path / "out.csv")
    saved(qtbot, desk)
    document = document_of(desk)
    stack = document.undo_stack
    steps = [[stack.text(i), i >= stack.index()] for i in range(stack.count())]
    annotations = dict(document.annotations)
    choose(desk, "quit")
    assert not desk.window.isVisible()

    check_exports(tmp_path / "out.json", tmp_path / "out.csv", annotations)
    found = read_elsewhere(document.project.path)
    assert found["history"] == steps
    check_project(found, annotations)


def look_at_stack(qtbot: QtBot, desk: Desk) -> None:
    qtbot.waitUntil(lambda: len(desk.workspace.image_ids) == 4, timeout=PATIENCE_MS)
    drawn(qtbot, desk)
    image = desk.workspace.image
    assert image is not None
    assert (image.name, image.is_stack) == ("stack.tif", True)
    assert image.pixel_size is not None


def check_project(found: dict[str, Any], annotations: dict[str, Annotation]) -> None:
    """Another process finds what the window showed."""
    assert found["problems"] == []
    assert found["users"] == ["ann"]
    assert (len(found["reviewed"]), found["regions"]) == (4, 1)
    for image_id, annotation in annotations.items():
        there = found["detections"][image_id]
        assert there.keys() == annotation.detections.keys()
        for key, mine in annotation.detections.items():
            box = [mine.box.x0, mine.box.y0, mine.box.x1, mine.box.y1]
            assert there[key]["box"] == pytest.approx(box)
            assert (there[key]["state"], there[key]["label"]) == (mine.state.value, mine.label)


def check_exports(coco: Path, table: Path, annotations: dict[str, Annotation]) -> None:
    """Both files hold exactly what people kept and what the model proposes above the cut."""
    counted = sum(
        d.is_visible and (d.is_decided or (d.score or 0) >= 0.5)
        for annotation in annotations.values()
        for d in annotation.detections.values()
    )
    data = json.loads(coco.read_text("utf-8"))
    assert (len(data["images"]), len(data["annotations"])) == (4, counted)
    with table.open(encoding="utf-8", newline="") as stream:
        assert len(list(csv.DictReader(stream))) == counted
