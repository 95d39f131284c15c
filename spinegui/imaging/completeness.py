"""Whether a file holds every plane it speaks of: a cut stack must not pass for a short one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from spinegui.imaging.ome import elements
from spinegui.imaging.reading import optional
from spinegui.imaging.source import ImageReadError

if TYPE_CHECKING:
    from tifffile import TiffFile, TiffPageSeries

    from spinegui.imaging.axes import AxisLayout
    from spinegui.imaging.page_chain import PageChain


def check_complete(
    tif: TiffFile, series: TiffPageSeries, layout: AxisLayout, chain: PageChain
) -> None:
    """Raise ImageReadError where planes are gone that ImageJ, tifffile or the page chain name.

    An OME image may lack planes that were never recorded; see `planes_cut_off`.
    """
    found = (
        layout.n_z
        * layout.n_times
        * math.prod(
            size for axis, size in zip(layout.axes, layout.shape, strict=True) if axis == "C"
        )
    )
    declared = optional(lambda: _imagej_planes(tif.imagej_metadata)) or found
    values = math.prod(layout.shape)
    declared_values = optional(lambda: _shaped_values(tif.shaped_metadata)) or values
    if series.kind != "ome" and (found < declared or values < declared_values):
        raise _cut(tif, f"{found} of {max(declared, found * declared_values // values)} planes")
    # ImageJ and tifffile state the count: with all planes there, the chain does not matter.
    if chain.broken and series.kind not in {"imagej", "shaped"}:
        raise _cut(tif, "only part of its pages")


def planes_cut_off(tif: TiffFile) -> bool:
    """Tell whether OME-XML counts on pages in this file beyond its last one."""
    return bool(optional(lambda: _last_page_named(tif.ome_metadata) >= len(tif.pages)))


def _cut(tif: TiffFile, what: str) -> ImageReadError:
    name = tif.filehandle.name
    return ImageReadError(
        f"{name} holds {what}. It was cut off or damaged: copy or export it again."
    )


def _imagej_planes(metadata: dict[str, Any] | None) -> int | None:
    images = (metadata or {}).get("images")
    return images if isinstance(images, int) else None


def _shaped_values(metadata: tuple[dict[str, Any], ...] | None) -> int | None:
    return math.prod(metadata[0]["shape"]) if metadata else None


def _last_page_named(xml: str | None) -> int:
    """Return the highest page number, from 0, that TiffData elements of one file name."""
    blocks = elements(xml, "TiffData")
    if any(len(block) for block in blocks):
        return -1  # spread over several files: see ome.missing_companions
    return max(
        (int(block.get("IFD", "0")) + int(block.get("PlaneCount", "1")) - 1 for block in blocks),
        default=-1,
    )
