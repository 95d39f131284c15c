"""What the shipped networks learn from: the `train` splits and synthetic scenes, by group."""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from spinegui.storage.training_set import from_coco
from spinegui.synthesis.image_file import write_image
from spinegui.synthesis.scene import make_image
from spinegui.synthesis.settings import FRAME, STACK, SceneSettings
from spinegui.synthesis.truth_file import coco_document

if TYPE_CHECKING:
    from pathlib import Path

    from spinegui.storage.training_values import TrainingImage

_NEIGHBOURS = 3
"""Frames are numbered by experiment; those this near often show the same dendrite."""


@dataclass(frozen=True)
class Source:
    """Images of one origin."""

    name: str
    images: tuple[TrainingImage, ...]


def sources(data: Path, work: Path, *, n_frames: int, n_stacks: int) -> list[Source]:
    """Return all sources, the synthetic ones made below `work` where they are not there yet."""
    cut_out = from_coco(data / "meng_classes/train.json", data / "meng_classes").images
    return [
        Source("frames", _frames(data / "mpfi_fullframes")),
        Source("stacks", _stacks(data / "rr30a_3d")),
        Source("projections", _projections(data / "rr30a_3d")),
        Source("cut out", cut_out),
        Source("synthetic", _synthetic(work / "frames", n_frames, first_seed=50_000)),
        Source("synthetic stacks", _synthetic(work / "stacks", n_stacks, first_seed=60_000)),
    ]


def parted(images: tuple[TrainingImage, ...], share: float) -> tuple[list, list]:
    """Return images to learn from and images set aside to select on, whole groups, every k-th."""
    groups = sorted({image.group for image in images})
    aside = set(groups[2 :: max(2, round(1 / share))])
    learn = [image for image in images if image.group not in aside]
    return learn, [image for image in images if image.group in aside]


def _frames(folder: Path) -> tuple[TrainingImage, ...]:
    data = json.loads((folder / "train.json").read_text())
    numbers = sorted(image["id"] for image in data["images"])
    group, groups = 0, {numbers[0]: 0}
    for before, after in pairwise(numbers):
        group += after - before > _NEIGHBOURS
        groups[after] = group
    images = from_coco(folder / "train.json", folder).images
    ids = [image["id"] for image in data["images"]]
    return tuple(
        replace(image, group=f"frames {groups[i]:03d}")
        for image, i in zip(images, ids, strict=True)
    )


def _stacks(folder: Path) -> tuple[TrainingImage, ...]:
    data = json.loads((folder / "train.json").read_text())
    sessions = [f"session {image['session']}" for image in data["images"]]
    images = from_coco(folder / "train.json", folder).images
    return tuple(replace(im, group=s) for im, s in zip(images, sessions, strict=True))


def _projections(folder: Path) -> tuple[TrainingImage, ...]:
    data = json.loads((folder / "train.json").read_text())
    return tuple(
        replace(
            image,
            file=folder / entry["file_name"],
            stack=False,
            pixel_size=None if image.pixel_size is None else replace(image.pixel_size, z_um=None),
            positives=tuple(replace(p, z=None, z_range=None) for p in image.positives),
        )
        for image, entry in zip(_stacks(folder), data["images"], strict=True)
    )


def _synthetic(folder: Path, count: int, *, first_seed: int) -> tuple[TrainingImage, ...]:
    folder.mkdir(parents=True, exist_ok=True)
    truth = folder / f"truth-{count}.json"
    if not truth.exists():
        with ProcessPoolExecutor(2) as pool:
            seeds = range(first_seed, first_seed + count)
            made = list(pool.map(_make, [(folder, seed) for seed in seeds], chunksize=4))
        documents = [coco_document([entry]) for entry in made]
        truth.write_text(json.dumps(_joined(documents)))
    images = from_coco(truth, folder).images
    return tuple(replace(im, group=f"seed {im.file.stem}") for im in images)


def _make(order: tuple[Path, int]) -> tuple:
    folder, seed = order
    image = make_image(seed, varied_settings(seed, is_stack=folder.name == "stacks"))
    write_image(folder / f"{seed}.tif", image)
    return f"{seed}.tif", "train", image


def varied_settings(seed: int, *, is_stack: bool) -> SceneSettings:
    """Return a scene of another brightness, zoom, depth and density, each seed its own."""
    draw = np.random.default_rng(seed)
    base = STACK if is_stack else replace(FRAME, width=384, height=384)
    return replace(
        base,
        pixel_um=base.pixel_um * float(draw.uniform(0.8, 1.4)),
        photons=base.photons * float(np.exp(draw.normal(0, 0.7))),
        spines_per_um=float(draw.uniform(0.3, 1.4)),
        n_dendrites=int(draw.integers(1, 3)),
        n_branches=int(draw.integers(0, 3)),
        n_axons=int(draw.integers(0, 6)),
        n_blobs=int(draw.integers(0, 10)),
        n_out_of_focus=int(draw.integers(0, 4)),
        background=float(draw.uniform(0.03, 0.25)),
        haze=float(draw.uniform(0.0, 0.3)),
    )


def _joined(documents: list[dict]) -> dict:
    """Return one document from many, ids counted on."""
    whole: dict = {**documents[0], "images": [], "annotations": []}
    for document in documents:
        first_image, first_spine = len(whole["images"]), len(whole["annotations"])
        ids = {image["id"]: first_image + i for i, image in enumerate(document["images"])}
        whole["images"] += [{**image, "id": ids[image["id"]]} for image in document["images"]]
        whole["annotations"] += [
            {**spine, "id": first_spine + i, "image_id": ids[spine["image_id"]]}
            for i, spine in enumerate(document["annotations"])
        ]
    return whole
