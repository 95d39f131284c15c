"""Parameter files: named arrays, read without trusting the file."""

from __future__ import annotations

import zipfile
import zlib
from typing import TYPE_CHECKING

import numpy as np

from spinegui.backends.base import BackendError

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from numpy.typing import NDArray


def read_arrays(path: Path) -> dict[str, NDArray[np.generic]]:
    """Return the arrays of an npz file; raises BackendError for one that is damaged or missing."""
    try:
        # np.load leaves a file open that it opened itself and found damaged.
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (OSError, EOFError, ValueError, AttributeError, zipfile.BadZipFile, zlib.error) as err:
        raise unreadable(path) from err


def are_learned_again(learned_from: Collection[str], images: Collection[str]) -> bool:
    """Tell whether a training on these images repeats one on those, named by their SHA-256.

    Then it has to begin where that one began, else the decisions on images of both count twice,
    and an image that was taken out to measure on would still be known. Half of them will do: a fold
    of cross-validation leaves some out.
    """
    return 2 * len(set(learned_from) & set(images)) >= len(set(learned_from))


def unreadable(path: Path) -> BackendError:
    """Return what to raise where a parameter file does not hold what it should."""
    return BackendError(f"The parameters {path} cannot be read. Import the model again.")
