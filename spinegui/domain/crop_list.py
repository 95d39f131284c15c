"""Which spines a grid of crops shows, and in which order: filters, counts, ranks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from spinegui.domain.detection import ReviewState

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from spinegui.domain.detection import Detection

NO_LABEL = ""
"""The label of spines that nobody and no model gave a class."""


class Wanted(StrEnum):
    """Whose word on a spine is asked for."""

    ALL = "all"
    PREDICTIONS = "predictions"
    DECIDED = "decided"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class CropFilter:
    """`label` None admits every label. Predictions count from a score of `threshold` up."""

    label: str | None = None
    wanted: Wanted = Wanted.ALL
    threshold: float = 0.5

    def admits(self, detection: Detection) -> bool:
        """Tell whether it is shown."""
        found = self.label_shown(detection)
        return found is not None and self.label in {None, found}

    def label_shown(self, detection: Detection) -> str | None:
        """Return the label that would have to be chosen to show it; None where no label would."""
        return label_of(detection) if self._is_wanted(detection) else None

    def _is_wanted(self, detection: Detection) -> bool:
        if self.wanted is Wanted.REJECTED:
            return detection.state is ReviewState.REJECTED
        if not detection.is_visible:
            return False
        if detection.is_decided:
            return self.wanted is not Wanted.PREDICTIONS
        above = (detection.score or 0.0) >= self.threshold
        return above and self.wanted is not Wanted.DECIDED


def label_of(detection: Detection) -> str:
    """Return the label shown, or NO_LABEL."""
    return detection.label or NO_LABEL


def ranked(keys: NDArray[np.float64], *, descending: bool = False) -> NDArray[np.intp]:
    """Return the rows (n,) by rising key, or falling; equal ones keep their order, NaN is last."""
    signed = -keys if descending else keys
    return np.argsort(signed, kind="stable")
