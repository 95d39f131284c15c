"""Faults under the open window: workers that die, hang or babble, and its own sudden end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import tifffile
from PySide6.QtWidgets import QMessageBox

from spinegui.engine.handle import Limits
from spinegui.engine.local import LocalEngine
from spinegui.gui.dialogs.preflight import Preflight
from spinegui.jobs.spec import JobKind
from tests.support import rogue
from tests.support.desks import (
    PATIENCE_MS,
    choose,
    document_of,
    make_desk,
    open_images,
    predict,
    saved,
)
from tests.support.gestures import SHIFT, drag
from tests.support.processes import listening_ports
from tests.support.second_process import read_elsewhere
from tests.support.workshop import ROOT, SPINES_XY, wait_until_gone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk
    from spinegui.gui.running_jobs import RunningJob

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kills processes by signal")


@pytest.fixture
def images(tmp_path: Path) -> list[Path]:
    """Three images of 128 px with three bright dots each, one apart from the other."""
    files = [tmp_path / f"{number}.tif" for number in range(3)]
    for number, file in enumerate(files):
        pixels = np.zeros((128, 128), np.uint8)
        for x, y in SPINES_XY:
            pixels[y * 3 + number, x * 3] = 200
        tifffile.imwrite(file, pixels, photometric="minisblack")
    return files


@pytest.fixture
def desk(
    qtbot: QtBot, home: Path, images: list[Path], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    """A desk whose models are of the rogue backend; the well-behaved one works."""
    monkeypatch.setenv("SPINEGUI_BACKENDS", rogue.BACKENDS)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
    made = make_desk(qtbot, home, LocalEngine(None, Limits(stuck_s=2.5, cancel_grace_s=0.3)))
    use(made, home, "good")
    open_images(qtbot, made, *images)
    yield made
    made.close()


def use(desk: Desk, home: Path, behaviour: str) -> None:
    """Let a model that behaves so work."""
    names = [model.name for model in desk.models.store.list()]
    if behaviour not in names:
        folder = home / f"model-{behaviour}"
        desk.models.store.add(rogue.make_model(folder, behaviour, name=behaviour), behaviour)
    assert desk.models.promote(desk.models.store.get(behaviour))


def start(desk: Desk, kind: JobKind) -> RunningJob:
    if kind is JobKind.DETECT:
        choose(desk, "detect")
    else:
        choose(desk, "retrain")
        dialog = desk.window.findChild(Preflight)
        assert dialog is not None
        dialog.start_button.click()
    return desk.jobs.all[0]


def under_way(qtbot: QtBot, job: RunningJob) -> int:
    """Wait until the worker does it; returns the worker's process id."""
    qtbot.waitUntil(lambda: job.progress is not None and job.progress.done > 0, timeout=PATIENCE_MS)
    child = job.handle._child
    assert child is not None
    return child.pid


def failure(qtbot: QtBot, desk: Desk, job: RunningJob) -> str:
    """Wait for the job to fail and return what the window says about it."""
    qtbot.waitUntil(lambda: job.is_over, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: desk.window.findChild(QMessageBox, "error") is not None)
    box = desk.window.findChild(QMessageBox, "error")
    assert box is not None
    said = f"{box.text()}. {box.informativeText()}"
    card = desk.jobs_panel.card(job.id)
    assert card is not None
    assert card.state.text().startswith("Failed")
    with qtbot.waitSignal(box.finished):
        box.button(QMessageBox.StandardButton.Close).click()
    return said


def still_works(qtbot: QtBot, desk: Desk, home: Path) -> None:
    """The window takes an edit and saves it, and the next job runs."""
    count = len(desk.workspace.annotation.detections)
    drag(desk.canvas, (100, 8), (112, 18), modifiers=SHIFT)
    assert len(desk.workspace.annotation.detections) == count + 1
    saved(qtbot, desk)
    use(desk, home, "good")
    job = start(desk, JobKind.DETECT)
    qtbot.waitUntil(lambda: job.is_over, timeout=PATIENCE_MS)
    assert job.ending is not None
    assert job.ending.kind == "done"
    assert len(desk.workspace.annotation.detections) >= 3


def test_that_a_listening_port_would_be_seen() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert listening_ports(os.getpid()) == [server.getsockname()[1]]


def prepare(desk: Desk) -> None:
    for image_id in desk.workspace.image_ids:
        desk.workspace.show_image(image_id)
        predict(desk)
        choose(desk, "mark_reviewed")


@pytest.mark.parametrize("kind", [JobKind.DETECT, JobKind.TRAIN])
def test_that_a_worker_killed_in_the_middle_is_said_and_the_next_job_works(
    qtbot: QtBot, desk: Desk, home: Path, kind: JobKind
) -> None:
    prepare(desk)
    use(desk, home, "patient")
    job = start(desk, kind)
    pid = under_way(qtbot, job)
    assert [listening_ports(p) for p in (os.getpid(), pid)] == [[], []]
    os.kill(pid, signal.SIGKILL)
    said = failure(qtbot, desk, job)
    assert "failed" in said
    assert "Traceback" not in said
    still_works(qtbot, desk, home)


