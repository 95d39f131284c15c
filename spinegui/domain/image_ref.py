"""Which image is meant: where it lies, what it holds, how large its voxels are and who says so."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

MAX_PIXEL_SIZE_UM = 100.0


@dataclass(frozen=True, slots=True)
class PixelSize:
    """Voxel size in µm, with its source ("OME", "ImageJ", "LSM", "TIFF resolution", "user", ...).

    Raises ValueError for a size that is zero, negative, not finite or above 100 µm: metadata that
    wrong is treated as unknown, never repaired by a guess.
    """

    x_um: float
    y_um: float
    z_um: float | None
    source: str

    def __post_init__(self) -> None:
        for value in (self.x_um, self.y_um, self.z_um):
            if value is not None and not (math.isfinite(value) and 0 < value <= MAX_PIXEL_SIZE_UM):
                raise ValueError(
                    f"A pixel size lies between 0 and {MAX_PIXEL_SIZE_UM:g} µm, not {value}."
                )

    @property
    def is_anisotropic_xy(self) -> bool:
        """Whether x and y differ: worth a warning, the same length then depends on direction."""
        return not math.isclose(self.x_um, self.y_um, rel_tol=1e-3)


@dataclass(frozen=True, slots=True)
class ImageRef:
    """One image of a project. `sha256` is of the file's bytes; sizes count z, channels, times."""

    id: str
    path: str
    sha256: str
    file_bytes: int
    width: int
    height: int
    n_z: int
    n_channels: int
    n_times: int
    dtype: str
    axes: str
    pixel_size: PixelSize | None

    @property
    def name(self) -> str:
        return self.path.replace("\\", "/").rsplit("/", 1)[-1]

    @property
    def shown_path(self) -> str:
        """The path as a person may read it."""
        return self.path

    @property
    def is_stack(self) -> bool:
        return self.n_z > 1


@dataclass(frozen=True, slots=True)
class Calibration:
    """A pixel size that a person set for one image; it outranks the file's own."""

    kind: ClassVar[str] = "calibration"

    image_id: str
    pixel_size: PixelSize

    @property
    def id(self) -> str:
        return self.image_id
