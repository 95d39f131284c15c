"""How many spines a minute a person decides, without their pauses, and how long the rest takes."""

from __future__ import annotations

PAUSE_S = 60.0
"""A longer gap between two decisions is a pause: nobody looks at one spine for so long."""
WINDOW_S = 240.0
"""The pace is that of the last few minutes of work: it changes over a sitting."""
ENOUGH = 3
"""From so many decisions on, a pace says something."""


class Pace:
    """Hears of each decision, with the time in s of a clock that never goes back."""

    def __init__(self) -> None:
        self._spans: list[float] = []
        """How long each decision took; 0 where a pause came before it, which tells nothing."""
        self._last: float | None = None

    def begin(self, now: float) -> None:
        """Start, or go on after a break: the time up to now was not worked."""
        self._last = now

    def decided(self, now: float) -> None:
        """Count one decision."""
        span = 0.0 if self._last is None else now - self._last
        self._spans.append(span if span <= PAUSE_S else 0.0)
        self._last = now

    def take_back(self) -> None:
        """Forget the last decision, which was undone; the time for it was spent."""
        if self._spans:
            span = self._spans.pop()
            if self._spans and self._spans[-1]:
                self._spans[-1] += span

    @property
    def worked_s(self) -> float:
        """All time worked, in s, pauses left out."""
        return sum(self._spans)

    @property
    def per_minute(self) -> float | None:
        """Decisions a minute over the last few minutes of work; None while there are too few."""
        seconds, count = 0.0, 0
        for span in reversed(self._spans):
            if span:
                seconds, count = seconds + span, count + 1
            if seconds >= WINDOW_S:
                break
        return 60 * count / seconds if count >= ENOUGH else None

    def seconds_left(self, left: int) -> float | None:
        """Return how long so many more take at this pace; None while there is none."""
        pace = self.per_minute
        return None if pace is None else 60 * left / pace