@pytest.mark.parametrize("kind", [JobKind.DETECT, JobKind.TRAIN])
def test_that_a_worker_that_hangs_is_ended_and_said_to_be_stuck(
    qtbot: QtBot, desk: Desk, home: Path, kind: JobKind
) -> None:
    prepare(desk)
    use(desk, home, "frozen")
    job = start(desk, kind)
    pid = under_way(qtbot, job)
    assert desk.window.isEnabled()
    said = failure(qtbot, desk, job)
    assert wait_until_gone(pid)
    assert "gave no sign of life" in said
    still_works(qtbot, desk, home)


def test_that_a_babbling_worker_costs_the_window_nothing(
    qtbot: QtBot, desk: Desk, home: Path
) -> None:
    use(desk, home, "babble")
    job = start(desk, JobKind.DETECT)
    qtbot.waitUntil(lambda: job.is_over, timeout=PATIENCE_MS)
    assert job.ending is not None
    assert job.ending.kind == "done"
    assert len(desk.workspace.annotation.detections) == 3
    still_works(qtbot, desk, home)


def test_that_a_training_stopped_early_keeps_its_model_and_shows_curves_meanwhile(
    qtbot: QtBot, desk: Desk, home: Path
) -> None:
    prepare(desk)
    use(desk, home, "endless")
    job = start(desk, JobKind.TRAIN)
    under_way(qtbot, job)
    card = desk.jobs_panel.card(job.id)
    assert card is not None
    qtbot.waitUntil(lambda: card.curves is not None)
    assert " of " in card.state.text()
    card.stop_button.click()
    qtbot.waitUntil(lambda: job.is_over, timeout=PATIENCE_MS)
    assert card.state.text().startswith("Done")
    assert not card.stop_button.isVisible()
    assert desk.models.store.get("retrained-1").parent is not None
    assert any("retrained-1" in text for text in desk.window.banners.texts().values())


def test_that_cancelling_a_deaf_worker_ends_it(qtbot: QtBot, desk: Desk, home: Path) -> None:
    use(desk, home, "deaf")
    job = start(desk, JobKind.DETECT)
    pid = under_way(qtbot, job)
    card = desk.jobs_panel.card(job.id)
    assert card is not None
    card.cancel_button.click()
    qtbot.waitUntil(lambda: job.is_over, timeout=PATIENCE_MS)
    assert card.state.text() == "Cancelled"
    assert wait_until_gone(pid)
    still_works(qtbot, desk, home)


WINDOW = """
import sys
from pathlib import Path
from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication
from spinegui.app import open_window
from spinegui.gui.settings import Settings
from tests.support.gestures import SHIFT, drag

application = QApplication(sys.argv[:1])
store = QSettings(sys.argv[2], QSettings.Format.IniFormat)
desk = open_window([Path(sys.argv[1])], settings=Settings(store))
drawn = 0

def step():
    global drawn
    if desk.display.plane is None or (drawn and desk.window.save_text.text() != "Saved"):
        return
    if drawn:
        worker = desk.bridge.engine._warm._child.pid
        print(desk.workspace.document.project.path, worker, drawn, flush=True)
    drag(desk.canvas, (10 + drawn, 10), (20 + drawn, 30), modifiers=SHIFT)
    drawn += 1

timer = QTimer(interval=0)
timer.timeout.connect(step)
timer.start()
application.exec()
"""


def test_that_what_the_window_called_saved_outlives_its_sudden_death(
    home: Path, images: list[Path]
) -> None:
    environment = {
        **os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    command = [sys.executable, "-c", WINDOW, str(images[0]), str(home / "s.ini")]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as window:
        assert window.stdout is not None
        line = ""
        for line in window.stdout:
            if int(line.split()[2]) >= 5:
                break
        window.kill()
        window.wait()
    path, worker, acknowledged = line.split()
    found = read_elsewhere(Path(path))
    (there,) = found["detections"].values()
    assert found["problems"] == []
    # The edit after the last acknowledged one was under way: it is there whole or not at all.
    assert len(there) in {int(acknowledged), int(acknowledged) + 1}
    assert len(found["history"]) == len(there)
    assert wait_until_gone(int(worker)), "a worker must not outlive its window"


def test_that_edits_go_on_while_a_training_runs_and_are_saved(
    qtbot: QtBot, desk: Desk, home: Path
) -> None:
    prepare(desk)
    use(desk, home, "endless")
    job = start(desk, JobKind.TRAIN)
    under_way(qtbot, job)
    for number in range(5):
        drag(desk.canvas, (90, 10 + 12 * number), (100, 20 + 12 * number), modifiers=SHIFT)
    saved(qtbot, desk)
    assert not job.is_over
    choose(desk, "undo")
    path = document_of(desk).project.path
    job.handle.cancel()
    qtbot.waitUntil(lambda: job.is_over, timeout=PATIENCE_MS)
    desk.open_project.close_current()
    assert read_elsewhere(path)["history"][-1] == ["Draw spine", True]
