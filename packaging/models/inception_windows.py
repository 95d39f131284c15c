"""Windows around spines of known class, cut from images before any augmentation."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import tifffile
from classifier_examples import CLASSES, EVEN_MIX, fitted_boxes, true_boxes

from spinegui.backends.classical import cut_out
from spinegui.backends.classical.scale import HEAD_UM
from spinegui.synthesis.scene import make_image
from spinegui.synthesis.settings import FRAME, STACK, Optics, SceneSettings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

HALF_HEADS = 6.0
"""Half a window in head diameters: a crop turned by 45° and a little enlarged still fits in."""


@dataclass(frozen=True, eq=False)
class Windows:
    """Windows of one image, all with one head width in px.

    pixels (n, s, s) as imaged; clear (n, s, s) uint8: how far in px a pixel lies from any dendrite
    (255 where unknown); boxes (n, 2, 4) xyxy px in the window: the given one and one fitted from
    the pixels; labels (n,) indices of CLASSES, -1 for none of them; group: what a split must
    not part.
    """

    pixels: NDArray[np.generic]
    clear: NDArray[np.uint8]
    boxes: NDArray[np.float64]
    labels: NDArray[np.int64]
    head_px: float
    group: str
    image: str

    def __len__(self) -> int:
        return len(self.labels)


def cut(
    plane: NDArray[np.generic], boxes: NDArray[np.float64], head_px: float
) -> tuple[NDArray[np.generic], NDArray[np.float64]]:
    """Return windows (n, s, s) around boxes (n, 4), and where each begins (n, 2) x, y."""
    half = int(np.ceil(HALF_HEADS * head_px))
    padded = np.pad(plane, half, mode="edge")
    middle = np.rint((boxes[:, :2] + boxes[:, 2:]) / 2).astype(int)
    middle = np.clip(middle, 0, np.array(plane.shape)[::-1] - 1)
    windows = np.stack([padded[y : y + 2 * half, x : x + 2 * half] for x, y in middle])
    return windows, (middle - half).astype(np.float64)


def varied_scene(rng: np.random.Generator) -> SceneSettings:
    """Return settings of a scene: zoom, light, crowding, depth and optics vary widely."""
    pixel_um = float(np.exp(rng.uniform(np.log(0.05), np.log(0.16))))
    side = int(np.clip(round(30 / pixel_um), 192, 512))
    is_stack = rng.random() < 0.15
    return replace(
        STACK if is_stack else FRAME,
        pixel_um=max(pixel_um, 0.07) if is_stack else pixel_um,
        width=384 if is_stack else side,
        height=288 if is_stack else side,
        class_mix=EVEN_MIX,
        n_branches=int(rng.integers(0, 3)),
        spines_per_um=float(rng.uniform(0.4, 1.3)),
        shaft_radius_um=(0.25, 0.65),
        elevation_sd_deg=float(rng.uniform(15, 34)),
        photons=float(np.exp(rng.uniform(np.log(25), np.log(400)))),
        haze=float(rng.uniform(0.0, 0.25)),
        background=float(rng.uniform(0.01, 0.2)),
        membrane_share=float(rng.uniform(0.1, 0.8)),
        optics=Optics(
            "confocal" if rng.random() < 0.3 else "two_photon",
            numerical_aperture=float(rng.uniform(0.8, 1.2)),
        ),
        n_out_of_focus=int(rng.integers(0, 3)),
        n_axons=int(rng.integers(0, 3)),
    )


def synthetic(seed: int) -> Windows | None:
    """Return the visible spines of one synthetic image; None where it shows none."""
    from scipy.ndimage import distance_transform_edt

    rng = np.random.default_rng(seed)
    image = make_image(seed, varied_scene(rng))
    if not image.visible:
        return None
    boxes, fitted = true_boxes(image), fitted_boxes(image, rng)
    head = HEAD_UM / image.settings.pixel_um
    dendrite = (image.spine_mask > 0) | image.shaft_mask
    planes = image.pixels.max(axis=0), dendrite.max(axis=0)
    clear = np.clip(distance_transform_edt(~planes[1]) * 8 / head, 0, 254).astype(np.uint8)
    pixels, origins = cut(planes[0], boxes, head)
    if image.settings.is_stack:
        reach = max(1, round(1.0 / image.settings.z_step_um))
        for i, spine in enumerate(image.visible):
            at = round(spine.z)
            slices = image.pixels[max(0, at - reach) : at + reach + 1]
            pixels[i] = cut(slices.max(axis=0), boxes[i : i + 1], head)[0][0]
    corners = np.stack([boxes, fitted], axis=1) - np.tile(origins, 2)[:, None]
    labels = np.array([CLASSES.index(s.label) for s in image.visible])
    name = f"synthetic {seed}"
    return Windows(pixels, cut(clear, boxes, head)[0], corners, labels, head, name, name)


def meng(data: Path, split: str) -> Iterator[Windows]:
    """Yield the windows of each image of a split of the Meng set; "ball" has label -1."""
    folder = data / "meng_classes"
    found = json.loads((folder / f"{split}.json").read_text())
    names = {c["id"]: c["name"] for c in found["categories"]}
    for image in found["images"]:
        spines = [a for a in found["annotations"] if a["image_id"] == image["id"]]
        if not spines:
            continue
        boxes = np.array([a["bbox"] for a in spines], np.float64)
        boxes[:, 2:] += boxes[:, :2]
        plane = tifffile.imread(folder / image["file_name"])
        head = float(cut_out.head_px(plane))
        pixels, origins = cut(plane, boxes, head)
        corners = np.repeat((boxes - np.tile(origins, 2))[:, None], 2, axis=1)
        labels = [names[a["category_id"]] for a in spines]
        index = np.array([CLASSES.index(name) if name in CLASSES else -1 for name in labels])
        clear = np.full(pixels.shape, 255, np.uint8)
        name = f"meng {image['id']}"
        yield Windows(pixels, clear, corners, index, head, f"meng {image['series']}", name)
