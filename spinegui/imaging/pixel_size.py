"""Voxel size in µm from what a TIFF says of itself, or unknown; never 1.0, never from dpi.

The first of these that names a plausible size wins: OME, LSM, ImageJ, plain TIFF resolution.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from spinegui.domain.image_ref import PixelSize
from spinegui.imaging.ome import elements
from spinegui.imaging.reading import optional

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tifffile import TiffFile, TiffPage, TiffPageSeries

_UM_PER_UNIT = {
    "pm": 1e-6,
    "å": 1e-4,
    "angstrom": 1e-4,
    "nm": 1e-3,
    "nanometer": 1e-3,
    "nanometre": 1e-3,
    "um": 1.0,
    "micron": 1.0,
    "micrometer": 1.0,
    "micrometre": 1.0,
    "mm": 1e3,
    "millimeter": 1e3,
    "millimetre": 1e3,
    "cm": 1e4,
    "centimeter": 1e4,
    "centimetre": 1e4,
    "m": 1e6,
    "meter": 1e6,
    "metre": 1e6,
    "in": 25_400.0,
    "inch": 25_400.0,
}
# What scanners, cameras and drawing programs write by themselves: it says nothing of the specimen.
_SCREEN_DPI = (1, 72, 96, 150, 300, 400, 600, 1200, 2400)
_PRINT_UNIT_UM = 1e4  # a centimetre; dots are counted by it or by the inch
_INCH, _CENTIMETRE = 2, 3  # values of the TIFF tag ResolutionUnit


def tiff_pixel_size(tif: TiffFile, series: TiffPageSeries) -> PixelSize | None:
    """Return the voxel size that the file declares for `series`, with its source, or None."""
    page = series.keyframe
    number = next(n for n, each in enumerate(tif.series) if each is series)
    return (
        optional(lambda: ome_pixel_size(tif.ome_metadata, number))
        or optional(lambda: lsm_pixel_size(tif.lsm_metadata or {}))
        or optional(lambda: imagej_pixel_size(tif.imagej_metadata or {}, *_resolution(page)))
        or optional(lambda: plain_pixel_size(*_resolution(page), _tag(page, "ResolutionUnit")))
    )


def ome_pixel_size(xml: str | None, index: int) -> PixelSize | None:
    """Read PhysicalSizeX, Y and Z of image number `index`, each with its own unit (default µm)."""
    pixels = elements(xml, "Pixels")
    if index >= len(pixels):
        return None
    sizes: list[float | None] = []
    for axis in "XYZ":
        value = _number(pixels[index].get(f"PhysicalSize{axis}"))
        unit = um_per(pixels[index].get(f"PhysicalSize{axis}Unit", "µm"))
        sizes.append(None if value is None or unit is None else value * unit)
    return _pixel_size(sizes, "OME")


def lsm_pixel_size(metadata: Mapping[str, Any]) -> PixelSize | None:
    """Read the voxel size of a Zeiss LSM, which gives it in metres."""
    sizes = [_number(metadata.get(f"VoxelSize{axis}")) for axis in "XYZ"]
    return _pixel_size([None if size is None else size * 1e6 for size in sizes], "LSM")


def imagej_pixel_size(
    metadata: Mapping[str, Any], x_per_unit: float | None, y_per_unit: float | None
) -> PixelSize | None:
    """Read ImageJ's calibration: pixels a unit in x and y, `spacing` in z.

    `yunit` and `zunit` appear only where they differ; without them the unit of x holds. ImageJ
    passes on a scanner's dots per inch, too: those say nothing.
    """
    unit = metadata.get("unit")
    x_um, y_um = um_per(unit), um_per(metadata.get("yunit") or unit)
    if x_um and x_per_unit and x_um >= _PRINT_UNIT_UM and _is_screen_dpi(x_per_unit, x_um):
        return None
    z_um, spacing = um_per(metadata.get("zunit") or unit), _number(metadata.get("spacing"))
    sizes = [
        x_um / x_per_unit if x_um and x_per_unit else None,
        y_um / y_per_unit if y_um and y_per_unit else None,
        spacing * z_um if spacing and z_um else None,
    ]
    return _pixel_size(sizes, "ImageJ")


def plain_pixel_size(
    x_per_unit: float | None, y_per_unit: float | None, unit: object
) -> PixelSize | None:
    """Read the resolution tags of a plain TIFF, unless they are those of a screen or a printer."""
    unit_um = {_INCH: 25_400.0, _CENTIMETRE: 10_000.0}.get(_whole(unit))
    if not (unit_um and x_per_unit and y_per_unit):
        return None
    if _is_screen_dpi(x_per_unit, unit_um) or _is_screen_dpi(y_per_unit, unit_um):
        return None
    return _pixel_size([unit_um / x_per_unit, unit_um / y_per_unit, None], "TIFF resolution")


def um_per(unit: object) -> float | None:
    """Return the µm in a unit of length, None for a pixel, an unknown word or no text at all."""
    if not isinstance(unit, str):
        return None
    # ImageJ escapes µ as \u00B5; both micro signs exist; UTF-8 read as Latin-1 leaves Â or Î¼.
    word = re.sub(r"\\u([0-9a-fA-F]{4})", lambda code: chr(int(code[1], 16)), unit.strip())
    word = word.replace("Âµ", "u").replace("Î¼", "u").replace("µ", "u").replace("μ", "u")
    word = word.strip("\x00 \"'").lower()
    # "m" and "M" are the only units whose case could mislead; no microscope writes megametres.
    singular = (word, word.removesuffix("s"), word.removesuffix("es"))
    return next((_UM_PER_UNIT[each] for each in singular if each in _UM_PER_UNIT), None)


def _pixel_size(sizes: list[float | None], source: str) -> PixelSize | None:
    """Build a PixelSize of x, y, z; None if x or y is implausible, z alone unknown if only z is."""
    x_um, y_um, z_um = sizes
    if x_um is None or y_um is None:
        return None
    # Twelve digits: metres times a million, or one over a ratio, must not print as 0.04999…
    x_um, y_um = float(f"{x_um:.12g}"), float(f"{y_um:.12g}")
    for z in (z_um and float(f"{z_um:.12g}"), None):
        try:
            return PixelSize(x_um, y_um, z, source)
        except ValueError:
            continue
    return None


def _is_screen_dpi(per_unit: float, unit_um: float) -> bool:
    dpi = per_unit * 25_400.0 / unit_um
    # Not exactly: 118.11 px a centimetre are 300 dpi as well.
    return any(math.isclose(dpi, screen, rel_tol=5e-3) for screen in _SCREEN_DPI)


def _resolution(page: TiffPage) -> tuple[float | None, float | None]:
    return _ratio(_tag(page, "XResolution")), _ratio(_tag(page, "YResolution"))


def _tag(page: TiffPage, name: str) -> object:
    return page.tags.valueof(name)


def _ratio(value: object) -> float | None:
    if isinstance(value, tuple) and len(value) == 2:
        top, bottom = _number(value[0]), _number(value[1])
        value = top / bottom if top and bottom else None
    return _number(value)


def _number(value: object) -> float | None:
    """Return a finite positive float, None for anything else."""
    if not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) and number > 0 else None


def _whole(value: object) -> int:
    return int(value) if isinstance(value, int) else 0
