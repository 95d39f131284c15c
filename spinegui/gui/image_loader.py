"""Reads the shown image beside the window: opening, slices with read-ahead, projection."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal

from spinegui.imaging.contrast import levels
from spinegui.imaging.opening import open_image
from spinegui.imaging.prefetch import PlanePrefetcher
from spinegui.imaging.projection import ProjectionStoppedError, max_projection
from spinegui.imaging.source import ImageReadError, ImageSource

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from spinegui.domain.image_ref import ImageRef

CACHE_BYTES = 256 * 1024 * 1024
_logger = logging.getLogger(__name__)


class _Asked(NamedTuple):
    """Which image and which request an answer belongs to, by count."""

    image: int
    request: int


class _Error(NamedTuple):
    sentences: str


class ImageLoader(QObject):
    """Answers with `plane_ready` on the GUI thread; an answer that is out of date is dropped."""

    plane_ready = Signal(object)  # (Y, X) array
    levels_ready = Signal(int, float, float)  # channel, low, high: before the stack's first plane
    failed = Signal(str)
    _answered = Signal(object, object)
    _measured = Signal(int, int, float, float)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="image-loader")
        self._generation = 0
        self._image = 0
        self._source: ImageSource | None = None
        self._planes: PlanePrefetcher | None = None
        self._projections: dict[tuple[int, int], NDArray[np.generic]] = {}
        self._levelled: set[int] = set()
        self._answered.connect(self._on_answered)
        self._measured.connect(self._on_measured)

    def open(self, ref: ImageRef) -> None:
        """Let the next request read from this image. A file that cannot be read says so then."""
        self._image += 1
        self._submit(lambda: self._open(Path(ref.path)), answers=False)

    def close_image(self) -> None:
        self._image += 1
        self._submit(self._close_source, answers=False)

    def request(self, *, z: int, channel: int, time: int, is_projected: bool) -> None:
        """Ask for one plane, or for the maximum over z."""
        if is_projected:
            self._submit(lambda: self._projection(channel, time))
        else:
            image = self._image
            self._submit(lambda: self._plane(image, z, channel, time))

    def close(self) -> None:
        self._generation += 1
        self._pool.submit(self._close_source)
        self._pool.shutdown(wait=True)

    # -- on the GUI thread -------------------------------------------------------------------

    def _submit(self, work: Callable[[], object], *, answers: bool = True) -> None:
        self._generation += 1
        asked = _Asked(self._image, self._generation)
        self._pool.submit(self._run, asked, work, answers)

    def _on_answered(self, asked: _Asked, answer: object) -> None:
        if isinstance(answer, _Error):
            # An image that was left meanwhile is nobody's concern any more.
            if asked.image == self._image:
                self.failed.emit(answer.sentences)
        elif asked.request == self._generation:
            self.plane_ready.emit(answer)

    def _on_measured(self, image: int, channel: int, low: float, high: float) -> None:
        if image == self._image:
            self.levels_ready.emit(channel, low, high)

    # -- on the loader's thread --------------------------------------------------------------

    def _run(self, asked: _Asked, work: Callable[[], object], answers: bool) -> None:
        # Scrolling fast leaves requests behind; reading a slice nobody will see is waste.
        if answers and asked.request != self._generation:
            return
        try:
            plane = work()
        except ImageReadError as err:
            self._answered.emit(asked, _Error(str(err)))
        except ProjectionStoppedError:  # something else is wanted by now
            return
        except Exception as err:  # the thread's border: nothing may be lost here
            _logger.exception("An image could not be read")
            self._answered.emit(asked, _Error(f"{type(err).__name__}: {err}"))
        else:
            if answers and plane is not None:
                self._answered.emit(asked, plane)

    def _open(self, path: Path) -> None:
        self._close_source()
        self._source = open_image(path)
        self._planes = PlanePrefetcher(self._source, CACHE_BYTES)

    def _close_source(self) -> None:
        if self._planes is not None:
            self._planes.close()
        if self._source is not None:
            self._source.close()
        self._source = self._planes = None
        self._projections = {}
        self._levelled = set()

    def _plane(self, image: int, z: int, channel: int, time: int) -> NDArray[np.generic] | None:
        if self._planes is None or self._source is None:
            return None
        if self._source.n_z > 1 and channel not in self._levelled:
            self._levelled.add(channel)
            window = levels(self._source, channel, time)
            if window is not None:
                self._measured.emit(image, channel, *window)
        return self._planes.get(z, channel, time)

    def _projection(self, channel: int, time: int) -> NDArray[np.generic] | None:
        if self._source is None:
            return None
        key = (channel, time)
        if key not in self._projections:
            asked = self._generation
            self._projections[key] = max_projection(
                self._source,
                c=channel,
                t=time,
                should_stop=lambda: asked != self._generation,
            )
        return self._projections[key]
