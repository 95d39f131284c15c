"""What a file may ask of memory before one byte is decoded: bombs, cut files, pixel types."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from spinegui.imaging.reading import needs_codec
from spinegui.imaging.source import ImageReadError

if TYPE_CHECKING:
    import numpy as np
    from tifffile import TiffFrame, TiffPage, TiffPageSeries

DEFAULT_MAX_BYTES = 16 * 2**30
_MAX_PLANE_BYTES = 2 * 2**30
# Deflate cannot shrink data more than 1032-fold; real images that are nearly all black come to a
# few hundred, but they are small. Above both bounds the file is a bomb.
_BOMB_RATIO = 400
_BOMB_FROM_BYTES = 256 * 2**20
_KINDS = "buif"
_COMPLETE_OR_COPY = "It was cut off or damaged: copy or export it again."


def check_pixel_type(dtype: np.dtype[Any] | None, name: str) -> None:
    """Raise ImageReadError unless pixels are whole or real numbers of at most 64 bits."""
    if dtype is None or dtype.kind not in _KINDS or dtype.itemsize > 8:
        kind = "an unknown kind of numbers" if dtype is None else f"{dtype} numbers"
        raise ImageReadError(
            f"{name} holds {kind} as pixels, which is not supported. "
            "Save it as 8-bit, 16-bit or 32-bit float TIFF."
        )


def check_codec(page: TiffPage, name: str) -> None:
    """Raise ImageReadError where the compression of a page has no decoder here."""
    from tifffile import TIFF

    try:
        TIFF.DECOMPRESSORS[page.compression]
        TIFF.UNPREDICTORS[page.predictor]
    except KeyError as err:
        reason = str(err).strip("\"'")
        if "imagecodecs" in reason:
            raise ImageReadError(needs_codec(name, reason)) from err
        raise ImageReadError(
            f"{name} is compressed in an unknown way ({page.compression}). "
            "Save the file without compression."
        ) from err


def check_declared_size(series: TiffPageSeries, file_bytes: int, max_bytes: int, name: str) -> None:
    """Raise ImageReadError where decoding would need more memory than the file deserves.

    Pixels that lie in the file as they are need no check: they are mapped, not loaded.
    """
    page = series.keyframe
    declared = math.prod(series.get_shape(squeeze=False)) * series.dtype.itemsize
    if page.is_final:
        return
    tile = math.prod(page.chunks) * series.dtype.itemsize
    if max(page.nbytes, tile) > min(max_bytes, _MAX_PLANE_BYTES) or declared > max_bytes:
        raise ImageReadError(
            f"{name} declares {_size(max(declared, tile))} of pixels, more than the limit of "
            f"{_size(min(max_bytes, _MAX_PLANE_BYTES))} a plane or {_size(max_bytes)} in all. "
            "If it is meant to be so large, crop it or save it without compression."
        )
    bomb = max(declared, tile) > max(_BOMB_FROM_BYTES, _BOMB_RATIO * file_bytes)
    if bomb and not series.is_multifile:
        raise ImageReadError(
            f"{name} declares {_size(max(declared, tile))} of pixels but holds "
            f"{_size(file_bytes)}. It is damaged or not meant to be opened; export it again."
        )


def check_whole_size(series: TiffPageSeries, name: str) -> None:
    """Raise ImageReadError where a series that cannot be read plane by plane is large."""
    if series.nbytes > _MAX_PLANE_BYTES:
        raise ImageReadError(
            f"{name} holds its {_size(series.nbytes)} in an order ({series.axes}) that allows no "
            "plane to be read by itself. Save it with x and y as the last axes."
        )


def check_in_file(page: TiffPage | TiffFrame, file_bytes: int, name: str) -> None:
    """Raise ImageReadError where data of a page are not listed or lie beyond its file."""
    keyframe = page.keyframe
    assert keyframe is not None
    if keyframe.is_final:
        pieces = [(start, page.nbytes) for start in page.dataoffsets[:1]]
        # Offset 0 means no data: read as pixels there, the header would show.
        complete = any(start > 0 for start, _ in pieces)
    else:
        pieces = list(zip(page.dataoffsets, page.databytecounts, strict=False))
        # Pieces not listed would be filled in one by one, which a mutated width can make endless.
        complete = len(pieces) >= math.prod(keyframe.chunked)
    if not complete:
        raise ImageReadError(f"{name} has a page without all its data. {_COMPLETE_OR_COPY}")
    check_end(max(start + count for start, count in pieces), file_bytes, name)


def check_end(end: int, file_bytes: int, name: str) -> None:
    """Raise ImageReadError where a file of `file_bytes` should reach up to `end`."""
    if end > file_bytes:
        raise ImageReadError(
            f"{name} ends after {_size(file_bytes)} of {_size(end)}. {_COMPLETE_OR_COPY}"
        )


def _size(n_bytes: int) -> str:
    value = float(n_bytes)
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if value < 1024:
            return f"{value:.0f} {unit}" if unit == "bytes" else f"{value:.1f} {unit}"
        value /= 1024
    return f"{value:.1f} TiB"
