"""Image files kept open a while, so that going to and fro between them costs no reading."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from spinegui.imaging.opening import open_image
from spinegui.imaging.prefetch import PlanePrefetcher

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from spinegui.imaging.stack_levels import StackLevels

CACHE_BYTES = 256 * 1024 * 1024
"""For the planes of one image, and again for those of all that are kept beside the shown one."""
MOST_KEPT = 4


class OpenedImage:
    """One open file with what was read from it. Raises ImageReadError where it cannot be opened."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.stamp = _stamp(path)
        self.source = open_image(path)
        self.planes = PlanePrefetcher(self.source, CACHE_BYTES)
        self.projections: dict[object, NDArray[np.generic]] = {}
        self.levels: dict[int, StackLevels | None] = {}
        """How bright each channel of a stack is that was looked over, None where it cannot be."""

    @property
    def bytes_held(self) -> int:
        """Memory of what was read."""
        return self.planes.bytes_held + sum(p.nbytes for p in self.projections.values())

    def close(self) -> None:
        self.planes.close()
        self.source.close()


class OpenedImages:
    """The images looked at last, and those that are expected next. One thread only may call."""

    def __init__(self) -> None:
        self._images: OrderedDict[Path, OpenedImage] = OrderedDict()

    def open(self, path: Path) -> OpenedImage:
        """Return the image at `path`, opened now unless it still is; raises ImageReadError.

        A file that was changed or is gone is read anew: what is kept is not what is there.
        """
        kept = self._images.pop(path, None)
        if kept is not None and kept.stamp != _stamp(path):
            kept.close()
            kept = None
        image = kept or OpenedImage(path)
        self._images[path] = image
        return image

    def trim(self, shown: OpenedImage | None) -> None:
        """Close what was used least lately, until few files and little memory are held."""
        others = [path for path, image in self._images.items() if image is not shown]
        held = sum(self._images[path].bytes_held for path in others)
        while others and (held > CACHE_BYTES or len(others) >= MOST_KEPT):
            image = self._images.pop(others.pop(0))
            held -= image.bytes_held
            image.close()

    def close(self) -> None:
        for image in self._images.values():
            image.close()
        self._images.clear()


def _stamp(path: Path) -> tuple[int, int] | None:
    """Return what changes with a file's content, None where there is no file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
