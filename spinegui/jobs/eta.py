"""How long a job will still take: the only place that estimates it."""

from __future__ import annotations

from collections import deque

_WINDOW = 20
_MIN_ELAPSED_S = 0.5


class TimeLeft:
    """An estimate from the pace of the last updates of one stage.

    The pace is that of the latest 20 updates, so that a slow first step (imports, a cold cache)
    stops weighing on the rest; a new stage, or one that goes backwards, starts afresh.
    """

    def __init__(self) -> None:
        self._stage: str | None = None
        self._seen: deque[tuple[float, int]] = deque(maxlen=_WINDOW)

    def update(self, done: int, total: int, *, stage: str, now: float) -> float | None:
        """Return the seconds left of this stage at `now` (monotonic, s), None while unknown."""
        if stage != self._stage or (self._seen and done < self._seen[-1][1]):
            self._stage = stage
            self._seen.clear()
        self._seen.append((now, done))
        elapsed = now - self._seen[0][0]
        steps = done - self._seen[0][1]
        if steps <= 0 or elapsed < _MIN_ELAPSED_S:
            return None
        return max(0, total - done) * elapsed / steps
