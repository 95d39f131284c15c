"""A desk for each test, and a check that nothing of it stays behind."""

from __future__ import annotations

import gc
import threading
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from spinegui.synthesis.image_file import write_image
from spinegui.synthesis.scene import make_image
from spinegui.synthesis.settings import TINY
from tests.support.desks import KeptEngine, make_desk, open_images, predict
from tests.support.images import write_imagej

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk


@pytest.fixture(autouse=True)
def nothing_left_behind(qapp: QApplication) -> Iterator[None]:
    """Fail a test that leaves a window or a thread."""
    widgets = set(map(id, QApplication.topLevelWidgets()))
    threads = set(threading.enumerate())
    yield
    gc.collect()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    left = [w for w in QApplication.topLevelWidgets() if id(w) not in widgets and w.isVisible()]
    assert not left, f"windows left open: {left}"
    for thread in set(threading.enumerate()) - threads:
        thread.join(10)
        assert not thread.is_alive(), f"thread left running: {thread}"


@pytest.fixture(scope="session")
def images(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """Four calibrated synthetic images of a few spines each; not to be written to."""
    folder = tmp_path_factory.mktemp("images")
    files = tuple(folder / f"{name}.tif" for name in "abcd")
    for seed, file in enumerate(files):
        write_image(file, make_image(seed, TINY))
    return files


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A calibrated stack of 6 slices, each brighter than the one before."""
    import numpy as np

    rng = np.random.default_rng(3)
    pixels = rng.integers(0, 100, (6, 96, 128)).astype(np.uint16)
    pixels += (np.arange(6, dtype=np.uint16) * 200)[:, None, None]
    file = tmp_path_factory.mktemp("stack") / "stack.tif"
    return write_imagej(file, pixels, "ZYX", per_unit=(12.5, 12.5), metadata={"unit": "um"})


@pytest.fixture(scope="session")
def engine() -> Iterator[KeptEngine]:
    """The real engine; its worker stays warm for the whole run."""
    kept = KeptEngine()
    kept.warm()
    yield kept
    kept.end()


@pytest.fixture
def desk(qtbot: QtBot, home: Path) -> Iterator[Desk]:
    """An empty desk whose engine has not started anything."""
    made = make_desk(qtbot, home)
    yield made
    made.close()


@pytest.fixture
def shown(qtbot: QtBot, desk: Desk, images: tuple[Path, ...]) -> Desk:
    """A desk that shows the first of three images, with four predictions on it."""
    open_images(qtbot, desk, *images[:3])
    predict(desk)
    return desk
