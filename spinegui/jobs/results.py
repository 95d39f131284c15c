"""What a job leaves in its result folder."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import numpy as np

from spinegui.domain.predictions import Predictions
from spinegui.jobs.spec import RESULT_NAME
from spinegui.storage.files import write_whole
from spinegui.storage.strict_json import Fields, StrictJsonError, load_strict

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

_UNREADABLE = (OSError, ValueError, KeyError, zipfile.BadZipFile, EOFError, TypeError)
_ARRAYS = ("boxes", "scores", "class_scores", "z", "z_range", "head", "base")

MODEL_NAME = "model"
METRICS_NAME = "metrics.json"
CLASSIFIED_NAME = "classified.json"
MEASURED_SET = "measured_set.json"
"""The images of a cross-validation, written as training sets are."""
BEFORE_NAME = "predictions_before"
AFTER_NAME = "predictions_after"


class ResultError(Exception):
    """A result file cannot be read; the text says what happened and what to do."""


def result_dir(job_dir: Path) -> Path:
    """Return where a job's results lie."""
    return job_dir / RESULT_NAME


def predictions_name(index: int) -> str:
    """Return the file name of the predictions on image `index` of the payload."""
    return f"{index:06d}.npz"


def save_predictions(path: Path, predictions: Predictions) -> None:
    """Write predictions to an .npz file; a reader sees the whole file or none. Raises OSError."""
    arrays = {name: getattr(predictions, name) for name in _ARRAYS}
    buffer = io.BytesIO()
    np.savez(
        buffer,
        model=np.asarray(predictions.model),
        class_ids=np.asarray(predictions.class_ids, dtype=np.str_),
        **arrays,
    )
    write_whole(path, buffer.getvalue())


def save_lines(path: Path, lines: Sequence[NDArray[np.float64]]) -> None:
    """Write centre lines (n, 3) x, y in px and z in slices to an .npz file. Raises OSError."""
    buffer = io.BytesIO()
    points = np.concatenate([np.zeros((0, 3)), *lines])
    np.savez(buffer, points=points, lengths=np.array([len(line) for line in lines], np.int64))
    write_whole(path, buffer.getvalue())


def load_lines(path: Path) -> tuple[NDArray[np.float64], ...]:
    """Read what `save_lines` wrote. Raises ResultError."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as found:
            points, lengths = np.asarray(found["points"], np.float64), found["lengths"]
        if points.shape != (lengths.sum(), 3) or not np.isfinite(points).all():
            raise ValueError("not a list of lines")
        return tuple(np.split(points, np.cumsum(lengths)[:-1])) if len(lengths) else ()
    except _UNREADABLE as err:
        raise ResultError(
            f"The shafts in {path} cannot be read ({err}). Trace them again."
        ) from err


def load_predictions(path: Path) -> Predictions:
    """Read what `save_predictions` wrote. Raises ResultError."""
    try:
        # Opened here: numpy leaves the file open where it is no zip.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as found:
            arrays = {name: found[name] for name in _ARRAYS}
            model = str(found["model"])
            class_ids = tuple(str(c) for c in found["class_ids"])
        return Predictions(model=model, class_ids=class_ids, **arrays)
    except _UNREADABLE as err:
        raise ResultError(
            f"The predictions in {path} cannot be read ({err}). Run the detection again."
        ) from err


def load_class_scores(path: Path) -> list[tuple[tuple[str, float], ...]]:
    """Read what a classify job wrote: for each box its classes with probabilities, in order.

    Raises ResultError.
    """
    try:
        entries = Fields.of({"boxes": load_strict(path)}, "The file").items("boxes")
        rows = [Fields.of(entry, "An entry").values.get("category_scores") for entry in entries]
        scores = [Fields.of(row, "An entry's scores") for row in rows]
        return [tuple((label, row.number(label)) for label in row.values) for row in scores]
    except (OSError, StrictJsonError) as err:
        raise ResultError(
            f"The classes in {path} cannot be read ({err}). Classify the boxes again."
        ) from err
