"""The same looking done by our canvas and, as the peer, by what one would reach for first.

The peer is pyqtgraph's ImageItem on planes that are read as plainly as can be: it recolours the
whole image at each step. Both show a 1600 x 1000 window; a step is over once it is painted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import tifffile
from PySide6.QtCore import QEventLoop, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QWidget

from spinegui.gui.canvas.image_view import Canvas
from spinegui.gui.canvas.layers import Layer
from spinegui.gui.canvas.luts import colour_ramp, lut
from spinegui.gui.image_loader import ImageLoader, Wanted
from spinegui.gui.seeing.section_loader import SectionLoader
from spinegui.gui.seeing.section_loader import Wanted as WantedCuts
from spinegui.gui.seeing.section_pane import Along, SectionPane
from spinegui.imaging.opening import image_ref

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

WIDTH, HEIGHT = 1600, 1000
COLOURS = ("#00E000", "#FF00FF", "#00B7EB")
TABLES = ("grey", "viridis", "magma", "inferno", "cividis")


class Viewer(Protocol):
    """What is timed; `painted` is the widget whose paint events count."""

    window: QWidget
    painted: QWidget

    def show_plane(self, plane: NDArray[Any]) -> None: ...
    def open(self, file: Path) -> None:
        """Take a stack, but read nothing of it yet."""

    def fit(self) -> None: ...
    def full_size(self) -> None: ...
    def contrast(self, i: int) -> None: ...
    def colours(self, i: int) -> None: ...
    def pan(self, i: int) -> None: ...
    def show_slice(self, z: int) -> None: ...
    def show_slab(self, z: int, reach: int) -> None: ...
    def show_composite(self, z: int) -> None: ...
    def show_sections(self, x: int, y: int) -> None: ...


class OurViewer:
    """The product's canvas, loader and sections."""

    def __init__(self) -> None:
        self.window = QWidget()
        self.window.resize(WIDTH, HEIGHT)
        self.painted = self.canvas = Canvas(self.window)
        self._layout = QHBoxLayout(self.window)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(self.canvas)
        self._loader = ImageLoader()
        self._loader.planes_ready.connect(self._on_planes_ready)
        self._waiting = QEventLoop()
        self._path, self._n_z = "", 1
        self._panes: tuple[SectionPane, ...] = ()

    def show_plane(self, plane: NDArray[Any]) -> None:
        self.canvas.set_layers([Layer(plane, (0, 4000))])

    def open(self, file: Path) -> None:
        reference = image_ref(file, image_id="i")
        self._path, self._n_z = reference.path, reference.n_z
        self._loader.open(reference)

    def close(self) -> None:
        self._loader.close()
        if self._panes:
            self._sections.close()

    def fit(self) -> None:
        self.canvas.fit()

    def full_size(self) -> None:
        self.canvas.actual_size()

    def contrast(self, i: int) -> None:
        self.canvas.set_window(0, 3000 + i)
        self.canvas.repaint()

    def colours(self, i: int) -> None:
        (layer,) = self.canvas.scene.pixels.layers
        table = lut(TABLES[i % len(TABLES)])
        self.canvas.set_layers([Layer(layer.plane, layer.window, 1.0, table)])
        self.canvas.repaint()

    def pan(self, i: int) -> None:
        self.canvas.view.pan(9 if i % 40 < 20 else -9, 3)
        self.canvas.repaint()

    def show_slice(self, z: int) -> None:
        self._request((0,), z, None)

    def show_slab(self, z: int, reach: int) -> None:
        self._request((0,), z, (max(0, z - reach), min(self._n_z - 1, z + reach)))

    def show_composite(self, z: int) -> None:
        self._request((0, 1, 2), z, None)

    def _request(self, channels: tuple[int, ...], z: int, slices: tuple[int, int] | None) -> None:
        self._loader.request(Wanted(0, channels, z, 0, slices, moves=True))
        self._waiting.exec()

    def _on_planes_ready(self, planes: dict[int, NDArray[Any]]) -> None:
        is_one = len(planes) == 1
        self.canvas.set_layers(
            [
                Layer(plane, (0, 4000), 1.0, lut("grey") if is_one else colour_ramp(COLOURS[c]))
                for c, plane in planes.items()
            ]
        )
        self.canvas.repaint()
        self._waiting.quit()

    def show_sections(self, x: int, y: int) -> None:
        if not self._panes:
            self._sections = SectionLoader(self.window)
            self._sections.ready.connect(self._on_cuts)
            self._panes = tuple(SectionPane("", upright=up) for up in (True, False))
            for pane in self._panes:
                self._layout.addWidget(pane)
                pane.resize(500, 500)
                pane.show()
            self.painted = self._panes[0]
        self._sections.request(WantedCuts(self._path, (0,), 0, x, y))
        self._waiting.exec()

    def _on_cuts(self, found: Any) -> None:
        for pane, plane in zip(self._panes, (found.cuts[0].yz, found.cuts[0].xz), strict=True):
            pane.show_layers([Layer(plane, (0, 4000))])
            pane.show_place(Along(0.25, 0, 2), 0, 0)
            pane.repaint()
        self._waiting.quit()


