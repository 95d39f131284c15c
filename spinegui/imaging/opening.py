"""The door to images: open one, recognise one, note down which one it is."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from spinegui.domain.image_ref import ImageRef
from spinegui.imaging.limits import DEFAULT_MAX_BYTES
from spinegui.imaging.reading import reading
from spinegui.imaging.tiff import open_tiff

if TYPE_CHECKING:
    import os

    from spinegui.imaging.source import ImageSource

_SUFFIXES = frozenset({".tif", ".tiff", ".lsm"})  # .ome.tif ends in .tif too


def is_image(path: str | os.PathLike[str]) -> bool:
    """Tell by its suffix whether a file is one that `open_image` is for."""
    return Path(path).suffix.lower() in _SUFFIXES


def open_image(path: str | os.PathLike[str], *, max_bytes: int = DEFAULT_MAX_BYTES) -> ImageSource:
    """Open an image lazily: only its structure is read.

    A compressed image that declares more than `max_bytes` of pixels is refused; pixels that lie in
    the file as they are get mapped, whatever their size. Raises ImageReadError. The caller closes.
    """
    return open_tiff(Path(path), max_bytes=max_bytes)


def image_ref(path: str | os.PathLike[str], *, image_id: str) -> ImageRef:
    """Describe the image at `path`: sizes, pixel size, and the SHA-256 of the file's bytes.

    Raises ImageReadError. The path is kept as given; storage decides what it is relative to.
    """
    with open_image(path) as source:
        return ImageRef(
            id=image_id,
            path=str(path),
            sha256=file_sha256(path),
            file_bytes=source.path.stat().st_size,
            width=source.width,
            height=source.height,
            n_z=source.n_z,
            n_channels=source.n_channels,
            n_times=source.n_times,
            dtype=source.dtype.name,
            axes=source.axes,
            pixel_size=source.pixel_size,
        )


def file_sha256(path: str | os.PathLike[str]) -> str:
    """Return the hexadecimal SHA-256 of a file, read in pieces; raises ImageReadError."""
    with reading(Path(path)), Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
