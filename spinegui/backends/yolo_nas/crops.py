"""Training crops: a part of a scene, turned, zoomed and exposed as another microscope would."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from spinegui.backends.yolo_nas.views import BOX_HEADS, HEAD_PX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from spinegui.backends.yolo_nas.scenes import Scene

ZOOM = (0.75, 1.3)
"""The estimated scale errs by some 16 %; heads differ by more."""

_NEAR_SPINE = 0.75
"""Share of the crops that are centred near a spine; the others lie where people looked, or said
no."""


@dataclass(frozen=True, eq=False)
class Crop:
    """One training example.

    image (3, S, S) float32; boxes (n, 4) float32 centre x, centre y, width, height in px;
    known (S, S) bool, where people said what is there.
    """

    image: NDArray[np.float32]
    boxes: NDArray[np.float32]
    known: NDArray[np.bool_]


def draw_crop(
    scenes: Sequence[Scene], weights: NDArray[np.float64], side: int, seed: Sequence[int]
) -> Crop:
    """Draw a crop of `side` px, scenes by weights (scenes,); the same seed gives the same crop."""
    rng = np.random.default_rng(seed)
    scene = scenes[int(rng.choice(len(scenes), p=weights))]
    middle, z = _place(scene, side, rng)
    return crop_at(scene, middle, z, side, rng)


def crop_at(
    scene: Scene, middle: NDArray[np.float64], z: float, side: int, rng: np.random.Generator
) -> Crop:
    """Cut a crop around a point x, y of the slab around slice z, and vary it."""
    import cv2

    zoom = float(np.exp(rng.uniform(*np.log(ZOOM))))
    matrix = _turn(middle, zoom, side, rng)
    # OpenCV puts the middle of the first px at 0; our coordinates put its corner there.
    shifted = matrix.copy()
    shifted[:, 2] += matrix[:, :2] @ [0.5, 0.5] - 0.5
    planes = np.ascontiguousarray(scene.view.slab(z).transpose(1, 2, 0))
    image = cv2.warpAffine(planes, shifted, (side, side), flags=cv2.INTER_LINEAR)
    known = cv2.warpAffine(
        scene.known_at(z).astype(np.uint8), shifted, (side, side), flags=cv2.INTER_NEAREST
    )
    heads = scene.heads_at(z) @ matrix[:, :2].T + matrix[:, 2]
    inside = ((heads >= 0) & (heads < side)).all(axis=1)
    sides = np.full((int(inside.sum()), 2), BOX_HEADS * HEAD_PX * zoom)
    boxes = np.concatenate([heads[inside], sides], axis=1).astype(np.float32)
    exposed = _expose(image, rng)
    return Crop(np.ascontiguousarray(exposed.transpose(2, 0, 1)), boxes, known > 0)


def _place(scene: Scene, side: int, rng: np.random.Generator) -> tuple[NDArray[np.float64], float]:
    height, width = scene.view.volume.shape[1:]
    if len(scene.heads) and rng.random() < _NEAR_SPINE:
        x, y, z = scene.heads[int(rng.integers(len(scene.heads)))]
        middle = np.array([x, y]) + rng.uniform(-0.4, 0.4, 2) * side
        if scene.view.z_um is not None:
            z = z + rng.uniform(-1.5, 1.5) / scene.view.z_um
    else:
        z = rng.uniform(0, len(scene.view.volume) - 1)
        rows, columns = np.nonzero(scene.looked_at_in(z)[::8, ::8])
        middle = rng.uniform(0, 1, 2) * (width, height)
        if len(scene.picked) and (len(rows) == 0 or rng.random() < 0.5):
            x, y, z, _half = scene.picked[int(rng.integers(len(scene.picked)))]
            middle = np.array([x, y]) + rng.uniform(-0.4, 0.4, 2) * side
        elif len(rows):
            k = int(rng.integers(len(rows)))
            middle = np.array([columns[k], rows[k]]) * 8.0
    inner = np.minimum(0.5 * side, np.array([width, height]) / 2)
    middle = np.clip(middle, inner * 0.7, np.array([width, height]) - inner * 0.7)
    return middle, float(np.clip(z, 0, len(scene.view.volume) - 1))


def _turn(
    middle: NDArray[np.float64], zoom: float, side: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return the (2, 3) map from the grid to the crop: turned, mirrored, zoomed around `middle`."""
    angle = rng.uniform(0, 2 * np.pi) if rng.random() < 0.5 else rng.integers(4) * np.pi / 2
    turn = zoom * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    if rng.random() < 0.5:
        turn[0] *= -1
    return np.concatenate([turn, (side / 2 - turn @ middle)[:, None]], axis=1)


def _expose(image: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Return the image with another gain, gamma, blur and noise, as exposures differ."""
    import cv2

    bent = np.clip(image, 0, None) ** np.exp(rng.normal(0, 0.15)) * np.exp(rng.normal(0, 0.12))
    if rng.random() < 0.3:
        bent = cv2.GaussianBlur(bent, (0, 0), rng.uniform(0.3, 1.0))
    if rng.random() < 0.6:
        noise = rng.normal(0, rng.uniform(0, 0.06), image.shape[:2]).astype(np.float32)
        if rng.random() < 0.5:
            noise = cv2.GaussianBlur(noise, (0, 0), 0.7) * 1.8
        bent = bent + noise[..., None]
    result: NDArray[np.float32] = np.clip(bent, 0, 1.5).astype(np.float32)
    return result
