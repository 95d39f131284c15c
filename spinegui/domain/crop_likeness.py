"""How alike crops are: features without a network, outliers of a label, likeness to one crop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

RADII = 10
ANGLES = 24
ORDERS = 6
"""Angular waves kept per radius, the constant one included: finer ones are noise."""
NEIGHBOURS = 10
SIZE_WEIGHT = OPINION_WEIGHT = 0.5
MOST_REFERENCES = 2000
"""Beyond so many, distances are taken to an even sample of a label: enough to know its middle."""
_MOST_COMPONENTS = 24
_KEPT_VARIANCE = 0.95
_FARTHEST = 4.0
_CHUNK = 256


def ring_points() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return x and y (RADII, ANGLES) of rings about the middle of a square from -1 to 1."""
    radius = (np.arange(RADII) + 0.5)[:, None] / RADII
    angle = np.arange(ANGLES)[None, :] * (2 * np.pi / ANGLES)
    return radius * np.cos(angle), radius * np.sin(angle)


def appearance(rings: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return (n, RADII * ORDERS) features of rings (n, RADII, ANGLES) of grey values.

    Each crop is centred on its median and scaled by its spread, so that brightness and contrast
    of an image do not count. Each ring is then told by the strengths of its angular waves: they
    stay the same when a spine is turned or mirrored (polar Fourier descriptors; Zhang & Lu,
    "Shape-based image retrieval using generic Fourier descriptor", Signal Processing: Image
    Communication 17, 2002).
    """
    flat = rings.reshape(len(rings), -1).astype(np.float64)
    centred = flat - np.median(flat, axis=1, keepdims=True)
    spread = centred.std(axis=1, keepdims=True)
    scaled = (centred / np.where(spread > 0, spread, 1.0)).reshape(rings.shape)
    waves = np.fft.rfft(scaled, axis=2)[:, :, :ORDERS] / rings.shape[2]
    strengths = np.abs(waves)
    strengths[:, :, 0] = waves[:, :, 0].real  # a dark ring is not a bright one
    flattened: NDArray[np.float64] = strengths.reshape(len(rings), -1)
    return flattened


def features(
    rings: NDArray[np.float32], sizes: NDArray[np.float64], shares: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return (n, d) features in which distance means unlikeness.

    `rings` (n, RADII, ANGLES) grey values, `sizes` (n, 2) width and height of the boxes in one
    unit, `shares` (n, k) a model's class probabilities, NaN where none spoke. Looks are principal
    components of robustly scaled values; size and the model's opinion weigh half as much each.
    """
    longer, shorter = sizes.max(axis=1), sizes.min(axis=1)
    size = np.log(np.stack([longer, shorter], axis=1).clip(1e-9))
    blocks = [
        _weighted(_components(_scaled(appearance(rings)))),
        SIZE_WEIGHT * _weighted(_scaled(size)),
    ]
    if shares.size and np.isfinite(shares).any():
        opinion = _scaled(np.nan_to_num(shares, nan=1 / max(1, shares.shape[1])))
        blocks.append(OPINION_WEIGHT * _weighted(opinion))
    return np.hstack(blocks)


def outlyingness(points: NDArray[np.float64], labels: Sequence[str]) -> NDArray[np.float64]:
    """Return (n,) how unlike its label each crop is; what has no company of its label gets inf.

    The mean distance to the nearest NEIGHBOURS of its own label (k-NN outlier score: Angiulli &
    Pizzuti, "Fast outlier detection in high dimensional spaces", PKDD 2002), divided by that to
    the nearest of any other label where there are any: a crop amid another label's spines is
    suspect even where that label is dense.
    """
    names = np.array(labels)
    result = np.full(len(points), np.inf)
    for name in np.unique(names):
        rows = np.flatnonzero(names == name)
        others = np.flatnonzero(names != name)
        if rows.size < 2:
            continue
        own = _near_distance(points, rows, rows)
        if others.size:
            own = own / np.maximum(_near_distance(points, rows, others), 1e-12)
        result[rows] = own
    return result


def likeness(points: NDArray[np.float64], row: int) -> NDArray[np.float64]:
    """Return (n,) how like that row each is: 0 for itself, the lower the less alike."""
    distance: NDArray[np.float64] = np.sqrt(((points - points[row]) ** 2).sum(axis=1))
    return -distance


def _near_distance(
    points: NDArray[np.float64], rows: NDArray[np.intp], among: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return the mean distance of `rows` to their nearest among others, never to themselves."""
    step = -(-among.size // MOST_REFERENCES)
    among = among[::step]
    references = points[among]
    squares = (references**2).sum(axis=1)
    found = np.empty(rows.size)
    for start in range(0, rows.size, _CHUNK):
        part = rows[start : start + _CHUNK]
        asked = points[part]
        distance = (asked**2).sum(axis=1)[:, None] + squares - 2 * asked @ references.T
        distance[part[:, None] == among[None, :]] = np.inf
        k = min(NEIGHBOURS, int(np.isfinite(distance).sum(axis=1).min()))
        nearest = np.partition(distance, k - 1, axis=1)[:, :k].clip(0)
        found[start : start + part.size] = np.sqrt(nearest).mean(axis=1)
    return found


def _scaled(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return columns centred on their median, in units of their spread, the farthest cut off."""
    centred = values - np.median(values, axis=0)
    spread = np.median(np.abs(centred), axis=0) * 1.4826
    spread = np.where(spread > 0, spread, np.where(centred.std(axis=0) > 0, centred.std(axis=0), 1))
    return np.clip(centred / spread, -_FARTHEST, _FARTHEST)


def _components(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the leading principal components (n, at most 24)."""
    if len(values) < 2:
        return values[:, :1] * 0
    centred = values - values.mean(axis=0)
    spread, axes = np.linalg.eigh(centred.T @ centred)
    spread, axes = spread[::-1].clip(0), axes[:, ::-1]
    total = spread.sum()
    share = np.cumsum(spread) / total if total > 0 else np.ones_like(spread)
    kept = min(_MOST_COMPONENTS, int(np.searchsorted(share, _KEPT_VARIANCE)) + 1)
    components: NDArray[np.float64] = centred @ axes[:, :kept]
    return components


def _weighted(block: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a block whose rows have a mean square of one, or zeros where all are the same."""
    mean = float((block**2).sum(axis=1).mean())
    return block / np.sqrt(mean) if mean > 0 else block
