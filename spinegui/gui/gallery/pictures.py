"""Pictures of crops, made beside the window and kept as long as there is room."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PySide6.QtCore import QObject, QRectF, Signal
from PySide6.QtGui import QImage, QPainter

from spinegui.gui.gallery.calm import Calm
from spinegui.imaging.crops import CropReader, Place
from spinegui.imaging.source import ImageReadError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from spinegui.imaging.crops import Cut

CACHE_BYTES = 96 * 1024 * 1024
"""At most so much memory for pictures: 2,700 of 96 px. The longest unseen go first."""
BATCH = 16
"""So many pictures are handed over at a time: enough to be quick, few enough to come soon."""
_logger = logging.getLogger(__name__)


class Picture(NamedTuple):
    """Which crop, drawn `px` device px wide."""

    place: Place
    px: int


class Pictures(QObject):
    """Asks and answers on the GUI thread; reading, scaling and drawing are done on another.

    What was asked for last comes first, and what is no longer asked for is not made.
    """

    ready = Signal(object)  # list[Picture]
    forgotten = Signal()
    _made = Signal(int, object)  # generation, list[tuple[Picture, QImage | str]]

    def __init__(self, parent: QObject | None = None, capacity: int = CACHE_BYTES) -> None:
        super().__init__(parent)
        self._capacity = capacity
        self._kept: OrderedDict[Picture, QImage] = OrderedDict()
        self._bytes = 0
        self._failures: dict[str, str] = {}
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="gallery-pictures")
        self._lock = threading.Lock()
        self._wanted: OrderedDict[Picture, None] = OrderedDict()
        self._is_running = False
        self._generation = 0
        self._reader = CropReader()
        self.calm = Calm()
        self._made.connect(self._on_made)

    @property
    def bytes_held(self) -> int:
        return self._bytes

    def find(self, picture: Picture) -> QImage | None:
        """Return the picture where it is at hand."""
        found = self._kept.get(picture)
        if found is not None:
            self._kept.move_to_end(picture)
        return found

    def failure(self, path: str) -> str:
        """Return why crops of that image cannot be shown, "" where nothing is known against it."""
        return self._failures.get(path, "")

    def want(self, pictures: Iterable[Picture]) -> None:
        """Ask for these, in their order, instead of what was asked for before."""
        missing = [
            p for p in pictures if p not in self._kept and p.place.path not in self._failures
        ]
        with self._lock:
            self._wanted = OrderedDict.fromkeys(missing)
            starts = bool(missing) and not self._is_running
            self._is_running = self._is_running or starts
        if starts:
            self._pool.submit(self._run)

    def forget(self) -> None:
        """Let go of files and pictures; what could not be read is tried again when asked for."""
        with self._lock:
            self._wanted.clear()
            self._generation += 1
        self._kept.clear()
        self._bytes = 0
        self._failures.clear()
        self._pool.submit(self._reader.close)
        self.forgotten.emit()

    def rest(self) -> None:
        """Let go of the files; the pictures stay."""
        with self._lock:
            self._wanted.clear()
        self._pool.submit(self._reader.close)

    def close(self) -> None:
        """End the thread. Nothing is answered any more."""
        with self._lock:
            self._wanted.clear()
        self.blockSignals(True)
        self._pool.submit(self._reader.close)
        self._pool.shutdown(wait=True)

    def _on_made(self, generation: int, made: list[tuple[Picture, QImage | str]]) -> None:
        if generation != self._generation:
            return
        for picture, found in made:
            if isinstance(found, str):
                self._failures[picture.place.path] = found
            elif picture not in self._kept:
                self._kept[picture] = found
                self._bytes += found.sizeInBytes()
        while self._bytes > self._capacity and len(self._kept) > 1:
            self._bytes -= self._kept.popitem(last=False)[1].sizeInBytes()
        self.ready.emit([picture for picture, _ in made])

    # -- on the thread -----------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            with self._lock:
                batch = self._next_batch()
                generation = self._generation
                if not batch:
                    self._is_running = False
                    return
            made = []
            for picture in batch:
                self.calm.wait()
                found = self._make(picture)
                made.append((picture, found))
                if isinstance(found, str):
                    with self._lock:
                        self._drop(picture.place.path)
                    break
            self._made.emit(generation, made)

    def _next_batch(self) -> list[Picture]:
        """Take the first that is wanted, and others of the same plane: it is read once."""
        if not self._wanted:
            return []
        first = next(iter(self._wanted)).place
        batch = []
        for picture in self._wanted:
            if picture.place.path == first.path and picture.place.z == first.z:
                batch.append(picture)
                if len(batch) == BATCH:
                    break
        for picture in batch:
            del self._wanted[picture]
        return batch

    def _drop(self, path: str) -> None:
        for picture in [p for p in self._wanted if p.place.path == path]:
            del self._wanted[picture]

    def _make(self, picture: Picture) -> QImage | str:
        try:
            return draw_cut(self._reader.grey(picture.place), picture)
        except ImageReadError as err:
            return str(err)
        except Exception as err:  # the thread's border: nothing may be lost here
            _logger.exception("A crop could not be made")
            return f"{type(err).__name__}: {err}"


def draw_cut(cut: Cut, picture: Picture) -> QImage:
    """Return the square of a cut as a picture of its width; any thread may call."""
    place, px = picture
    grey = np.ascontiguousarray(cut.pixels)
    height, width = grey.shape
    whole = QImage(grey.data, width, height, width, QImage.Format.Format_Grayscale8)
    made = QImage(px, px, QImage.Format.Format_RGB32)
    half = place.side / 2
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    source = QRectF(place.x - half - cut.left, place.y - half - cut.top, place.side, place.side)
    painter.drawImage(QRectF(0, 0, px, px), whole, source)
    painter.end()
    return made
