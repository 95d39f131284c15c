"""Faults in the middle of a batch: each costs the image it met and nothing else."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
import tifffile
from PySide6.QtWidgets import QMessageBox

from spinegui.engine.handle import Limits
from spinegui.engine.local import LocalEngine
from spinegui.gui.batch.entries import EntryState
from tests.support import rogue
from tests.support.desks import PATIENCE_MS, choose, document_of, make_desk, open_images, saved
from tests.support.workshop import ROOT, SPINES_XY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.gui.batch.batch import Batch
    from spinegui.gui.desk import Desk

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kills processes by signal")
DONE, FAILED, WAITING = EntryState.DONE, EntryState.FAILED, EntryState.WAITING


@pytest.fixture
def desk(
    qtbot: QtBot, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    """A desk with four images whose models are of the rogue backend."""
    monkeypatch.setenv("SPINEGUI_BACKENDS", rogue.BACKENDS)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
    files = [tmp_path / f"{number}.tif" for number in range(4)]
    for number, file in enumerate(files):
        pixels = np.zeros((128, 128), np.uint8)
        for x, y in SPINES_XY:
            pixels[y * 3 + number, x * 3] = 200
        tifffile.imwrite(file, pixels, photometric="minisblack")
    made = make_desk(qtbot, home, LocalEngine(None, Limits(stuck_s=2.5, cancel_grace_s=0.3)))
    open_images(qtbot, made, *files)
    yield made
    made.close()


def use(desk: Desk, home: Path, behaviour: str) -> None:
    """Let a model that behaves so work."""
    if behaviour not in [model.name for model in desk.models.store.list()]:
        folder = home / f"model-{behaviour}"
        desk.models.store.add(rogue.make_model(folder, behaviour, name=behaviour), behaviour)
    assert desk.models.promote(desk.models.store.get(behaviour))


def start(desk: Desk) -> Batch:
    choose(desk, "detect_all")
    found = desk.jobs.all[0].batch
    assert found is not None
    return found


def states(batch: Batch) -> list[EntryState]:
    return [entry.state for entry in batch.entries]


def is_over(qtbot: QtBot, batch: Batch) -> None:
    qtbot.waitUntil(lambda: batch.is_over, timeout=PATIENCE_MS)


def test_that_a_worker_killed_in_a_batch_costs_one_image(
    qtbot: QtBot, desk: Desk, home: Path
) -> None:
    use(desk, home, "patient")
    batch = start(desk)
    qtbot.waitUntil(lambda: batch.entries[0].state is EntryState.RUNNING)
    qtbot.waitUntil(
        lambda: batch._handle is not None and not batch._handle.is_untouched, timeout=PATIENCE_MS
    )
    use(desk, home, "good")
    assert batch._handle is not None
    child = batch._handle._child
    assert child is not None
    os.kill(child.pid, signal.SIGKILL)
    is_over(qtbot, batch)
    assert states(batch) == [FAILED, DONE, DONE, DONE]
    assert batch.entries[0].sentence
    assert "Traceback" not in batch.entries[0].sentence
    assert desk.window.findChild(QMessageBox) is None
    batch.retry()
    is_over(qtbot, batch)
    assert states(batch) == [DONE] * 4
    counts = [len(a.detections) for a in document_of(desk).recorded.values()]
    assert min(counts) >= 3
    saved(qtbot, desk)


def test_that_a_batch_whose_images_all_fail_alike_waits_instead_of_going_through_them(
    qtbot: QtBot, desk: Desk, home: Path
) -> None:
    use(desk, home, "raise")
    batch = start(desk)
    qtbot.waitUntil(lambda: batch.is_paused, timeout=PATIENCE_MS)
    assert states(batch) == [FAILED, FAILED, FAILED, WAITING]
    assert batch.why_paused.startswith("Three images in a row failed alike")
    use(desk, home, "good")
    batch.start()
    is_over(qtbot, batch)
    batch.retry()
    is_over(qtbot, batch)
    assert states(batch) == [DONE] * 4
