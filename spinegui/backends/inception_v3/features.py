"""The frozen base looks at every labelled spine once."""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING, Any

import numpy as np

from spinegui.backends.inception_v3.examples import COPIES, crops_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from spinegui.backends.base import Reporter
    from spinegui.backends.inception_v3.crops import CropGeometry
    from spinegui.backends.inception_v3.examples import Spine
    from spinegui.backends.inception_v3.feature_file import FeatureFile

    Array = NDArray[np.float32]

FEWEST_SPINES = 6
_SPINES_A_BATCH = 8


def key_of(spines: Sequence[Spine], base_sha256: str, geometry: CropGeometry, seed: int) -> str:
    """Return a hash of everything that decides the features, in their order."""
    digest = hashlib.sha256(f"{base_sha256} {geometry} {seed} {COPIES}".encode())
    for spine in spines:
        digest.update(f"{spine.image.sha256} {spine.image.channel} {spine.labelled}".encode())
    return digest.hexdigest()


def look(
    layer: Any,
    spines: Sequence[Spine],
    geometry: CropGeometry,
    *,
    seed: int,
    kept: FeatureFile,
    reporter: Reporter,
) -> Array:
    """Return features (n, COPIES, d) of all spines, going on after those already kept.

    Fewer where the user wants to end early. Raises ImageReadError, CancelledError.
    """
    stage = "Looking at spines"
    if len(kept.rows):
        reporter.log(f"Going on after {len(kept.rows)} of {len(spines)} spines.")
    waiting: list[Array] = []
    began, first = time.monotonic(), len(kept.rows)
    crops = crops_of(spines, geometry, seed, reporter, first=first)
    for crop in crops:
        waiting.append(crop)
        done = len(kept.rows) + len(waiting)
        if len(waiting) < _SPINES_A_BATCH and done < len(spines):
            continue
        found = np.asarray(layer(np.concatenate(waiting)), np.float32)
        kept.add(found.reshape(len(waiting), COPIES, -1), reporter)
        waiting = []
        reporter.progress(done, len(spines), stage)
        if done >= FEWEST_SPINES and done < len(spines) and reporter.should_stop_early():
            reporter.log(f"Stopped early: learning from {done} of {len(spines)} spines.")
            break
        if done - first == _SPINES_A_BATCH and done < len(spines):
            left = (time.monotonic() - began) / _SPINES_A_BATCH * (len(spines) - done)
            reporter.log(f"About {max(left, 1):.0f} s to look at all spines, then seconds.")
    return kept.rows
