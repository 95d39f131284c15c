"""Labelled spines as what the head learns from: crops, opinions, groups, and rows of replay."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from spinegui.backends.base import BackendError, Frame
from spinegui.backends.classical.class_training import opinion_of
from spinegui.backends.inception_v3.crops import CropGeometry, View, cut_crop, head_size, slab
from spinegui.backends.inception_v3.weights import REPLAY
from spinegui.imaging.opening import open_image

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from spinegui.backends.base import Reporter
    from spinegui.storage.training_values import LabelledBox, TrainingImage, TrainingSet

    Array = NDArray[np.float32]

COPIES = 4
"""Crops a spine: as it is, and varied."""
_BOX_SHARE, _ZOOM_SPREAD = 0.2, 0.1


@dataclass(frozen=True, slots=True)
class Spine:
    """A labelled spine: its image and box, what raters said, which group it belongs to."""

    image: TrainingImage
    labelled: LabelledBox
    opinion: dict[str, float]
    group: str


def labelled_spines(training: TrainingSet) -> list[Spine]:
    """Return the spines with a class, image by image; "unsure" and unlabelled ones are left out."""
    spines = []
    for image in training.images:
        for labelled in image.positives:
            opinion = opinion_of(labelled)
            if opinion:
                spines.append(Spine(image, labelled, opinion, image.group or image.sha256))
    return spines


def all_labels(known: Sequence[str], spines: Sequence[Spine]) -> tuple[str, ...]:
    """Return the labels known already and after them the new ones, sorted."""
    found = {label for spine in spines for label in spine.opinion}
    return (*known, *sorted(found - set(known)))


def soft_labels(spines: Sequence[Spine], label_ids: Sequence[str]) -> Array:
    """Return (n, k) float32: the raters' shares."""
    rows = [[spine.opinion.get(label, 0.0) for label in label_ids] for spine in spines]
    return np.array(rows, np.float32).reshape(len(spines), len(label_ids))


def crops_of(
    spines: Sequence[Spine],
    geometry: CropGeometry,
    seed: int,
    reporter: Reporter,
    *,
    first: int = 0,
) -> Iterator[Array]:
    """Yield (COPIES, size, size, 3) crops a spine, in order from `first`; the first one as it is.

    Spines of one image follow each other: it is read once. Raises ImageReadError, CancelledError.
    """
    frame, read, head = None, None, (1.0, 1.0)
    for i, spine in enumerate(spines):
        reporter.check_cancelled()
        if i < first:
            continue
        if frame is None or spine.image is not read:
            frame, read = _frame(spine.image), spine.image
            head = head_size(frame)
        z = float("nan") if spine.labelled.z is None else float(spine.labelled.z)
        plane = slab(frame, z)
        rng = np.random.default_rng([seed, i])
        box = np.array(spine.labelled.box.as_xyxy(), np.float64)
        yield np.stack(
            [cut_crop(plane, box, head, geometry)]
            + [_varied(plane, box, head, geometry, rng) for _ in range(COPIES - 1)]
        )


def _varied(
    plane: Array,
    box: NDArray[np.float64],
    head: tuple[float, float],
    geometry: CropGeometry,
    rng: np.random.Generator,
) -> Array:
    size = np.tile(box[2:] - box[:2], 2)
    moved = box + rng.uniform(-0.5, 0.5, 4) * _BOX_SHARE * size
    view = View(
        float(rng.uniform(0, 2 * np.pi)),
        bool(rng.random() < 0.5),
        float(np.exp(np.clip(rng.normal(0, _ZOOM_SPREAD), -0.25, 0.25))),
    )
    crop = cut_crop(plane, moved, head, geometry, view)
    gamma = np.float32(np.exp(rng.normal(0, 0.15)))
    crop[..., :2] **= gamma
    noise = rng.normal(0, rng.uniform(0, 0.03), crop[..., :2].shape).astype(np.float32)
    crop[..., :2] = np.clip(crop[..., :2] + noise * (crop[..., :2] > 0), 0, 1)
    return crop


def _frame(image: TrainingImage) -> Frame:
    with open_image(image.file) as source:
        pixels = np.array(source.volume(c=image.channel))
        return Frame(pixels, image.pixel_size or source.pixel_size)


def selection_groups(
    spines: Sequence[Spine], label_ids: Sequence[str], seed: int, share: float = 0.2
) -> frozenset[str]:
    """Return the groups whose spines choose the best epoch: about a fifth of every class.

    Empty where there is but one group, or where so few spines are better all learned from.
    """
    groups = sorted({spine.group for spine in spines})
    if len(groups) < 2 or len(spines) < 20:
        return frozenset()
    opinions = soft_labels(spines, label_ids)
    member = np.array([groups.index(spine.group) for spine in spines])
    counts = np.stack([opinions[member == g].sum(axis=0) for g in range(len(groups))])
    wanted = share * counts.sum(axis=0)
    chosen: list[int] = []
    taken = np.zeros(len(label_ids))
    for g in np.random.default_rng(seed).permutation(len(groups)):
        before, after = np.abs(wanted - taken), np.abs(wanted - taken - counts[g])
        scale = np.maximum(wanted, 1.0)
        if (after / scale).sum() < (before / scale).sum() and len(chosen) < len(groups) - 1:
            chosen.append(int(g))
            taken = taken + counts[g]
    return frozenset(groups[g] for g in chosen)


@dataclass(frozen=True, eq=False)
class Replay:
    """Features (m, d) of spines that earlier models learned from, with opinions (m, k).

    No images: features only. `base_sha256` names the base they were computed by.
    """

    features: Array
    opinions: Array
    label_ids: tuple[str, ...]
    base_sha256: str

    def __len__(self) -> int:
        return len(self.features)

    def for_labels(self, label_ids: Sequence[str]) -> Array:
        """Return the opinions (m, len(label_ids)) over other labels that hold all of these."""
        columns = [list(label_ids).index(label) for label in self.label_ids]
        result = np.zeros((len(self), len(label_ids)), np.float32)
        result[:, columns] = self.opinions
        return result

    def save(self, folder: Path) -> None:
        """Write it into a model folder, in half precision."""
        np.savez_compressed(
            folder / REPLAY,
            features=self.features.astype(np.float16),
            opinions=self.opinions.astype(np.float16),
            label_ids=np.array(self.label_ids),
            base_sha256=np.array(self.base_sha256),
        )

    @classmethod
    def load(cls, folder: Path) -> Replay | None:
        """Read it from a model folder, None where the model has none; raises BackendError."""
        path = folder / REPLAY
        if not path.exists():
            return None
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as found:
                features = found["features"].astype(np.float32)
                opinions = found["opinions"].astype(np.float32)
                labels = tuple(str(label) for label in found["label_ids"])
                sha = str(found["base_sha256"])
        except (OSError, ValueError, KeyError, zipfile.BadZipFile) as err:
            raise BackendError(
                f"{REPLAY} of the model in {folder} cannot be read ({err}). Import the model again."
            ) from err
        fits = features.ndim == 2 and opinions.shape == (len(features), len(labels))
        if not fits or not np.isfinite(features).all() or not np.isfinite(opinions).all():
            raise BackendError(
                f"{REPLAY} of the model in {folder} is damaged. Import the model again."
            )
        return cls(features, opinions, labels, sha)
