"""Planes of a compressed stack, decoded ahead of the person who scrolls through it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType
    from typing import Self

    from numpy.typing import NDArray

    from spinegui.imaging.source import ImageSource

Key = tuple[int, int, int]

_AHEAD, _BEHIND = 6, 2


class PlanePrefetcher:
    """Keeps the planes around the one looked at in at most `capacity_bytes` of memory.

    One thread of its own reads from `source`, which stays the caller's to close, after this. The
    plane asked for last comes first; then its neighbours in the direction of travel. Any thread
    may call. Planes are read-only and shared.
    """

    def __init__(self, source: ImageSource, capacity_bytes: int) -> None:
        self._source = source
        self._capacity = capacity_bytes
        self._plane_bytes = max(1, source.width * source.height * source.dtype.itemsize)
        self._changed = threading.Condition()
        self._cache: OrderedDict[Key, NDArray[Any]] = OrderedDict()
        self._wanted: OrderedDict[Key, Future[NDArray[Any]]] = OrderedDict()
        self._ahead: list[Key] = []  # next one last
        self._loading: tuple[Key, Future[NDArray[Any]]] | None = None
        self._last: tuple[int, int] | None = None  # z and t
        self._step = 1
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="plane-prefetch", daemon=True)
        self._thread.start()

    def get(self, z: int = 0, c: int = 0, t: int = 0) -> NDArray[Any]:
        """Wait for a plane (Y, X); raises what `ImageSource.plane` raises, RuntimeError if closed.

        A call that waits while `close` is called elsewhere gets CancelledError.
        """
        return self.request(z, c, t).result()

    def request(self, z: int = 0, c: int = 0, t: int = 0) -> Future[NDArray[Any]]:
        """Ask for a plane; the Future is done at once where it is at hand.

        Futures are shared by those who ask for the same plane. Its callbacks run on the thread of
        this object: hand over, do not work there.
        """
        return self.request_channels(z, (c,), t)[0]

    def request_channels(
        self, z: int, channels: Sequence[int], t: int = 0
    ) -> list[Future[NDArray[Any]]]:
        """Ask for the same slice of several channels; see `request`."""
        with self._changed:
            if self._closed:
                raise RuntimeError("the prefetcher is closed")
            self._plan(z, channels, t)
            # What was asked for last is read first.
            futures = [self._future((z, c, t)) for c in reversed(channels)]
            self._changed.notify()
        return futures[::-1]

    def prepare(self, z: int, channels: Sequence[int], t: int = 0) -> None:
        """Read a slice ahead once nothing is asked for, before the neighbours of the last one."""
        with self._changed:
            if self._closed:
                return
            for key in ((z, c, t) for c in channels):
                if key not in self._cache and (self._loading is None or key != self._loading[0]):
                    self._ahead.append(key)
            self._changed.notify()

    def cached(self, z: int = 0, c: int = 0, t: int = 0) -> NDArray[Any] | None:
        """Return a plane if it is at hand, else None, without asking for it."""
        with self._changed:
            return self._cache.get((z, c, t))

    @property
    def bytes_held(self) -> int:
        """Memory of the planes kept, at most the capacity."""
        with self._changed:
            return sum(plane.nbytes for plane in self._cache.values())

    def close(self) -> None:
        """Cancel what was asked for, end the thread (at most one plane later), let planes go."""
        with self._changed:
            self._closed = True
            waiting = list(self._wanted.values())
            self._wanted.clear()
            self._ahead.clear()
            self._cache.clear()
            self._changed.notify()
        for future in waiting:
            future.cancel()
        # A Future's callback may close us: a thread cannot wait for itself.
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None:
        self.close()

    def _future(self, key: Key) -> Future[NDArray[Any]]:
        if key in self._cache:
            done: Future[NDArray[Any]] = Future()
            done.set_result(self._cache[key])
            return done
        if self._loading is not None and self._loading[0] == key:
            return self._loading[1]
        future = self._wanted.get(key)
        if future is None or future.cancelled():
            future = Future()
        self._wanted[key] = future
        self._wanted.move_to_end(key)
        return future

    def _plan(self, z: int, channels: Sequence[int], t: int) -> None:
        """Choose which neighbours to load next: as many as stay in memory beside the slice."""
        if self._last is not None and self._last[1] == t and self._last[0] != z:
            self._step = 1 if z > self._last[0] else -1
        self._last = (z, t)
        room = max(0, self._capacity // self._plane_bytes // len(channels) - 1)
        ahead = [z + self._step * i for i in range(1, _AHEAD + 1)]
        behind = [z - self._step * i for i in range(1, _BEHIND + 1)]
        inside = [n for n in ahead + behind if 0 <= n < self._source.n_z][:room]
        self._ahead = []
        # The nearest last: as the next to load, and, where at hand, as the last to be let go.
        near = [(n, c, t) for n in reversed(inside) for c in channels]
        here = [(z, c, t) for c in channels]
        for key in near + here:
            if key in self._cache:
                self._cache.move_to_end(key)
            elif key not in here and (self._loading is None or key != self._loading[0]):
                self._ahead.append(key)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._wanted or self._ahead)
                if self._closed:
                    return
                key, future = self._next()
                if not future.set_running_or_notify_cancel():
                    continue
                self._loading = (key, future)
            self._load(key, future)

    def _next(self) -> tuple[Key, Future[NDArray[Any]]]:
        if self._wanted:
            return self._wanted.popitem(last=True)
        return self._ahead.pop(), Future()

    def _load(self, key: Key, future: Future[NDArray[Any]]) -> None:
        try:
            plane = self._source.plane(*key)
        except BaseException as err:
            # Whoever asked gets the error; a neighbour's is met again if it is ever asked for.
            with self._changed:
                self._loading = None
            future.set_exception(err)
            return
        with self._changed:
            self._loading = None
            if not self._closed:
                self._keep(key, plane)
        future.set_result(plane)

    def _keep(self, key: Key, plane: NDArray[Any]) -> None:
        if plane.nbytes > self._capacity:
            return
        self._cache[key] = plane
        held = sum(kept.nbytes for kept in self._cache.values())
        while held > self._capacity:
            held -= self._cache.popitem(last=False)[1].nbytes
