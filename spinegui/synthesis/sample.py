"""The sample project's images: a handful of frames and stacks, with their truth beside them."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from spinegui.synthesis.image_file import SynthesisError, write_bytes, write_image
from spinegui.synthesis.scene import make_image
from spinegui.synthesis.settings import FRAME, STACK, Optics, SceneSettings
from spinegui.synthesis.truth_file import coco_document, only_split

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

TRAIN = "train"
HELD_OUT = "held_out"


@dataclass(frozen=True, slots=True)
class SampleImage:
    """The recipe of one image: its file's name, its split, its seed and its settings."""

    file_name: str
    split: str
    seed: int
    settings: SceneSettings


@dataclass(frozen=True, slots=True)
class SampleTruth:
    """Where the sample was written: the images, and COCO documents of all and of each split."""

    train_images: tuple[Path, ...]
    held_out_images: tuple[Path, ...]
    truth: Path
    train: Path
    held_out: Path

    @property
    def images(self) -> tuple[Path, ...]:
        return self.train_images + self.held_out_images


_CONFOCAL = Optics("confocal", 0.488, 0.52, 1.3, 1.518)
_PAIR = replace(FRAME, n_dendrites=2, n_branches=0, spines_per_um=0.9)
_IN_VIVO = replace(
    STACK,
    width=448,
    height=224,
    n_z=14,
    pixel_um=0.1,
    z_step_um=1.0,
    n_branches=0,
    spines_per_um=1.0,
    photons=30.0,
)

SAMPLE: tuple[SampleImage, ...] = (
    SampleImage("dendrite_01.tif", TRAIN, 1, FRAME),
    SampleImage("dendrite_02.tif", TRAIN, 2, replace(FRAME, photons=55.0, background=0.15)),
    SampleImage("dendrite_03.tif", TRAIN, 33, replace(_PAIR, bit_depth=12)),
    SampleImage("stack_01.tif", TRAIN, 42, STACK),
    SampleImage("stack_02.tif", TRAIN, 28, _IN_VIVO),
    SampleImage("dendrite_04.tif", HELD_OUT, 6, replace(FRAME, photons=70.0, background=0.13)),
    SampleImage("dendrite_05.tif", HELD_OUT, 7, replace(FRAME, optics=_CONFOCAL, z_step_um=0.3)),
    SampleImage("stack_03.tif", HELD_OUT, 41, STACK),
)
"""Seeds were chosen by eye, for images that show what there is to see. No two images show the same
dendrite, so what is held out was never seen."""


def make_sample(
    folder: Path,
    *,
    on_progress: Callable[[int, int], None] | None = None,
    recipes: Sequence[SampleImage] = SAMPLE,
) -> SampleTruth:
    """Write the sample's images, `truth.json`, `train.json` and `held_out.json` into a folder.

    The folder is made where it is missing; files of those names are replaced. `on_progress` hears
    how many images of how many are done. The same recipes give the same bytes on one
    machine. Raises SynthesisError.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as err:
        raise SynthesisError(
            f"The folder {folder} could not be made ({err.strerror}). Choose another place."
        ) from err
    made = []
    for done, recipe in enumerate(recipes, start=1):
        image = make_image(recipe.seed, recipe.settings)
        write_image(folder / recipe.file_name, image)
        made.append((recipe.file_name, recipe.split, image))
        if on_progress is not None:
            on_progress(done, len(recipes))
    document = coco_document(made)
    parts = {"truth": document} | {s: only_split(document, s) for s in (TRAIN, HELD_OUT)}
    for name, part in parts.items():
        write_bytes(folder / f"{name}.json", json.dumps(part, indent=1) + "\n")
    return sample_paths(folder, recipes)


def sample_paths(folder: Path, recipes: Sequence[SampleImage] = SAMPLE) -> SampleTruth:
    """Return where `make_sample` writes what, whether or not it is there."""
    paths = {
        split: tuple(folder / r.file_name for r in recipes if r.split == split)
        for split in (TRAIN, HELD_OUT)
    }
    files = (folder / f"{name}.json" for name in ("truth", TRAIN, HELD_OUT))
    return SampleTruth(paths[TRAIN], paths[HELD_OUT], *files)
