"""Images are kept open a while: coming back is quick, and memory and files stay few."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import pytest

from spinegui.gui import opened_images
from spinegui.gui.opened_images import OpenedImages
from spinegui.imaging.source import ImageReadError
from tests.support.desks import open_images
from tests.support.images import write_plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from spinegui.gui.desk import Desk


@pytest.fixture
def opened() -> Iterator[OpenedImages]:
    made = OpenedImages()
    yield made
    made.close()


def image(path: Path, value: int) -> Path:
    return write_plain(path, np.full((16, 16), value, np.uint8))


def test_that_an_image_looked_at_again_is_the_same(opened: OpenedImages, tmp_path: Path) -> None:
    path = image(tmp_path / "a.tif", 1)
    assert opened.open(path) is opened.open(path)


def test_that_a_file_that_was_changed_is_read_anew(opened: OpenedImages, tmp_path: Path) -> None:
    path = image(tmp_path / "a.tif", 1)
    assert opened.open(path).planes.get()[0, 0] == 1
    image(path, 2)
    os.utime(path, ns=(1, 1))
    assert opened.open(path).planes.get()[0, 0] == 2


def test_that_a_file_that_is_gone_is_not_shown_from_memory(
    opened: OpenedImages, tmp_path: Path
) -> None:
    path = image(tmp_path / "a.tif", 1)
    opened.open(path)
    path.unlink()
    with pytest.raises(ImageReadError):
        opened.open(path)


def test_that_the_one_used_least_lately_is_closed_first(
    opened: OpenedImages, tmp_path: Path
) -> None:
    paths = [image(tmp_path / f"{i}.tif", i) for i in range(opened_images.MOST_KEPT + 2)]
    kept = [opened.open(path) for path in paths]
    opened.trim(kept[-1])
    assert opened.open(paths[2]) is kept[2]
    assert opened.open(paths[0]) is not kept[0]


def test_that_little_memory_is_held_beside_the_shown_image(
    opened: OpenedImages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [image(tmp_path / f"{i}.tif", i) for i in range(3)]
    kept = [opened.open(path) for path in paths]
    for each in kept:
        each.planes.get()
    monkeypatch.setattr(opened_images, "CACHE_BYTES", 300)
    opened.trim(kept[-1])
    assert opened.open(paths[1]) is kept[1], "256 bytes of it are little"
    assert opened.open(paths[0]) is not kept[0]


def test_that_going_back_to_an_image_reads_no_file(
    qtbot: QtBot, desk: Desk, images: tuple[Path, ...]
) -> None:
    open_images(qtbot, desk, *images[:2])
    first, second = desk.workspace.image_ids
    loader = desk.workspace.loader
    before = loader._shown
    for image_id in (second, first):
        desk.workspace.show_image(image_id)
        qtbot.waitUntil(lambda: desk.display.plane is not None)
    assert loader._shown is before
