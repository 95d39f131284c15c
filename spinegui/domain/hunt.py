"""Where spines may have been missed on one image, and how many: all that its shafts tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from spinegui.domain.detection import Origin
from spinegui.domain.missing import Looks, Missing, Seen, missing
from spinegui.domain.shafts import measured, nearest_on
from spinegui.domain.sparse import SparseStretches, sparse_stretches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from spinegui.domain.annotation import Annotation, ReviewedRegion
    from spinegui.domain.detection import Detection
    from spinegui.domain.shafts import OnShaft, Points, Shaft, Unit

FAINTEST = 0.05
"""Candidates scored less are not looked at."""


@dataclass(frozen=True, eq=False)
class Question:
    """What is asked, beside the annotation.

    lines (n, 3) x, y, z px: the shafts. Predictions from `threshold` on are shown. `reach`: how far
    from a shaft a faint candidate may lie, `spine_reach`: how far a spine, in units.
    """

    lines: tuple[Points, ...]
    unit: Unit
    threshold: float
    reach: float
    spine_reach: float


@dataclass(frozen=True, slots=True)
class Faint:
    """A candidate below the threshold near a shaft; `distance` in units."""

    detection_id: str
    score: float
    distance: float


@dataclass(frozen=True, eq=False)
class Findings:
    """The answer. `missing` is None where too little was looked at, or no model was asked."""

    faint: tuple[Faint, ...]
    sparse: SparseStretches
    seen: Seen
    missing: Missing | None


def find(
    annotation: Annotation,
    question: Question,
    check: Callable[[int, int], object] = lambda _done, _total: None,
) -> Findings:
    """Return where spines may be missing; `check` may raise to end it, see `sparse_stretches`."""
    shafts = measured(question.lines, question.unit)
    spines = list(annotation.visible())
    centers = np.array([d.box.center for d in spines], np.float64).reshape(-1, 2)
    on = nearest_on(shafts, centers, question.unit)
    shown = [d.is_decided or (d.score or 0.0) >= question.threshold for d in spines]
    sparse = sparse_stretches(
        shafts, _rows(on, np.array(shown, np.bool_)), reach=question.spine_reach, check=check
    )
    seen = look_back(annotation, shafts, question.threshold)
    has_asked = any(d.origin is Origin.MODEL for d in annotation.detections.values())
    estimate = missing(seen) if has_asked else None
    return Findings(_faint(spines, on, question), sparse, seen, estimate)


def look_back(annotation: Annotation, shafts: Sequence[Shaft], threshold: float) -> Seen:
    """Return what was looked at, with boxes in view and without, and what was found there.

    Where a person looked unaided, a spine of both is one that the person drew and the model had
    proposed too (it keeps the proposal); what the model had only as a faint candidate is neither's.
    Elsewhere such a candidate, once accepted, is one that the model had not shown.
    """
    regions = list(annotation.regions.values())
    unaided = [r for r in regions if r.is_unaided]
    middles, lengths = _pieces(shafts)
    is_unaided = _inside(middles, unaided)
    is_seen = np.full(len(middles), annotation.is_reviewed) | _inside(middles, regions)
    decided = [d for d in annotation.visible() if d.is_decided]
    places = np.array([(*d.box.center, _depth(d)) for d in decided]).reshape(-1, 3)
    found_unaided = _inside(places, unaided).tolist()
    found_seen = (annotation.is_reviewed | _inside(places, regions)).tolist()
    blind = Looks(0, 0, 0)
    shown = Looks(0, 0, 0)
    for detection, was_unaided, was_seen in zip(decided, found_unaided, found_seen, strict=True):
        if was_unaided:
            blind = _counted(blind, _finder(detection, threshold))
        elif was_seen:
            is_models = _finder(detection, threshold) in {"both", "model"}
            shown = _counted(shown, "model" if is_models else "person")
    return Seen(
        blind,
        shown,
        float(lengths[is_unaided].sum()),
        float(lengths[is_seen & ~is_unaided].sum()),
        float(lengths[~is_seen & ~is_unaided].sum()),
    )


def _finder(detection: Detection, threshold: float) -> str:
    is_proposed = detection.proposed_box is not None and (detection.score or 0.0) >= threshold
    if detection.origin is Origin.USER:
        return "both" if is_proposed else "person"
    return "model" if is_proposed else "nobody"


def _counted(looks: Looks, finder: str) -> Looks:
    return Looks(
        looks.both + (finder == "both"),
        looks.model_only + (finder == "model"),
        looks.person_only + (finder == "person"),
    )


def _depth(detection: Detection) -> float:
    return np.nan if detection.z is None else detection.z


def _pieces(shafts: Sequence[Shaft]) -> tuple[Points, NDArray[np.float64]]:
    """Return the middles (k, 3) of all short pieces of the shafts, and their lengths (k,)."""
    middles = [(s.points[1:] + s.points[:-1]) / 2 for s in shafts]
    lengths = [np.diff(s.along) for s in shafts]
    return np.concatenate([np.zeros((0, 3)), *middles]), np.concatenate([np.zeros(0), *lengths])


def _inside(places: Points, regions: Iterable[ReviewedRegion]) -> NDArray[np.bool_]:
    """Tell (k,) which places (k, 3) x, y, z lie in a region; a z that is not known lies in all."""
    x, y, z = places.T
    inside = np.zeros(len(places), np.bool_)
    for region in regions:
        x0, y0, x1, y1 = region.box.as_xyxy()
        here = (x0 <= x) & (x < x1) & (y0 <= y) & (y < y1)
        if region.z_range is not None:
            first, last = region.z_range
            here &= np.isnan(z) | ((first - 0.5 <= z) & (z <= last + 0.5))
        inside |= here
    return inside


def _rows(on: OnShaft, chosen: NDArray[np.bool_]) -> OnShaft:
    return type(on)(on.shaft[chosen], on.along[chosen], on.distance[chosen])


def _faint(spines: Sequence[Detection], on: OnShaft, question: Question) -> tuple[Faint, ...]:
    found = [
        Faint(d.id, d.score, float(distance))
        for d, distance in zip(spines, on.distance.tolist(), strict=True)
        if not d.is_decided
        and d.score is not None
        and FAINTEST <= d.score < question.threshold
        and distance <= question.reach
    ]
    return tuple(sorted(found, key=lambda f: (-f.score, f.detection_id)))
