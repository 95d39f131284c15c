"""The truth of a synthetic image: each spine's visible box, place, class and measures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from spinegui.domain.geometry import Box, Point3
from spinegui.synthesis.optics import psf_sigmas

if TYPE_CHECKING:
    from typing import TypeAlias

    from numpy.typing import NDArray

    from spinegui.synthesis.beads import Beads
    from spinegui.synthesis.settings import SceneSettings
    from spinegui.synthesis.shafts import Shaft
    from spinegui.synthesis.spines import PlacedSpine

    ShaftBalls: TypeAlias = tuple[NDArray[np.float64], NDArray[np.float64]]

MIN_PROTRUSION_UM = 0.25
MIN_VISIBILITY = 0.35
VOLUME_STEP_UM = 0.05
NEAR_UM = 5.0
ANGLES = np.linspace(0, 2 * np.pi, 32, endpoint=False)


@dataclass(frozen=True, slots=True)
class TrueSpine:
    """One spine as it is. Points and box in px and slices, measures in µm.

    `box` is tight around what is seen of head and neck in the xy projection, down to the shaft's
    surface and clipped to the image. `visibility` is the share of the spine's outline that lies in
    the image and outside all shafts. `is_hidden` marks a spine that nobody could mark: over or
    under a shaft, or mostly outside the frame. `z_range` holds the inclusive slices that cross it.
    """

    label: str
    box: Box
    z: float
    z_range: tuple[int, int]
    head: Point3
    base: Point3
    tip: Point3
    length_um: float
    head_width_um: float
    neck_width_um: float
    neck_length_um: float
    volume_um3: float
    shaft: int
    visibility: float
    is_hidden: bool


def describe(spine: PlacedSpine, shafts: list[Shaft], settings: SceneSettings) -> TrueSpine:
    """Return the truth about a spine among those shafts."""
    near = _near(shafts, spine)
    box, visibility, protrusion = _visible_part(spine.solid.beads, near, settings)
    head = _point(spine.solid.head_center, settings)
    on_image = 0 <= head.x < settings.width and 0 <= head.y < settings.height
    hidden = visibility < MIN_VISIBILITY or protrusion < MIN_PROTRUSION_UM or not on_image
    size = spine.size
    return TrueSpine(
        size.label,
        box,
        head.z,
        _z_range(spine.solid.beads, settings),
        head,
        _point(spine.solid.base, settings),
        _point(spine.solid.tip, settings),
        size.length_um,
        size.head_width_um,
        size.neck_width_um,
        size.neck_length_um,
        _volume(spine.solid.beads, near),
        spine.shaft,
        visibility,
        hidden,
    )


def visible_radius(radius_um: NDArray[np.float64], sigma_um: float) -> NDArray[np.float64]:
    """Return the half width (n,) that tubes of these radii show: theirs, or the blur's if wider.

    The fourth-power mean of the radius and the blur's half width at half height, 1.18 sigma. It is
    within 10 % of the blurred half width of a thin tube, and of the true radius of a thick one.
    """
    result: NDArray[np.float64] = (radius_um**4 + (1.18 * sigma_um) ** 4) ** 0.25
    return result


def _near(shafts: list[Shaft], spine: PlacedSpine) -> ShaftBalls:
    """Return the shaft balls, centres (n, 3) and radii (n,) in µm, that may hide the spine."""
    centers = np.concatenate([s.beads.centers for s in shafts])
    radii = np.concatenate([s.beads.radii for s in shafts])
    close = np.linalg.norm((centers - spine.solid.base)[:, 1:], axis=1) < NEAR_UM
    # Every other ball will do: those left still overlap by nine tenths of their width.
    return centers[close][::2], radii[close][::2]


def _visible_part(
    beads: Beads, near: ShaftBalls, settings: SceneSettings
) -> tuple[Box, float, float]:
    """Return the visible box in px, the share seen, and how far it stands out in µm."""
    sigma = psf_sigmas(settings.optics)[1]
    reach = visible_radius(beads.radii, sigma)
    ring = np.stack([np.sin(ANGLES), np.cos(ANGLES)], axis=1)
    outline = (beads.centers[:, None, 1:] + reach[:, None, None] * ring).reshape(-1, 2)
    clear = _gaps(outline, near[0][:, 1:], visible_radius(near[1], sigma))
    extent = np.array(settings.extent_um[1:])
    seen = (clear > 0) & ((outline >= 0) & (outline <= extent)).all(axis=1)
    shown = outline[seen] if seen.any() else np.clip(outline, 0, extent)
    (y0, x0), (y1, x1) = (
        shown.min(axis=0) / settings.pixel_um,
        shown.max(axis=0) / settings.pixel_um,
    )
    # Half a pixel at least, so that a spine quite outside the frame still has a box.
    box = Box(float(x0), float(y0), float(max(x1, x0 + 0.5)), float(max(y1, y0 + 0.5)))
    # The root inside the shaft is hidden in every spine and says nothing.
    emerged = _gaps(beads.centers, near[0], near[1]) > 0
    emerged[-1] = True
    share = seen.reshape(len(beads), -1)[emerged].mean()
    return box, float(share), float(clear.max())


def _gaps(
    points: NDArray[np.float64], centers: NDArray[np.float64], radii: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return each point's distance (n,) to the nearest ball's surface, negative inside."""
    from scipy.spatial.distance import cdist

    apart = cdist(points, centers)
    apart -= radii
    result: NDArray[np.float64] = apart.min(axis=1)
    return result


def _volume(beads: Beads, near: ShaftBalls) -> float:
    """Return the volume in µm³ outside the shaft, by counting points on a fine lattice."""
    low = (beads.centers - beads.radii[:, None]).min(axis=0)
    high = (beads.centers + beads.radii[:, None]).max(axis=0)
    axes = [
        np.arange(a, b, VOLUME_STEP_UM) + VOLUME_STEP_UM / 2 for a, b in zip(low, high, strict=True)
    ]
    lattice = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    inside = lattice[_gaps(lattice, beads.centers, beads.radii) <= 0]
    if len(inside) == 0:
        return 0.0
    return float((_gaps(inside, near[0], near[1]) > 0).sum() * VOLUME_STEP_UM**3)


def _z_range(beads: Beads, settings: SceneSettings) -> tuple[int, int]:
    """Return the inclusive slices whose slabs the spine crosses, within the stack."""
    if not settings.is_stack:
        return 0, 0
    low = (beads.centers[:, 0] - beads.radii).min() / settings.z_step_um
    high = (beads.centers[:, 0] + beads.radii).max() / settings.z_step_um
    first, last = (int(np.clip(round(v), 0, settings.n_z - 1)) for v in (low, high))
    return first, last


def _point(zyx_um: NDArray[np.float64], settings: SceneSettings) -> Point3:
    """Return a place in px and slices; z is 0 in a 2D image."""
    z = zyx_um[0] / settings.z_step_um if settings.is_stack else 0.0
    return Point3(
        float(zyx_um[2] / settings.pixel_um), float(zyx_um[1] / settings.pixel_um), float(z)
    )
