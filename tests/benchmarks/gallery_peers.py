"""The same grid of crops as ours and, as peers, by what one would reach for first.

Each shows n square pictures with a score below them in a 1600 x 1000 view. The peers get all their
pictures ready-made before they are timed; ours makes them beside the window as they come into view.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from PySide6.QtCore import QAbstractListModel, QModelIndex, QSize, Qt
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import QGraphicsScene, QGraphicsView, QListView
from typing_extensions import override

from spinegui.domain.detection import Detection, Origin, ReviewState
from spinegui.domain.geometry import Box
from spinegui.domain.image_ref import ImageRef
from spinegui.gui.gallery.contents import Contents, Crop
from spinegui.gui.gallery.grid import FIRST_SIDE, Grid
from spinegui.gui.gallery.grid_layout import CAPTION, GAP
from spinegui.gui.gallery.picks import Picks
from spinegui.gui.gallery.pictures import Picture, Pictures, draw_cut
from spinegui.imaging.crops import CropReader

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QImage
    from PySide6.QtWidgets import QAbstractScrollArea

WIDTH, HEIGHT = 1600, 1000
LABELS = ("mushroom", "thin", "stubby", "filopodia")


def crops_of(path: Path, side: int, n: int) -> list[Crop]:
    """Return n spines of 12 to 30 px on a square image, half of them decided."""
    rng = np.random.default_rng(0)
    image = ImageRef("a", str(path), "", 0, side, side, 1, 1, 1, "uint16", "YX", None)
    corners, sizes = rng.uniform(0, side - 30, (n, 2)), rng.uniform(12, 30, (n, 2))
    scores = rng.uniform(0.5, 1, n)
    return [
        Crop(
            Detection(
                id=f"d{i}",
                image_id="a",
                box=Box.from_xywh(*corners[i].tolist(), *sizes[i].tolist()),
                origin=Origin.MODEL,
                state=ReviewState.PREDICTED if i % 2 else ReviewState.ACCEPTED,
                score=float(scores[i]),
                class_scores=((LABELS[i % 4], 1.0),),
            ),
            image,
            None,
        )
        for i in range(n)
    ]


class Shelf(Protocol):
    """What is timed."""

    view: QAbstractScrollArea

    def fill(self) -> None:
        """Take the crops: what is timed as building."""

    def missing(self) -> int:
        """Return how many of the cells in view have no picture yet."""

    def close(self) -> None: ...


class OurGrid:
    """The gallery's grid with its thread."""

    def __init__(self, crops: list[Crop]) -> None:
        self._crops = crops
        self._contents, self._picks = Contents(), Picks()
        self._pictures = Pictures()
        self.view = self._grid = Grid(self._contents, self._picks, self._pictures)

    def fill(self) -> None:
        self._contents.hold(self._crops)
        self._picks.follow(self._contents.ids)
        self._grid.refresh()

    def missing(self) -> int:
        return self._grid.missing_pictures()

    def held_mb(self) -> float:
        """Return the memory of the pictures that are kept."""
        return self._pictures.bytes_held / 2**20

    def close(self) -> None:
        self._pictures.close()


def ready_made(crops: list[Crop]) -> list[QImage]:
    """Return all pictures, as large as ours."""
    contents, reader = Contents(), CropReader()
    contents.hold(crops)
    widths = [contents.width_px(crop, to_fit=False) for crop in crops]
    wanted = [
        Picture(crop.place(width), FIRST_SIDE) for crop, width in zip(crops, widths, strict=True)
    ]
    made = [draw_cut(reader.grey(picture.place), picture) for picture in wanted]
    reader.close()
    return made


class _Icons(QAbstractListModel):
    def __init__(self, texts: list[str], pixmaps: list[QPixmap]) -> None:
        super().__init__()
        self._texts, self._pixmaps = texts, pixmaps

    @override
    def rowCount(self, parent: Any = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        return 0 if parent.isValid() else len(self._texts)

    @override
    def data(self, index: Any, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            return self._texts[index.row()]
        if role == Qt.ItemDataRole.DecorationRole:
            return self._pixmaps[index.row()]
        return None


class ListView:
    """A plain QListView in icon mode with uniform items."""

    def __init__(self, crops: list[Crop]) -> None:
        self._crops = crops
        self.view = self._list = QListView()
        self._list.setViewMode(QListView.ViewMode.IconMode)
        self._list.setResizeMode(QListView.ResizeMode.Adjust)
        self._list.setMovement(QListView.Movement.Static)
        self._list.setUniformItemSizes(True)
        self._list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self._list.setIconSize(QSize(FIRST_SIDE, FIRST_SIDE))
        self._list.setGridSize(QSize(FIRST_SIDE + GAP, FIRST_SIDE + CAPTION + GAP))
        self._list.setSpacing(0)

    def fill(self) -> None:
        texts = [f"{crop.detection.score:.2f}" for crop in self._crops]
        pixmaps = [QPixmap.fromImage(image) for image in ready_made(self._crops)]
        self._model = _Icons(texts, pixmaps)
        self._list.setModel(self._model)

    def missing(self) -> int:
        return 0

    def close(self) -> None: ...


class SceneItems:
    """A QGraphicsScene with a pixmap item and a text item a crop."""

    def __init__(self, crops: list[Crop]) -> None:
        self._crops = crops
        self._scene = QGraphicsScene()
        self.view = QGraphicsView(self._scene)
        self.view.setBackgroundBrush(QColor("#0E1013"))

    def fill(self) -> None:
        columns = (WIDTH - 40) // (FIRST_SIDE + GAP)
        colour = QColor("#A3A4A6")
        for i, image in enumerate(ready_made(self._crops)):
            row, column = divmod(i, columns)
            x, y = column * (FIRST_SIDE + GAP), row * (FIRST_SIDE + CAPTION + GAP)
            self._scene.addPixmap(QPixmap.fromImage(image)).setPos(x, y)
            text = self._scene.addSimpleText(f"{self._crops[i].detection.score:.2f}")
            text.setBrush(colour)
            text.setPos(x, y + FIRST_SIDE + 2)

    def missing(self) -> int:
        return 0

    def close(self) -> None: ...


SHELVES: dict[str, Any] = {"spinegui": OurGrid, "QListView": ListView, "scene items": SceneItems}
