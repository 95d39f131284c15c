"""Features computed so far, kept where an interrupted training finds them again."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import numpy as np

from spinegui.backends.base import CheckpointError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from spinegui.backends.base import Reporter

    Array = NDArray[np.float32]

_NAME = "features.npz"
_EVERY = 8
"""Batches between two checkpoints."""


class FeatureFile:
    """Rows of features (n, c, d) in the order of the spines, and the file that keeps them."""

    def __init__(self, path: Path | None, key: str, rows: Array | None = None) -> None:
        self._path = path
        self._key = key
        self._parts = [] if rows is None else [rows]
        self._unsaved = 0

    @classmethod
    def open(cls, folder: Path | None, resume: Path | None, key: str) -> FeatureFile:
        """Continue from `resume`, or begin anew without it; raises CheckpointError."""
        path = None if folder is None else folder / _NAME
        return cls(path, key, None if resume is None else _read(resume, key))

    @property
    def rows(self) -> Array:
        """All features so far, (n, c, d) float32."""
        if not self._parts:
            return np.zeros((0, 0, 0), np.float32)
        if len(self._parts) > 1:
            self._parts = [np.concatenate(self._parts)]
        return self._parts[0]

    def add(self, rows: Array, reporter: Reporter) -> None:
        """Append rows, and write all of them now and then."""
        self._parts.append(rows)
        self._unsaved += 1
        if self._path is not None and self._unsaved >= _EVERY:
            self._save(self._path)
            reporter.checkpoint(self._path)
            self._unsaved = 0

    def _save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name("part-" + path.name)
        np.savez(part, rows=self.rows, key=np.array(self._key))
        part.replace(path)


def _read(path: Path, key: str) -> Array:
    """Return a checkpoint's rows; raises CheckpointError for one that is another's or cut short."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as found:
            rows: Array = found["rows"].astype(np.float32)
            if str(found["key"]) == key and rows.ndim == 3 and np.isfinite(rows).all():
                return rows
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as err:
        raise CheckpointError(f"{path.name} was cut short ({err}). Train from the start.") from err
    raise CheckpointError(f"{path.name} belongs to another training. Train from the start.")
