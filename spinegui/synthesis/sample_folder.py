"""Where the sample project is kept, and what is made of it when something is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spinegui.storage.places import data_folder
from spinegui.synthesis.sample import SAMPLE, make_sample, sample_paths

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from spinegui.synthesis.sample import SampleImage, SampleTruth

PROJECT_NAME = "sample.spine"


def sample_folder() -> Path:
    """Return the folder of the sample where no other is named: in the user's data folder."""
    return data_folder() / "sample"


def ensure_sample(
    folder: Path,
    *,
    on_progress: Callable[[int, int], None] | None = None,
    recipes: Sequence[SampleImage] = SAMPLE,
) -> SampleTruth:
    """Return the sample in a folder, made if any of it is missing. Raises SynthesisError."""
    truth = sample_paths(folder, recipes)
    # The documents are written last: with them there, an earlier run was not cut short.
    files = (*truth.images, truth.truth, truth.train, truth.held_out)
    if all(file.is_file() for file in files):
        return truth
    if on_progress is not None:
        on_progress(0, len(recipes))
    return make_sample(folder, on_progress=on_progress, recipes=recipes)
