"""Scrolling finds its next plane ready, within the memory given, and leaves nothing behind."""

from __future__ import annotations

import threading
from concurrent.futures import CancelledError
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from spinegui.imaging.opening import open_image
from spinegui.imaging.prefetch import PlanePrefetcher
from spinegui.imaging.source import ImageReadError
from tests.support import images

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

PIXELS = images.numbered((30, 16, 16))
PLANE_BYTES = PIXELS[0].nbytes
PATIENCE = 20  # seconds: only how long a failing test waits


class GatedSource:
    """A true source whose every read waits for leave, and is noted down."""

    def __init__(self, path: Path) -> None:
        self._source = open_image(path)
        self.path, self.axes, self.pixel_size = self._source.path, self._source.axes, None
        self.width, self.height, self.dtype = 16, 16, self._source.dtype
        self.n_z, self.n_channels, self.n_times = self._source.n_z, 1, 1
        self.read: list[int] = []
        self.leave = threading.Semaphore(0)
        self.waiting = threading.Semaphore(0)

    def plane(self, z: int = 0, c: int = 0, t: int = 0) -> NDArray[Any]:
        self.read.append(z)
        self.waiting.release()
        assert self.leave.acquire(timeout=PATIENCE)
        return self._source.plane(z, c, t)

    def next_read(self) -> int:
        """Wait for the next read to begin and let it through."""
        assert self.waiting.acquire(timeout=PATIENCE)
        z = self.read[-1]
        self.leave.release()
        return z

    def close(self) -> None:
        self._source.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return images.write_plain(tmp_path / "a.tif", PIXELS, compression="zlib")


@pytest.fixture
def gated(path: Path) -> Iterator[GatedSource]:
    source = GatedSource(path)
    yield source
    source.close()


def test_that_every_plane_is_the_one_of_the_file(path: Path) -> None:
    order = [*range(30), *range(29, -1, -3), 7, 25, 2]
    with open_image(path) as source, PlanePrefetcher(source, 5 * PLANE_BYTES) as planes:
        for z in order:
            np.testing.assert_array_equal(planes.get(z), PIXELS[z])
            assert planes.bytes_held <= 5 * PLANE_BYTES


def test_that_neighbours_follow_in_the_direction_of_travel(gated: GatedSource) -> None:
    with PlanePrefetcher(gated, 100 * PLANE_BYTES) as planes:
        planes.request(10)
        assert [gated.next_read() for _ in range(9)] == [10, 11, 12, 13, 14, 15, 16, 9, 8]
        planes.request(9)
        assert [gated.next_read() for _ in range(4)] == [7, 6, 5, 4]
        gated.leave.release(100)


def test_that_the_plane_asked_for_comes_before_neighbours(gated: GatedSource) -> None:
    with PlanePrefetcher(gated, 100 * PLANE_BYTES) as planes:
        planes.request(3)
        assert gated.next_read() == 3
        assert gated.waiting.acquire(timeout=PATIENCE)  # 4 is being read
        planes.request(20)
        planes.request(25)
        gated.leave.release()
        assert [gated.next_read() for _ in range(3)] == [25, 20, 26]
        gated.leave.release(100)


def test_that_a_plane_on_its_way_is_not_read_twice(gated: GatedSource) -> None:
    with PlanePrefetcher(gated, 100 * PLANE_BYTES) as planes:
        planes.request(28)
        assert gated.next_read() == 28
        assert gated.waiting.acquire(timeout=PATIENCE)  # 29 is being read, as a neighbour
        first, second = planes.request(29), planes.request(29)
        gated.leave.release(100)
        np.testing.assert_array_equal(first.result(PATIENCE), PIXELS[29])
        assert second.result(PATIENCE) is first.result(PATIENCE)
        assert gated.read.count(29) == 1
        assert planes.request(29).done()


def test_that_memory_bounds_how_far_ahead_it_reads(gated: GatedSource) -> None:
    gated.leave.release(100)
    with PlanePrefetcher(gated, 3 * PLANE_BYTES) as planes:
        planes.get(10)
        assert planes.request(12).result(PATIENCE) is not None
        for z in (11, 12, 13):
            planes.get(z)
        assert planes.bytes_held <= 3 * PLANE_BYTES
    assert max(gated.read) <= 15


@pytest.mark.parametrize("capacity", [0, PLANE_BYTES - 1])
def test_that_a_plane_larger_than_the_memory_is_read_but_not_kept(
    path: Path, capacity: int
) -> None:
    with open_image(path) as source, PlanePrefetcher(source, capacity) as planes:
        np.testing.assert_array_equal(planes.get(4), PIXELS[4])
        assert planes.cached(4) is None
        assert planes.bytes_held == 0


