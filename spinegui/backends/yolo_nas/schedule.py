"""How long and how firmly to train."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """One training run. A step is one batch of `batch` crops of `side` px; rates are AdamW's.

    A checkpoint holds some 300 MB, so after the first epoch's one is written only every
    `save_every_s` seconds.
    """

    epochs: int
    steps: int
    seed: int
    side: int = 320
    batch: int = 8
    rate: float = 1e-3
    last_rate: float = 0.02
    decay: float = 1e-4
    warmup: int = 100
    averaging: float = 0.998
    patience: int | None = None
    save_every_s: float = 20.0

    @property
    def n_steps(self) -> int:
        return self.epochs * self.steps

    def rate_at(self, step: int) -> float:
        """Return the learning rate: a short rise, then half a cosine down to `last_rate` of it."""
        rise = min(1.0, (step + 1) / self.warmup)
        done = min(1.0, step / max(1, self.n_steps))
        fall = self.last_rate + (1 - self.last_rate) * 0.5 * (1 + math.cos(math.pi * done))
        return self.rate * rise * fall

    def averaging_at(self, step: int) -> float:
        """Return how much of the running average of weights stays; little in the beginning."""
        return min(self.averaging, (1 + step) / (10 + step))