class PlainViewer:
    """pyqtgraph: one ImageItem an image, whole planes, no thread and no cache."""

    def __init__(self) -> None:
        import pyqtgraph

        self._pg = pyqtgraph
        self.window = self._widget = pyqtgraph.GraphicsLayoutWidget()
        self._widget.resize(WIDTH, HEIGHT)
        self.painted = self._widget.viewport()
        self._box = self._widget.addViewBox(lockAspect=True, invertY=True)
        self._images = [self._image()]
        self._plane: NDArray[Any] = np.zeros((1, 1), np.uint16)
        self._stack: Any = None
        self._cuts: list[Any] = []

    def _image(self) -> Any:
        image = self._pg.ImageItem(axisOrder="row-major", levels=(0, 4000))
        self._box.addItem(image)
        return image

    def show_plane(self, plane: NDArray[Any]) -> None:
        self._plane = plane
        self._images[0].setImage(plane, autoLevels=False, levels=(0, 4000))

    def open(self, file: Path) -> None:
        try:
            self._stack = tifffile.memmap(file, mode="r")
        except ValueError:  # compressed
            self._tiff = tifffile.TiffFile(file)
            self._stack = None

    def close(self) -> None:
        self._stack = None

    def _read(self, z: int) -> NDArray[Any]:
        return self._tiff.pages[z].asarray() if self._stack is None else self._stack[z]

    def fit(self) -> None:
        height, width = self._images[0].image.shape
        self._box.setRange(QRectF(0, 0, width, height), padding=0.01)

    def full_size(self) -> None:
        self._box.setRange(QRectF(1000, 1000, WIDTH, HEIGHT), padding=0)

    def contrast(self, i: int) -> None:
        self._images[0].setLevels((0, 3000 + i))
        self.painted.repaint()

    def colours(self, i: int) -> None:
        packed = np.array(lut(TABLES[i % len(TABLES)]), np.uint32)
        table = np.stack([packed >> shift & 255 for shift in (16, 8, 0)], axis=1)
        self._images[0].setLookupTable(table.astype(np.uint8))
        self.painted.repaint()

    def pan(self, i: int) -> None:
        self._box.translateBy(x=-9 if i % 40 < 20 else 9, y=-3)
        self.painted.repaint()

    def show_slice(self, z: int) -> None:
        self.show_plane(self._read(z))
        self.painted.repaint()

    def show_slab(self, z: int, reach: int) -> None:
        slices = self._stack[max(0, z - reach) : z + reach + 1]
        self.show_plane(slices.max(axis=0))
        self.painted.repaint()

    def show_composite(self, z: int) -> None:
        while len(self._images) < len(COLOURS):
            image = self._image()
            image.setCompositionMode(QPainter.CompositionMode.CompositionMode_Plus)
            self._images.append(image)
        for c, (image, colour) in enumerate(zip(self._images, COLOURS, strict=True)):
            packed = np.array(colour_ramp(colour), np.uint32)
            table = np.stack([packed >> shift & 255 for shift in (16, 8, 0)], axis=1)
            image.setImage(self._stack[z, c], autoLevels=False, levels=(0, 4000))
            image.setLookupTable(table.astype(np.uint8))
        self.painted.repaint()

    def show_sections(self, x: int, y: int) -> None:
        if not self._cuts:
            for column in (1, 2):
                box = self._widget.addViewBox(0, column)
                self._cuts.append(self._pg.ImageItem(axisOrder="row-major", levels=(0, 4000)))
                box.addItem(self._cuts[-1])
        for item, plane in zip(
            self._cuts, (self._stack[:, :, x], self._stack[:, y, :]), strict=True
        ):
            item.setImage(plane, autoLevels=False, levels=(0, 4000))
        self.painted.repaint()


VIEWERS = {"spinegui": OurViewer, "ImageItem": PlainViewer}