def test_that_what_is_at_hand_is_told_without_reading(gated: GatedSource) -> None:
    gated.leave.release(100)
    with PlanePrefetcher(gated, 100 * PLANE_BYTES) as planes:
        assert planes.cached(0) is None
        plane = planes.get(0)
        assert planes.cached(0) is plane
        assert planes.cached(29) is None


def test_that_a_cancelled_wish_is_not_read(gated: GatedSource) -> None:
    with PlanePrefetcher(gated, PLANE_BYTES) as planes:
        planes.request(0)
        assert gated.waiting.acquire(timeout=PATIENCE)
        assert planes.request(5).cancel()
        again = planes.request(6)
        gated.leave.release(100)
        again.result(PATIENCE)
        assert 5 not in gated.read
        np.testing.assert_array_equal(planes.get(5), PIXELS[5])


def test_that_an_error_reaches_whoever_asked_and_nobody_else(path: Path) -> None:
    images.blank_page(path, 15)
    with open_image(path) as source, PlanePrefetcher(source, 10 * PLANE_BYTES) as planes:
        planes.get(14)
        with pytest.raises(ImageReadError, match="damaged"):
            planes.get(15)
        np.testing.assert_array_equal(planes.get(16), PIXELS[16])
        np.testing.assert_array_equal(planes.get(0), PIXELS[0])
        with pytest.raises(IndexError):
            planes.get(30)


def test_that_closing_cancels_what_waits_and_ends_the_thread(gated: GatedSource) -> None:
    before = threading.active_count()
    planes = PlanePrefetcher(gated, 100 * PLANE_BYTES)
    running = planes.request(0)
    assert gated.waiting.acquire(timeout=PATIENCE)
    waiting = planes.request(9)
    gated.leave.release()
    planes.close()
    planes.close()
    assert threading.active_count() == before
    np.testing.assert_array_equal(running.result(PATIENCE), PIXELS[0])
    assert planes.bytes_held == 0
    with pytest.raises(RuntimeError, match="closed"):
        planes.get(1)
    if waiting.cancelled():
        with pytest.raises(CancelledError):
            waiting.result(PATIENCE)


def test_that_it_may_be_closed_from_a_callback(path: Path) -> None:
    closed = threading.Event()
    with open_image(path) as source:
        planes = PlanePrefetcher(source, 10 * PLANE_BYTES)

        def close(_: object) -> None:
            planes.close()
            closed.set()

        planes.request(3).add_done_callback(close)
        assert closed.wait(PATIENCE)
        planes.close()


def test_that_many_threads_may_read_at_once(path: Path) -> None:
    failures: list[int] = []

    def scroll(seed: int) -> None:
        for z in np.random.default_rng(seed).integers(0, 30, 60):
            if not np.array_equal(planes.get(int(z)), PIXELS[z]):
                failures.append(int(z))
            if not np.array_equal(source.plane(int(z)), PIXELS[z]):
                failures.append(int(z))

    with open_image(path) as source, PlanePrefetcher(source, 4 * PLANE_BYTES) as planes:
        threads = [threading.Thread(target=scroll, args=(seed,)) for seed in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
    assert not failures


def test_that_a_hundred_prefetchers_leave_no_thread_and_no_file_open(path: Path) -> None:
    threads = threading.active_count()
    handles = Path("/proc/self/fd")
    before = len(list(handles.iterdir())) if handles.exists() else 0
    for _ in range(100):
        with open_image(path) as source, PlanePrefetcher(source, 4 * PLANE_BYTES) as planes:
            planes.get(12)
    assert threading.active_count() == threads
    if handles.exists():
        assert len(list(handles.iterdir())) <= before + 1


def test_that_slices_prepared_are_read_before_neighbours_and_take_none_along(
    gated: GatedSource,
) -> None:
    with PlanePrefetcher(gated, 20 * PLANE_BYTES) as planes:
        planes.prepare(20, (0,))
        assert gated.next_read() == 20
        planes.request(5)
        assert gated.next_read() == 5
        planes.prepare(25, (0,))
        read = [gated.next_read() for _ in range(3)]
        assert 25 in read[:2], "at most the one neighbour that was already being read"
        for _ in range(6):
            gated.next_read()
        assert 21 not in gated.read
        assert 19 not in gated.read
