"""Spines with known classes as samples for the classifier, from people and from synthesis."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import tifffile

from spinegui.backends.base import Frame
from spinegui.backends.classical.class_features import frame_features
from spinegui.backends.classical.scale import HEAD_UM
from spinegui.backends.classical.shape import fit_spine
from spinegui.domain.labels import SPINE_CLASSES
from spinegui.synthesis.scene import make_image
from spinegui.synthesis.settings import FRAME, STACK, SceneSettings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from spinegui.synthesis.scene import SyntheticImage

CLASSES = SPINE_CLASSES.ids
EVEN_MIX = tuple((label, 0.25) for label in CLASSES)


@dataclass(frozen=True, eq=False)
class Samples:
    """features (n, d), labels (n,) as indices of CLASSES, groups and images (n,) as text."""

    features: NDArray[np.float64]
    labels: NDArray[np.int64]
    groups: NDArray[np.str_]
    images: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, index: NDArray[np.bool_]) -> Samples:
        return Samples(
            self.features[index], self.labels[index], self.groups[index], self.images[index]
        )

    @property
    def one_hot(self) -> NDArray[np.float64]:
        return np.eye(len(CLASSES))[self.labels]


def joined(parts: Iterable[Samples]) -> Samples:
    listed = list(parts)
    return Samples(*(np.concatenate([getattr(p, f) for p in listed]) for f in _FIELDS))


_FIELDS = ("features", "labels", "groups", "images")


def jittered(
    boxes: NDArray[np.float64], share: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Move each side of boxes (n, 4) xyxy by up to half of `share` of the size: it changes by
    up to ± `share`, and the centre moves as well."""
    size = boxes[:, 2:] - boxes[:, :2]
    move = rng.uniform(-share / 2, share / 2, (len(boxes), 4)) * np.hstack([size, size])
    return boxes + move


# --- people's classes -----------------------------------------------------------------------------


def meng(data: Path, split: str, kind: str, seed: int = 0) -> Samples:
    """Return the four-class spines of a split of meng_classes ("ball" is left out).

    kind: "given" boxes; "jittered" by ±15 %; "varied" by ±20 % and in scale; "raw" as varied, on a
    made-up background with blur and noise, since the originals were cut out onto black.
    """
    rng = np.random.default_rng(seed)
    return joined(_meng_images(data / "meng_classes", split, kind, rng))


def _meng_images(
    folder: Path, split: str, kind: str, rng: np.random.Generator
) -> Iterator[Samples]:
    found = json.loads((folder / f"{split}.json").read_text())
    names = {c["id"]: c["name"] for c in found["categories"]}
    for image in found["images"]:
        spines = [a for a in found["annotations"] if a["image_id"] == image["id"]]
        labels = [names[a["category_id"]] for a in spines]
        if not set(labels) & set(CLASSES):
            continue
        corners = np.array([a["bbox"] for a in spines])
        corners[:, 2:] += corners[:, :2]
        share = {"given": 0.0, "jittered": 0.15}.get(kind, 0.20)
        boxes = jittered(corners, share, rng)
        plane = tifffile.imread(folder / image["file_name"]).astype(np.float32)
        head = 0.8 * float(np.median(np.sqrt(np.prod(boxes[:, 2:] - boxes[:, :2], axis=1))))
        if kind == "raw":
            plane = with_background(plane, head, rng)
        factor = np.exp(rng.normal(0, 0.1)) if kind in {"varied", "raw"} else None
        features = _features(plane[None], boxes, head_px=head, factor=factor)
        known = np.array([label in CLASSES for label in labels])
        index = np.array([CLASSES.index(label) for label in labels if label in CLASSES])
        series, name = f"meng {image['series']}", f"meng {image['id']}"
        n = len(index)
        yield Samples(features[known], index, np.full(n, series), np.full(n, name))


