"""What the network's scores are worth: of spines scored 0.8, eight in ten shall be spines.

Platt's method (1999): the log odds are stretched and shifted so that scores come true on images
that the network did not learn from.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from spinegui.backends.classical.scale import is_cut_out

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from spinegui.backends.base import Frame

FEWEST_HITS = 30
"""Of a kind of image with fewer spines nothing is read; the calibration of all kinds serves it."""

_PRIOR = 1e-3
_EDGE = 1e-6


class Kind(StrEnum):
    """Kinds of images on which the same score may be worth more or less."""

    PLANE = "plane"
    STACK = "stack"
    CUT_OUT = "cut_out"


def kind_of(frame: Frame) -> Kind:
    """Tell which kind of image a frame is."""
    pixels = np.asarray(frame.pixels)
    if pixels.shape[0] > 1:
        return Kind.STACK
    values = pixels[0].astype(np.float32).ravel()
    return Kind.CUT_OUT if is_cut_out(values) else Kind.PLANE


@dataclass(frozen=True, slots=True)
class Calibration:
    """Log odds after = slope × log odds before + shift."""

    slope: float = 1.0
    shift: float = 0.0

    @classmethod
    def fitted(cls, scores: NDArray[np.float64], is_hit: NDArray[np.bool_]) -> Calibration:
        """Fit to scores (n,) and whether each was a spine (n,)."""
        from scipy.optimize import minimize

        logits = _logits(scores)

        def loss(values: NDArray[np.float64]) -> float:
            after = values[0] * logits + values[1]
            surprise = np.logaddexp(0, np.where(is_hit, -after, after)).sum()
            return float(surprise + _PRIOR * ((values[0] - 1) ** 2 + values[1] ** 2))

        slope, shift = minimize(loss, np.array([1.0, 0.0]), method="L-BFGS-B").x
        return cls(float(max(slope, 0.05)), float(shift))

    def __call__(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the scores (n,) as they come true."""
        result: NDArray[np.float64] = 1 / (1 + np.exp(-(self.slope * _logits(scores) + self.shift)))
        return result


@dataclass(frozen=True)
class Calibrations:
    """One calibration for each kind of image that was seen often enough, and one for the rest."""

    usual: Calibration = Calibration()
    of_kind: Mapping[Kind, Calibration] | None = None

    def of(self, kind: Kind) -> Calibration:
        """Return the calibration for a kind of image."""
        return (self.of_kind or {}).get(kind, self.usual)

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> Calibrations:
        """Read what `to_json` wrote; raises KeyError, TypeError, ValueError."""
        pairs = {str(name): Calibration(*_two(values)) for name, values in data.items()}
        if any(pair.slope <= 0 for pair in pairs.values()):
            raise ValueError("A calibration turns the order of scores around.")
        kinds = {Kind(name): value for name, value in pairs.items() if name != "usual"}
        return cls(pairs["usual"], kinds)

    def to_json(self) -> dict[str, list[float]]:
        """Return it as a JSON object: slope and shift by name."""
        named: dict[str, Calibration] = {"usual": self.usual}
        named |= {str(kind): c for kind, c in (self.of_kind or {}).items()}
        return {name: [c.slope, c.shift] for name, c in named.items()}


def _two(values: object) -> tuple[float, float]:
    if not isinstance(values, list) or len(values) != 2:
        raise ValueError("A calibration is a list of slope and shift.")
    return float(values[0]), float(values[1])


def _logits(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    safe = np.clip(scores, _EDGE, 1 - _EDGE)
    result: NDArray[np.float64] = np.log(safe / (1 - safe))
    return result
