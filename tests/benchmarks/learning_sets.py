"""Sets of annotated images that arrive one by one, and what measures how well they are learned."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from spinegui.storage.exchange.coco import read_coco
from spinegui.storage.exchange.coco_reading import dataset_from_json
from spinegui.synthesis.image_file import write_image
from spinegui.synthesis.scene import make_image
from spinegui.synthesis.settings import FRAME
from spinegui.synthesis.truth_file import coco_document

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from spinegui.storage.exchange.coco import CocoDataset
    from spinegui.storage.exchange.coco_values import Id
    from spinegui.synthesis.scene import SyntheticImage
    from spinegui.synthesis.settings import SceneSettings

CLASSES = ("mushroom", "thin", "stubby", "filopodia")
LOOK_ALIKE = 3
"""Frames whose numbers are at most this far apart may show the same dendrite."""

OLD_SEED, BOUTON_SEED = 41_000, 43_000
"""Far from the seeds that any model of ours was fitted on."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A dataset and the folder that its file names are relative to."""

    dataset: CocoDataset
    root: Path

    @property
    def n_spines(self) -> int:
        return len(self.dataset.annotations)


@dataclass(frozen=True, slots=True)
class LoopSet:
    """A set that a model never saw.

    Images of `arriving` come in their order; those of `test` are never reviewed, and none shows
    what an arriving one shows. `redrawn_iou` is the reviewer's.
    """

    name: str
    arriving: Shown
    test: Shown
    has_classes: bool
    redrawn_iou: float


def mpfi(data: Path, n_frames: int, n_test: int, _folder: Path | None = None) -> LoopSet:
    """Return frames of the MPFI train split by experiment number, one of each experiment in turn.

    Every other experiment arrives, the ones between them are tested on. Its boxes are points: they
    say where a spine is, not how large.
    """
    root = data / "mpfi_fullframes"
    dataset = read_coco(root / "train.json")
    numbers = sorted(int(image.id) for image in dataset.images)
    groups = [[numbers[0]]]
    for before, after in pairwise(numbers):
        if after - before > LOOK_ALIKE:
            groups.append([])
        groups[-1].append(after)
    arriving = sorted(_in_turn(groups[::2], n_frames))
    test = sorted(_in_turn(groups[1::2], n_test))
    return LoopSet(
        "MPFI frames", Shown(only(dataset, arriving), root), Shown(only(dataset, test), root),
        has_classes=False, redrawn_iou=0.0,
    )  # fmt: skip


def meng(data: Path, n_frames: int, n_test: int, _folder: Path | None = None) -> LoopSet:
    """Return cut-out dendrites of the Meng train split: every other series arrives.

    The annotators' own class `ball` is taught as such: a laboratory with a fifth class has to.
    """
    root = data / "meng_classes"
    dataset = read_coco(root / "train.json")
    by_series: dict[object, list[Id]] = {}
    for image in dataset.images:
        by_series.setdefault(image.extra["series"], []).append(image.id)
    groups = list(by_series.values())
    arriving, test = _in_turn(groups[::2], n_frames), _in_turn(groups[1::2], n_test)
    return LoopSet(
        "Meng dendrites", Shown(only(dataset, arriving), root), Shown(only(dataset, test), root),
        has_classes=True, redrawn_iou=0.5,
    )  # fmt: skip


def boutons(_data: Path, n_frames: int, n_test: int, folder: Path | None = None) -> LoopSet:
    """Return synthetic fields full of axons, whose boutons look much like spines.

    No model of ours learned from such fields, so those that ship can learn them from the start.
    """
    assert folder is not None
    count = n_frames + n_test
    scene = replace(_scene(), n_axons=14, n_blobs=25)
    made = _made(folder, [make_image(BOUTON_SEED + i, scene) for i in range(count)])
    ids = [image.id for image in made.dataset.images]
    return LoopSet(
        "Synthetic fields full of axons",
        Shown(only(made.dataset, ids[:n_frames]), folder),
        Shown(only(made.dataset, ids[n_frames:]), folder),
        has_classes=True, redrawn_iou=0.5,
    )  # fmt: skip


SETS = {"mpfi": mpfi, "meng": meng, "boutons": boutons}


def old_sets(data: Path, folder: Path, n_synthetic: int) -> dict[str, Shown]:
    """Return what the model knew before: unseen synthetic frames, and the in vivo `val` session.

    That session comes twice, as stacks and as their projections. Synthetic images are written into
    the folder.
    """
    made = _made(folder, [make_image(OLD_SEED + i, _scene()) for i in range(n_synthetic)])
    root = data / "rr30a_3d"
    stacks = read_coco(root / "val.json")
    flat = tuple(replace(image, stack=None, z_step_um=None) for image in stacks.images)
    return {
        "synthetic frames": made,
        "in vivo stacks": Shown(stacks, root),
        "in vivo projections": Shown(replace(stacks, images=flat), root),
    }


def _made(folder: Path, images: Sequence[SyntheticImage]) -> Shown:
    """Write synthetic images and return them with their truth."""
    folder.mkdir(parents=True, exist_ok=True)
    named = [(f"{i:02}.tif", "test", image) for i, image in enumerate(images)]
    for name, _, image in named:
        write_image(folder / name, image)
    return Shown(dataset_from_json(coco_document(named)), folder)


def _scene() -> SceneSettings:
    return replace(FRAME, width=384, height=384)


def only(dataset: CocoDataset, ids: Sequence[Id]) -> CocoDataset:
    """Return the images with these ids, in that order, with their annotations."""
    by_id = {image.id: image for image in dataset.images}
    kept = tuple(a for a in dataset.annotations if a.image_id in set(ids))
    return replace(dataset, images=tuple(by_id[i] for i in ids), annotations=kept)


def four_classes(dataset: CocoDataset) -> CocoDataset:
    """Return it with spines of other classes as spines of no class."""
    categories = tuple(
        c if c.label in CLASSES else replace(c, name="spine", extra={}) for c in dataset.categories
    )
    return replace(dataset, categories=categories)


def _in_turn(groups: Sequence[Sequence[Id]], n: int) -> list[Id]:
    """Return n members, the middle one of each group first, then one of each group again."""
    middle_first = [_middle_first(group) for group in groups]
    longest = max(map(len, groups))
    rounds = [g[k] for k in range(longest) for g in middle_first if k < len(g)]
    return rounds[:n]


def _middle_first(group: Sequence[Id]) -> list[Id]:
    order = sorted(range(len(group)), key=lambda k: abs(k - len(group) // 2))
    return [group[k] for k in order]