def _features(
    pixels: NDArray[np.generic],
    boxes: NDArray[np.float64],
    *,
    head_px: float,
    factor: float | None,
) -> NDArray[np.float64]:
    """Return features; with a factor at a head size so many times the one found."""
    from spinegui.domain.image_ref import PixelSize

    size = None
    if factor is not None:
        px = HEAD_UM / (head_px * factor)
        size = PixelSize(px, px, None, "varied")
    return frame_features(Frame(pixels, size), boxes, np.full(len(boxes), np.nan))


def with_background(
    plane: NDArray[np.float32], head: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Return a cut-out dendrite as if it had been imaged in tissue: blur, haze, noise."""
    from scipy.ndimage import gaussian_filter

    bright = float(np.percentile(plane[plane > 0], 90))
    haze = gaussian_filter(plane, 3 * head) * rng.uniform(0, 3)
    texture = gaussian_filter(rng.standard_normal(plane.shape).astype(np.float32), 6 * head)
    texture *= 0.05 * rng.uniform() / float(texture.std())
    level = np.clip(texture + 0.15 * rng.uniform(0.3, 1), 0, None) * bright
    lit = gaussian_filter(plane, 0.08 * head * rng.uniform()) + haze + level
    photons = rng.uniform(15, 120) / bright
    return (rng.poisson(lit * photons) / photons).astype(np.float32)


# --- synthetic spines -----------------------------------------------------------------------------


def varied_scene(rng: np.random.Generator) -> SceneSettings:
    """Return settings about those of two-photon images: zoom, light and background vary."""
    pixel_um = float(rng.choice([0.06, 0.08, 0.1, 0.12, 0.15]))
    side = int(np.clip(round(28 / pixel_um), 192, 512))
    base = replace(
        STACK if rng.random() < 0.2 else FRAME,
        pixel_um=pixel_um,
        class_mix=EVEN_MIX,
        photons=float(np.exp(rng.uniform(np.log(30), np.log(200)))),
        haze=float(rng.uniform(0.02, 0.25)),
        background=float(rng.uniform(0.02, 0.2)),
    )
    return base if base.is_stack else replace(base, width=side, height=side)


def synthetic(seeds: Iterable[int]) -> Samples:
    """Return training spines: each with its true box, jittered, and with the box we fit."""
    parts = []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        image = make_image(seed, varied_scene(rng))
        if image.visible:
            known = bool(rng.random() < 0.5)
            parts += [
                spines_of(image, jittered(true_boxes(image), 0.2, rng), known=known),
                spines_of(image, fitted_boxes(image, rng), known=known),
            ]
    return joined(parts)


def true_boxes(image: SyntheticImage) -> NDArray[np.float64]:
    return np.array([spine.box.as_xyxy() for spine in image.visible])


def fitted_boxes(image: SyntheticImage, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the boxes that shape measurement finds from roughly known heads."""
    scale = HEAD_UM / image.settings.pixel_um * float(np.exp(rng.normal(0, 0.12)))
    boxes = []
    for spine in image.visible:
        at = min(max(round(spine.z), 0), len(image.pixels) - 1)
        plane = image.pixels[max(0, at - 1) : at + 2].max(axis=0).astype(np.float32)
        x, y = np.array(spine.head[:2]) + rng.normal(0, 0.1, 2) * scale
        boxes.append(fit_spine(plane, (float(x), float(y)), None, scale).box.as_xyxy())
    return np.array(boxes)


def spines_of(image: SyntheticImage, boxes: NDArray[np.float64], *, known: bool) -> Samples:
    """Return the visible spines in these boxes, their pixel size known or not."""
    spines = image.visible
    z = np.array([s.z if image.settings.is_stack else np.nan for s in spines])
    frame = Frame(image.pixels, image.pixel_size if known else None)
    labels = np.array([CLASSES.index(s.label) for s in spines])
    name = np.full(len(spines), f"synthetic {image.seed}")
    return Samples(frame_features(frame, boxes, z), labels, name, name)
