"""Reads the shown image beside the window: opening, slices with read-ahead, projection."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal

from spinegui.gui.opened_images import OpenedImage, OpenedImages
from spinegui.imaging.projection import ProjectionStoppedError, brightest, max_projection
from spinegui.imaging.source import ImageReadError
from spinegui.imaging.stack_levels import StackLevels, stack_levels

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from spinegui.domain.image_ref import ImageRef

MAX_PROJECTIONS = 8
"""So many projections are kept, the last ones."""
_logger = logging.getLogger(__name__)


class Wanted(NamedTuple):
    """Which pixels: of each channel one slice, or the brightest of a range of slices."""

    channel: int
    """The one that is read out and adjusted; among `channels`."""
    channels: tuple[int, ...]
    z: int
    time: int
    slices: tuple[int, int] | None
    moves: bool
    """Whether the range follows the slice, or is likely to be asked for again as it is."""


class _Asked(NamedTuple):
    """Which image and which request an answer belongs to, by count."""

    image: int
    request: int


class _Error(NamedTuple):
    sentences: str


class ImageLoader(QObject):
    """Answers with `plane_ready` on the GUI thread; an answer that is out of date is dropped."""

    planes_ready = Signal(object)  # (Y, X) arrays by channel
    plane_ready = Signal(object)  # the (Y, X) array of the channel that is read out
    levels_ready = Signal(int, float, float)  # channel, low, high: before the stack's first plane
    best_slice_ready = Signal(int)  # with the levels of the first channel
    projecting = Signal(int, int)  # slices done, slices in all
    settled = Signal()  # what was asked for last has come, or could not
    abandoned = Signal()  # something else is wanted now
    failed = Signal(str)
    mended = Signal()  # pixels have come where they could not be read before
    _answered = Signal(object, object)
    _measured = Signal(int, int, object)
    _progressed = Signal(object, int, int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="image-loader")
        self._generation = 0
        self._image = 0
        self._is_new = False
        self.has_pixels = False
        """Whether pixels of the image that was opened last have come."""
        self._channel = 0
        self._images = OpenedImages()
        self._shown: OpenedImage | None = None
        self.is_broken = False
        """The image that is wanted now could not be read; known before `failed` is told."""
        self._slab_z = 0
        self._measured_for: set[int] = set()
        """The channels of the shown image whose levels were told."""
        self._answered.connect(self._on_answered)
        self._measured.connect(self._on_measured)
        self._progressed.connect(self._on_progressed)

    def open(self, ref: ImageRef) -> None:
        """Let the next request read from this image. A file that cannot be read says so then."""
        self._image += 1
        self._is_new, self.has_pixels, self.is_broken = True, False, False
        self._submit(lambda _asked: self._open(Path(ref.path)), answers=False)

    def close_image(self) -> None:
        self._image += 1
        self.has_pixels = self.is_broken = False
        self._submit(lambda _asked: self._close_all(), answers=False)

    def prepare(self, ref: ImageRef, wanted: Wanted) -> None:
        """Read ahead slices that are likely to be asked for next, of this image or another.

        An error is not told: it will be, should that image be shown. Projections are not made
        ahead, they would keep the shown image waiting.
        """
        self._pool.submit(self._prepare, Path(ref.path), wanted)

    def request(self, wanted: Wanted) -> None:
        """Ask for pixels; what was asked for before and has not come is not wanted any more."""
        self._channel = wanted.channel
        self._submit(lambda asked: self._planes_of(asked, wanted))

    def close(self) -> None:
        self._generation += 1
        self._pool.submit(self._close_all)
        self._pool.shutdown(wait=True)

    # -- on the GUI thread -------------------------------------------------------------------

    def _submit(self, work: Callable[[_Asked], object], *, answers: bool = True) -> None:
        self._generation += 1
        self.abandoned.emit()
        asked = _Asked(self._image, self._generation)
        self._pool.submit(self._run, asked, work, answers)

    def _on_answered(self, asked: _Asked, answer: object) -> None:
        if asked.request == self._generation:
            self.settled.emit()
        if isinstance(answer, _Error):
            # An image that was left meanwhile is nobody's concern any more.
            if asked.image == self._image:
                self.is_broken = True
                self.failed.emit(answer.sentences)
        elif asked.request == self._generation and isinstance(answer, dict):
            self.has_pixels = True
            if self.is_broken:
                self.is_broken = False
                self.mended.emit()
            self.planes_ready.emit(answer)
            self.plane_ready.emit(answer[self._channel])

    def _on_measured(self, image: int, channel: int, found: StackLevels) -> None:
        if image == self._image:
            is_first, self._is_new = self._is_new, False
            self.levels_ready.emit(channel, *found.window)
            if is_first:
                self.best_slice_ready.emit(found.z)

    def _on_progressed(self, asked: _Asked, done: int, total: int) -> None:
        if asked.request == self._generation:
            self.projecting.emit(done, total)

    # -- on the loader's thread --------------------------------------------------------------

    def _run(self, asked: _Asked, work: Callable[[_Asked], object], answers: bool) -> None:
        # Scrolling fast leaves requests behind; reading a slice nobody will see is waste.
        if answers and asked.request != self._generation:
            return
        try:
            answer = work(asked)
        except ImageReadError as err:
            self._answered.emit(asked, _Error(str(err)))
        except ProjectionStoppedError:  # something else is wanted by now
            return
        except Exception as err:  # the thread's border: nothing may be lost here
            _logger.exception("An image could not be read")
            self._answered.emit(asked, _Error(f"{type(err).__name__}: {err}"))
        else:
            if answers and answer is not None:
                self._answered.emit(asked, answer)

    def _open(self, path: Path) -> None:
        self._shown = None
        self._measured_for = set()
        self._shown = self._images.open(path)
        self._images.trim(self._shown)

    def _prepare(self, path: Path, wanted: Wanted) -> None:
        ahead = self._shown
        if ahead is None or ahead.path != path:
            try:
                ahead = self._images.open(path)
            except ImageReadError:
                return
            self._images.trim(self._shown)
        if wanted.slices is None:
            ahead.planes.prepare(wanted.z, wanted.channels, wanted.time)

    def _close_all(self) -> None:
        self._shown = None
        self._images.close()

    def _planes_of(self, asked: _Asked, wanted: Wanted) -> dict[int, NDArray[np.generic]] | None:
        shown = self._shown
        if shown is None:
            return None
        for channel in wanted.channels:
            self._measure(asked.image, shown, channel, wanted.time)
        if wanted.slices is not None:
            found = {c: self._projection(asked, shown, c, wanted) for c in wanted.channels}
            self._slab_z = wanted.z
            return found
        planes = shown.planes.request_channels(wanted.z, wanted.channels, wanted.time)
        return {c: future.result() for c, future in zip(wanted.channels, planes, strict=True)}

    def _measure(self, image: int, shown: OpenedImage, channel: int, time: int) -> None:
        """Look over a stack once a channel, before its first plane."""
        if shown.source.n_z < 2 or channel in self._measured_for:
            return
        self._measured_for.add(channel)
        if channel not in shown.levels:
            shown.levels[channel] = stack_levels(shown.source, channel, time)
        found = shown.levels[channel]
        if found is not None:
            self._measured.emit(image, channel, found)

    def _projection(
        self, asked: _Asked, shown: OpenedImage, channel: int, wanted: Wanted
    ) -> NDArray[np.generic]:
        assert wanted.slices is not None
        first, last = wanted.slices
        if wanted.moves:
            return self._slab(shown, channel, wanted)
        key = (channel, wanted.time, first, last)
        if key not in shown.projections:
            shown.projections[key] = max_projection(
                shown.source,
                c=channel,
                t=wanted.time,
                z_range=(first, last),
                on_progress=lambda done, total: self._progressed.emit(asked, done, total),
                should_stop=lambda: asked.request != self._generation,
            )
            for old in list(shown.projections)[:-MAX_PROJECTIONS]:
                del shown.projections[old]
        return shown.projections[key]

    def _slab(self, shown: OpenedImage, channel: int, wanted: Wanted) -> NDArray[np.generic]:
        assert wanted.slices is not None
        first, last = wanted.slices
        # In the direction of travel, so that what is read ahead lies before it.
        order = range(first, last + 1) if wanted.z >= self._slab_z else range(last, first - 1, -1)
        return brightest([shown.planes.get(z, channel, wanted.time) for z in order])
