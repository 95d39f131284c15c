"""Reads the cuts along z beside the window; the last point asked for wins."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal

from spinegui.imaging.opening import open_image
from spinegui.imaging.sections import SectionReader
from spinegui.imaging.source import ImageReadError

if TYPE_CHECKING:
    from spinegui.imaging.sections import Cut
    from spinegui.imaging.source import ImageSource

KEPT_BYTES = 256 * 1024 * 1024
_SHOWN_EVERY = 8
"""While a compressed stack is read, the cuts are shown again after so many slices."""
_logger = logging.getLogger(__name__)


class Wanted(NamedTuple):
    """Which cuts: through pixel (x, y) of these channels at that time of the image at `path`."""

    path: str
    channels: tuple[int, ...]
    time: int
    x: int
    y: int

    @property
    def stack(self) -> tuple[object, ...]:
        return self.path, self.channels, self.time


class Cuts(NamedTuple):
    """The cuts by channel, and how much of the stack they are made of."""

    wanted: Wanted
    cuts: dict[int, Cut]
    n_read: int
    step: int


class SectionLoader(QObject):
    """Opens the image for itself, so that nothing waits for it. Answers on the GUI thread."""

    ready = Signal(object)  # Cuts
    failed = Signal(str)
    _answered = Signal(int, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._pool: ThreadPoolExecutor | None = None
        self._generation = 0
        self._wanted: Wanted | None = None
        self._source: ImageSource | None = None
        self._reader: SectionReader | None = None
        self._stack: tuple[object, ...] = ()
        self._answered.connect(self._on_answered)

    def request(self, wanted: Wanted | None) -> None:
        """Ask for these cuts, or with None let go of the image."""
        if wanted == self._wanted:
            return
        self._wanted = wanted
        self._generation += 1
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, thread_name_prefix="sections")
        self._pool.submit(self._run, self._generation, wanted)

    def close(self) -> None:
        """End the thread; nothing is answered any more."""
        self._generation += 1
        if self._pool is not None:
            self._pool.submit(self._let_go)
            self._pool.shutdown(wait=True)

    def _on_answered(self, generation: int, answer: object) -> None:
        if generation == self._generation:
            if isinstance(answer, Cuts):
                self.ready.emit(answer)
            else:
                self._wanted = None  # the same may be tried again
                self.failed.emit(str(answer))

    # -- on the thread -----------------------------------------------------------------------

    def _run(self, generation: int, wanted: Wanted | None) -> None:
        if generation != self._generation:
            return
        try:
            if wanted is None:
                self._let_go()
            else:
                self._read(generation, wanted)
        except ImageReadError as err:
            self._answered.emit(generation, str(err))
        except Exception as err:  # the thread's border: nothing may be lost here
            _logger.exception("The sections could not be read")
            self._answered.emit(generation, f"{type(err).__name__}: {err}")

    def _read(self, generation: int, wanted: Wanted) -> None:
        reader = self._reader_for(wanted)
        while not reader.is_complete and generation == self._generation:
            if reader.n_read % _SHOWN_EVERY == 0:
                self._answer(generation, wanted, reader)
            reader.read_slice()
        self._answer(generation, wanted, reader)

    def _answer(self, generation: int, wanted: Wanted, reader: SectionReader) -> None:
        found = Cuts(wanted, reader.cuts(wanted.x, wanted.y), reader.n_read, reader.step)
        self._answered.emit(generation, found)

    def _reader_for(self, wanted: Wanted) -> SectionReader:
        if self._reader is None or self._stack != wanted.stack:
            self._let_go()
            self._source = open_image(Path(wanted.path))
            reader = SectionReader(self._source, wanted.channels, wanted.time, KEPT_BYTES)
            self._reader, self._stack = reader, wanted.stack
        return self._reader

    def _let_go(self) -> None:
        self._reader, self._stack = None, ()
        if self._source is not None:
            self._source.close()
        self._source = None
